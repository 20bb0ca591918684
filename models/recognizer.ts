/**
 * From a picture to what the networks make of it: one view, and further ones only while it is
 * undecided what kind of thing is seen.
 *
 * @module
 */
import type { Backbone, BackboneOutput, Seen } from "./backbone.ts";
import type { KindScores, ScoreKinds } from "./kinds.ts";
import { lookOf } from "./look.ts";
import { contrastOf, type View, type WorkingImage } from "./pixels.ts";
import { type ViewName, VIEWS, viewsOf } from "./views.ts";

/** What an answer of the network is made of. */
export interface NetworkScores extends KindScores {
  /** Scores over the leaf classes, before the softmax; their mean over the views. */
  readonly logits: Float32Array;
}

/** What was recognized in one picture. */
export interface Recognition {
  readonly scores: NetworkScores;
  /** Unit vector that individuals and taught types are compared by. */
  readonly look: Float32Array;
  /**
   * What the backbone makes of the centre view alone, however many were looked at: what the trained
   * paradigms go by. With one view its logits are those of the scores, the same array.
   */
  readonly centre: Seen;
  /** How many views were looked at, 1 to 3. */
  readonly views: number;
}

/** What recognizes. */
export interface RecognizerParts {
  readonly backbone: Pick<Backbone, "run">;
  readonly scoreKinds: ScoreKinds;
  readonly view: View;
  /** Further views are looked at while no kind has this probability. */
  readonly decided: number;
}

/** How one picture is looked at. */
export interface RecognizeOptions {
  /** The look takes in the mirror image: for what is to be remembered. */
  readonly mirrored?: boolean;
}

/** Recognizes one picture. */
export type Recognize = (
  picture: WorkingImage,
  options?: RecognizeOptions,
) => Promise<
  Recognition & {
    /** Standard deviation of the centre's brightness, 0 for a blank picture to 127.5. */
    readonly contrast: number;
  }
>;

/**
 * Makes the function that recognizes.
 *
 * @returns a function that rejects as {@linkcode Backbone.run} and {@linkcode ScoreKinds} do
 */
export function createRecognizer(
  { backbone, scoreKinds, view, decided }: RecognizerParts,
): Recognize {
  return async function recognize(picture, options) {
    const pixels = viewsOf(picture, view);
    const see = (name: ViewName) => backbone.run(pixels(name));
    return {
      ...await recognizeViews(see, { scoreKinds, decided }, options),
      contrast: contrastOf(pixels("centre")),
    };
  };
}

/**
 * The same from whatever sees the views.
 *
 * @param see what the backbone makes of a view; asked once for each
 * @throws as `see` and {@linkcode ScoreKinds} do
 */
export async function recognizeViews(
  see: (view: ViewName) => BackboneOutput | Promise<BackboneOutput>,
  { scoreKinds, decided }: Pick<RecognizerParts, "scoreKinds" | "decided">,
  { mirrored = false }: RecognizeOptions = {},
): Promise<Recognition> {
  const seen = [await see("centre")];
  if (mirrored) seen.push(await see("mirrored"));
  const look = lookOf(seen.map(({ gem }) => gem));
  let logits = seen[0]!.logits;
  let scores = await scoreKinds(seen[0]!);
  if (Math.max(...scores.kinds) < decided) {
    for (const view of VIEWS.slice(seen.length)) seen.push(await see(view));
    logits = mean(seen.map((one) => one.logits));
    scores = await scoreKinds({ logits, embedding: mean(seen.map((one) => one.embedding)) });
  }
  const centre: Seen = { logits: seen[0]!.logits, embedding: seen[0]!.embedding };
  return { scores: { ...scores, logits }, look, centre, views: seen.length };
}

function mean(vectors: readonly Float32Array[]): Float32Array {
  const [first, ...others] = vectors;
  return first!.map((value, i) =>
    others.reduce((sum, other) => sum + other[i]!, value) / vectors.length
  );
}
