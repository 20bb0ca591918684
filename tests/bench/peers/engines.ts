/**
 * The engines that are compared, and how each is started.
 *
 * @module
 */
import { fromFileUrl } from "../../../training/paths.ts";
import { root } from "../../support/data.ts";
import { PEERS } from "./install_peers.ts";

/** An engine of the comparison. */
export interface Contender {
  readonly name: string;
  /** One of this project's. */
  readonly ours: boolean;
  /** What `startEngine` takes. */
  readonly args: readonly string[];
}

function script(name: string): string {
  return fromFileUrl(new URL(`engines/${name}.ts`, import.meta.url));
}

function peer(name: string, file: string, ...args: string[]): Contender {
  const config = `--config=${PEERS}/deno.json`;
  return { name, ours: false, args: [config, script(file), PEERS, ...args] };
}

function own(name: string, ...args: string[]): Contender {
  return { name, ours: true, args: [`--config=${root}/deno.json`, script("xolo"), ...args] };
}

/** All of them; the first is what the others' costs are given as multiples of. */
export const CONTENDERS = [
  own("Xolo, light", "native", "light"),
  own("Xolo, full", "native", "full"),
  own("Xolo, light, wasm", "wasm", "light"),
  own("Xolo, full, wasm", "wasm", "full"),
  peer("human 3.3.6", "human"),
  peer("face-api 1.7.15, SSD", "face_api", "ssd"),
  peer("face-api 1.7.15, tiny", "face_api", "tiny"),
] as const satisfies readonly Contender[];
