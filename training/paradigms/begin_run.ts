/**
 * The beginning of a recipe that trains a paradigm: its photos, the engine, the folder of the run.
 *
 * @module
 */
import { openRun, type RunFolder } from "../fit/run_folder.ts";
import { startEngine } from "../nets/engine.ts";
import { join } from "../paths.ts";
import type { RecipeContext } from "../recipe.ts";
import { readTrainingData, type TrainingData } from "./training_data.ts";

/** A run that can begin, or go on. */
export interface BegunRun {
  readonly data: TrainingData;
  readonly run: RunFolder;
  /** Seconds since it began. */
  readonly seconds: () => number;
}

/**
 * Reads the photos, starts the engine and opens the run's folder, which goes by all that changes the
 * result: recipe, settings, network and photos.
 *
 * @returns undefined when there are no photos on this machine
 * @throws as {@linkcode readTrainingData} and {@linkcode startEngine} do
 */
export async function beginRun(
  context: RecipeContext,
  recipe: string,
  settings: { readonly seed: number },
): Promise<BegunRun | undefined> {
  const data = await readTrainingData(context, settings.seed);
  if (!data) return undefined;
  await startEngine();
  const { world: { photos }, model } = data;
  const run = await openRun(join(context.cache, "runs"), recipe, { ...settings, model, photos });
  const begun = performance.now();
  return { data, run, seconds: () => (performance.now() - begun) / 1000 };
}
