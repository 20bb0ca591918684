/**
 * Trains a wide part on what a deep part leaves over that stays as it is.
 *
 * @module
 */
import { softmax } from "../../functions/core/softmax.ts";
import { createRandom, draw } from "../eval/random.ts";
import { epochSeed } from "../fit/batches.ts";
import type { JointTraining } from "./train_joint.ts";

/** What is trained, and how; the rest as in joint training. */
export interface WideTraining extends
  Pick<
    JointTraining,
    "ids" | "classes" | "wide" | "epochs" | "seed" | "wideDropout" | "featureDropout" | "batch"
  > {
  /** Logits of the deep part, [n, classes] row-major. */
  readonly deep: Float32Array;
  /** Class of each example, [n]. */
  readonly labels: Int32Array;
}

/** As `trainJoint()` does it, but nothing has to be differentiated for that. Trains in place. */
export function trainWide(
  { deep, labels, ids, classes, wide, epochs, seed, wideDropout, featureDropout, batch = 128 }:
    WideTraining,
): void {
  for (let epoch = 0; epoch < epochs; epoch++) {
    const random = createRandom(epochSeed(seed, epoch));
    const order = draw([...ids.keys()], ids.length, random);
    for (let at = 0; at < order.length; at += batch) {
      const gradients = new Map<number, Float32Array>();
      for (const row of order.slice(at, at + batch)) {
        if (random() < wideDropout) continue;
        const spoken = ids[row]!.filter(() => random() >= featureDropout);
        const logits = deep.slice(row * classes, (row + 1) * classes);
        wide.addTo(logits, spoken);
        const gradient = softmax(logits);
        gradient[labels[row]!]! -= 1;
        for (const id of spoken) {
          const sum = gradients.get(id) ?? new Float32Array(classes);
          gradients.set(id, sum.map((value, c) => value + gradient[c]!));
        }
      }
      wide.update(gradients);
    }
  }
}
