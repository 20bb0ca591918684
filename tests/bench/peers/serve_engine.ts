/**
 * An engine in a process of its own, which answers line by line on its standard streams.
 *
 * @module
 */
import { cpuUsage, resourceUsage } from "node:process";
import { textLines } from "../../support/text_lines.ts";
import type { Engine } from "./engine.ts";
import { readPhoto } from "./photo_file.ts";

/** What a process is asked: to describe photos, one after the other. */
export interface EngineRequest {
  /** Files that `writePhoto` wrote. */
  readonly photos: readonly string[];
  /** How often to go through them. */
  readonly times: number;
}

/** What it answers. */
export interface EngineReply {
  /** CPU milliseconds of describing, all threads together, without reading the files. */
  readonly cpu: number;
  /** CPU milliseconds of the process since it started. */
  readonly total: number;
  /** The most memory that the process ever held, in MiB. */
  readonly peak: number;
  /** For each photo, descriptors as base64 of float32; null where no face was found. */
  readonly faces: readonly (readonly string[] | null)[];
}

function milliseconds({ user, system }: { user: number; system: number }): number {
  return (user + system) / 1000;
}

/** Opens the engine at the first request and answers requests until the input ends. */
export async function serveEngine(open: () => Promise<Engine>): Promise<void> {
  // Libraries print to the console what they please; the replies have standard output to themselves.
  console.log = console.info = console.error;
  let engine: Engine | undefined;
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(textLines());
  for await (const line of lines) {
    const { photos, times } = JSON.parse(line) as EngineRequest;
    engine ??= await open();
    const decoded = photos.map((path) => readPhoto(Deno.readFileSync(path)));
    let faces: (readonly Float32Array[] | null)[] = [];
    const before = cpuUsage();
    for (let i = 0; i < times; i++) {
      faces = [];
      for (const photo of decoded) faces.push(await engine.describe(photo));
    }
    const reply: EngineReply = {
      cpu: milliseconds(cpuUsage(before)),
      total: milliseconds(cpuUsage()),
      peak: resourceUsage().maxRSS / 1024,
      faces: faces.map((face) => face && face.map(toBase64)),
    };
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(reply) + "\n"));
  }
}

function toBase64(vector: Float32Array): string {
  return Uint8Array.from(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
    .toBase64();
}
