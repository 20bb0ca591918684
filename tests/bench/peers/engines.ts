/**
 * The engines that are compared, how each is started and how its descriptors are compared.
 *
 * @module
 */
import type { FaceJudge } from "../../../functions/core/face_judge.ts";
import { fromFileUrl } from "../../../training/paths.ts";
import { root } from "../../support/data.ts";
import { PEERS } from "./install_peers.ts";
import { cosine, nearness } from "./similarity.ts";

/** An engine of the comparison. */
export interface Contender {
  readonly name: string;
  /** One of this project's. */
  readonly ours: boolean;
  /** Whether its accuracy is judged: the same networks in another runtime are judged once. */
  readonly judged: boolean;
  /** What `startEngine` takes. */
  readonly args: readonly string[];
  /** How alike the descriptors of two faces are; higher is more alike. */
  score(a: readonly Float32Array[], b: readonly Float32Array[]): number;
}

function script(name: string): string {
  return fromFileUrl(new URL(`engines/${name}.ts`, import.meta.url));
}

/**
 * All of them.
 *
 * @param judge what this project compares faces by
 */
export function listEngines(judge: FaceJudge): Contender[] {
  const own = (mode: "light" | "full", runtime: "native" | "wasm"): Contender => ({
    name: runtime === "native" ? `Xolo, ${mode}` : `Xolo, ${mode}, ${runtime}`,
    ours: true,
    judged: runtime === "native",
    args: [`--config=${root}/deno.json`, script("xolo"), runtime, mode],
    score(a, b) {
      const [first, second] = [a, b].map(([sface, dlib = null]) =>
        judge.vector({ sface: sface!, dlib })
      );
      return judge.fit(judge.template([first!]), second!).llr;
    },
  });
  const peer = (
    name: string,
    measure: (a: Float32Array, b: Float32Array) => number,
    file: string,
    ...args: string[]
  ): Contender => ({
    name,
    ours: false,
    judged: true,
    args: [`--config=${PEERS}/deno.json`, script(file), PEERS, ...args],
    score: ([a], [b]) => measure(a!, b!),
  });
  return [
    own("light", "native"),
    own("full", "native"),
    own("light", "wasm"),
    own("full", "wasm"),
    // Its own measure is the Euclidean distance; the cosine tells its descriptors apart better.
    peer("human 3.3.6", cosine, "human"),
    peer("face-api 1.7.15, SSD", nearness, "face_api", "ssd"),
    peer("face-api 1.7.15, tiny", nearness, "face_api", "tiny"),
  ];
}
