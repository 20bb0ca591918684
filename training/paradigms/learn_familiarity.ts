/**
 * Fits familiarity for a network that generalizes.
 *
 * @module
 */
import { standardize, type Standardizer } from "../fit/standardizer.ts";
import type { Mlp } from "../nets/mlp.ts";
import { logitsOf } from "../nets/run_mlp.ts";
import { type Familiarity, fitFamiliarity } from "./familiarity.ts";
import type { TrainingData } from "./training_data.ts";

/** Profiles from the training photos, scales from the validation photos. */
export async function learnFamiliarity(
  network: Mlp,
  standardizer: Standardizer,
  { world, backbone }: Pick<TrainingData, "world" | "backbone">,
): Promise<Familiarity> {
  const { train, validation, classes } = world;
  return fitFamiliarity(await backbone(train.embeddings), train.labels, {
    classes: classes.length,
    validation: {
      general: await logitsOf(network, standardize(validation.embeddings, standardizer)),
      backbone: await backbone(validation.embeddings),
    },
  });
}
