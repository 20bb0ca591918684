/**
 * Paradigm 2, generalize and memorize at once: Wide & Deep. A deep part learns what is common, a wide
 * part of sparse features learns the exceptions, and one loss trains both.
 *
 *     deno task train joint               # on Caltech-101, as committed
 *     deno task train joint --data DIR    # on folders of photos, or a Google Photos export
 *
 * @module
 */
import { createProgress } from "../fit/progress.ts";
import { dequantizeMlp, quantizeMlp } from "../nets/quantized_mlp.ts";
import { beginRun } from "../paradigms/begin_run.ts";
import { describeJoint, judgeJoint } from "../paradigms/joint_card.ts";
import { buildJoint } from "../paradigms/joint_graph.ts";
import { type JointMoments, type JointSettings, trainJointModel } from "../paradigms/joint.ts";
import { learnFamiliarity } from "../paradigms/learn_familiarity.ts";
import { writeParadigm } from "../paradigms/write_paradigm.ts";
import type { Recipe } from "../recipe.ts";
import { vocabulary } from "../wide/exemplar_features.ts";
import { wideRows } from "../wide/wide_rows.ts";

/** Hyperparameters; why they are what they are is in `training/reports/paradigms.md`. */
export const JOINT: JointSettings = {
  hidden: [384, 192],
  epochs: 28,
  batch: 128,
  seed: 20261126,
  rate: 5e-4,
  dropout: 0.8,
  // A strong L1 keeps the weights few; a large α lets an exception be learnt in a few steps.
  ftrl: { alpha: 20, l1: 0.5 },
  // The deep part must answer half of the examples alone, or it would leave them to the wide part.
  wideDropout: 0.5,
  // Each feature must be able to speak alone: a copy of a photo seldom has all of its features.
  featureDropout: 0.5,
  nearest: 2,
  levels: [0.7, 0.95],
};

/** Trains, exports, and tells how it went. */
export function createRecipe(settings: JointSettings): Recipe {
  return {
    name: "joint",
    purpose: "paradigm 2: generalize and memorize at once (Wide & Deep)",
    async run(context) {
      const begun = await beginRun(context, "joint", settings);
      if (!begun) return;
      const { data, data: { world }, run } = begun;
      const from = await run.load<JointMoments>();
      const progress = createProgress("joint", settings.epochs, context.log);
      const { curve, ...model } = await trainJointModel(world, world.train.labels, settings, {
        ...(from ? { from } : {}),
        async onEpoch({ epoch, loss, fitted, validation, wideWeights }, moments) {
          progress(epoch, { loss, train: fitted, validation, wide: wideWeights });
          await run.save(moments);
        },
      });

      const deep = quantizeMlp(model.deep);
      const wide = wideRows(model.wide, vocabulary(model.features));
      // What is judged is what is exported: the rounded numbers.
      const rounded = { ...model, deep: dequantizeMlp(deep) };
      const familiarity = await learnFamiliarity(rounded.deep, model.standardizer, data);
      const exported = { ...rounded, familiarity };
      const judged = await judgeJoint(exported, data);
      const graph = buildJoint({ ...model, deep, wide, familiarity });
      const { section, card, files } = await describeJoint(judged, exported, data, {
        settings,
        seconds: begun.seconds(),
        curve,
        wideWeights: wide.weights.length,
      });
      await writeParadigm(context.models, {
        id: "joint",
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
export const recipe: Recipe = createRecipe(JOINT);
