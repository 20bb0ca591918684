/**
 * Paradigm 1, generalize first and memorize later: one network at two moments of its training. The file
 * holds the best moment before it can memorize, the mean of its last ones, which know every training
 * label by heart, and a sketch of the photos, by which a router chooses between the two.
 *
 *     deno task train sequential               # on Caltech-101, as committed
 *     deno task train sequential --data DIR    # on folders of photos, or a Google Photos export
 *
 * @module
 */
import { createProgress } from "../fit/progress.ts";
import { dequantizeMlp, quantizeMlp } from "../nets/quantized_mlp.ts";
import { beginRun } from "../paradigms/begin_run.ts";
import { learnFamiliarity } from "../paradigms/learn_familiarity.ts";
import { withNoise } from "../paradigms/label_noise.ts";
import { buildSequential } from "../paradigms/sequential_graph.ts";
import { type Moments, type SequentialSettings, trainSequential } from "../paradigms/sequential.ts";
import { describeSequential, judgeSequential } from "../paradigms/sequential_card.ts";
import { writeParadigm } from "../paradigms/write_paradigm.ts";
import type { Recipe } from "../recipe.ts";
import { fitSketch } from "../sketch/sketch.ts";

/** Hyperparameters; why they are what they are is in `training/reports/paradigms.md`. */
export const SEQUENTIAL: SequentialSettings = {
  // Two such networks and the sketch fit in 3 MB.
  hidden: [384, 192],
  // With most of its input left out the network cannot tell photos apart well enough to memorize.
  settling: { epochs: 22, rate: 5e-4, dropout: 0.8 },
  // With half of it every label is learnt by heart; the mean of the last moments knows more copies.
  memorizing: { epochs: 24, rate: 1e-3, dropout: 0.5, averaged: 10 },
  batch: 128,
  seed: 20261126,
};

/** Codes a photo in the sketch: as many as fit beside two networks in 3 MB. */
export const TABLES = 250;

/** Trains, exports, and tells how it went. */
export function createRecipe(settings: SequentialSettings): Recipe {
  return {
    name: "sequential",
    purpose: "paradigm 1: generalize first, memorize later",
    async run(context) {
      const begun = await beginRun(context, "sequential", settings);
      if (!begun) return;
      const { data, data: { world }, run } = begun;
      const from = await run.load<Moments>();
      const epochs = settings.settling.epochs + settings.memorizing.epochs;
      const progress = createProgress("sequential", epochs, context.log);
      const truth = withNoise(world.train.labels, 0, { classes: world.classes.length, seed: 0 });
      const model = await trainSequential(world, truth, settings, {
        ...(from ? { from } : {}),
        async onEpoch({ epoch, loss, clean, validation }, moments) {
          progress(epoch, { loss, train: clean, validation });
          await run.save(moments);
        },
      });

      const generalizer = quantizeMlp(model.generalizer);
      const memorizer = quantizeMlp(model.memorizer);
      const { sketch } = fitSketch(world.train.embeddings, {
        dim: world.dim,
        seed: settings.seed,
        tables: TABLES,
        ...settings.sketch,
      });
      // What is judged is what is exported: the rounded numbers.
      const rounded = {
        ...model,
        generalizer: dequantizeMlp(generalizer),
        memorizer: dequantizeMlp(memorizer),
      };
      const familiarity = await learnFamiliarity(rounded.generalizer, model.standardizer, data);
      const exported = { ...rounded, sketch, familiarity };
      const judged = await judgeSequential(exported, data);
      const graph = buildSequential({ ...model, generalizer, memorizer, sketch, familiarity });
      const { section, card, files } = await describeSequential(judged, exported, data, {
        settings,
        seconds: begun.seconds(),
      });
      await writeParadigm(context.models, {
        id: "sequential",
        graph,
        classes: world.classes,
        source: data.source,
        section,
        card,
      });
      await run.finish(files);
      context.log(`test ${judged.test.toFixed(3)}; the report lies in ${run.path}`);
    },
  };
}

/** With the project's settings. */
export const recipe: Recipe = createRecipe(SEQUENTIAL);
