/**
 * Paradigm 3, generalize with machines and memorize with humans: the table that people teach, in front
 * of a network that is left alone. There is nothing to train; this finds how alike a photo must be to
 * an exception before the table answers in the network's place, and writes the card.
 *
 *     deno task train human               # on Caltech-101, as committed
 *     deno task train human --data DIR    # on folders of photos, or a Google Photos export
 *
 * The service has its own thresholds for what looks like a memory (`recipes/look.ts`); these figures
 * are of the rule itself, on the classes and exceptions that the other two paradigms are trained on.
 *
 * @module
 */
import { startEngine } from "../nets/engine.ts";
import { type HumanSettings, judgeHuman } from "../paradigms/human.ts";
import { describeHuman } from "../paradigms/human_card.ts";
import { readTrainingData } from "../paradigms/training_data.ts";
import { writeCard } from "../paradigms/write_paradigm.ts";
import type { Recipe } from "../recipe.ts";
import { SEQUENTIAL } from "./sequential.ts";

/** With the network of paradigm 1, before it memorizes. */
export const HUMAN: HumanSettings = {
  network: { ...SEQUENTIAL, memorizing: { ...SEQUENTIAL.memorizing, epochs: 0 } },
  exceptions: 0.05,
  // Of a hundred new photos at most one answer may change. Half of that: the threshold is read off
  // photos that are not those it will meet.
  changed: 0.005,
};

/** Finds the threshold and tells what it does. */
export function createRecipe(settings: HumanSettings): Recipe {
  return {
    name: "human",
    purpose: "paradigm 3: generalize with machines, memorize with humans",
    async run(context) {
      const data = await readTrainingData(context, settings.network.seed);
      if (!data) return;
      await startEngine();
      const judged = await judgeHuman(data.world, settings);
      await writeCard(context.models, describeHuman(judged, data, settings));
      context.log(
        `exceptions ${judged.exact.toFixed(3)}, unchanged ${judged.locality.toFixed(3)}`,
      );
    },
  };
}

/** With the project's settings. */
export const recipe: Recipe = createRecipe(HUMAN);
