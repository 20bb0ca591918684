/**
 * What an engine makes of the photos of persons.
 *
 * @module
 */
import { sha256Hex } from "../../../models/sha256.ts";
import { join } from "../../../training/paths.ts";
import type { Contender } from "./engines.ts";
import { startEngine } from "./engine_process.ts";
import type { FacePhoto } from "./face_photos.ts";
import { PEERS } from "./install_peers.ts";

/** The descriptors of one photo's face; null where the engine finds none. */
export type Described = readonly Float32Array[] | null;

/** What an engine makes of each photo. */
export interface DescribedFaces {
  readonly plain: readonly Described[];
  /** Of the bordered photo where there is no face without the border. */
  readonly bordered: readonly Described[];
}

/** Replies as they are kept: descriptors in base64. */
type Kept = readonly (readonly string[] | null)[];

/** Photos a request. */
const BATCH = 32;

/**
 * Describes all photos. What a peer makes of them does not change and is kept for the next run;
 * what this project makes is always computed.
 */
export async function describeFaces(
  contender: Contender,
  photos: readonly FacePhoto[],
): Promise<DescribedFaces> {
  const run = async () => {
    await using engine = startEngine(contender.args);
    const ask = async (paths: readonly string[]) => {
      const faces: (readonly string[] | null)[] = [];
      for (let i = 0; i < paths.length; i += BATCH) {
        faces.push(...(await engine.ask({ photos: paths.slice(i, i + BATCH), times: 1 })).faces);
      }
      return faces;
    };
    const plain: Kept = await ask(photos.map(({ plain }) => plain));
    const missed = photos.filter((_, i) => plain[i] === null);
    const again = await ask(missed.map(({ bordered }) => bordered));
    return { plain, bordered: plain.map((face) => face ?? again.shift() ?? null) };
  };
  const { plain, bordered } = contender.ours
    ? await run()
    : await kept(await keyOf(contender, photos), run);
  return { plain: plain.map(fromKept), bordered: bordered.map(fromKept) };
}

/** Names what a peer's descriptors depend on: its packages, its script and the photos. */
async function keyOf({ args, name }: Contender, photos: readonly FacePhoto[]): Promise<string> {
  const script = args.find((arg) => arg.endsWith(".ts"))!;
  const parts = [
    await Deno.readFile(join(PEERS, "deno.lock")),
    await Deno.readFile(script),
    ...await Promise.all(
      photos.flatMap(({ plain, bordered }) => [plain, bordered]).map((path) => Deno.readFile(path)),
    ),
  ];
  const hashes = await Promise.all(parts.map((part) => sha256Hex(part)));
  const hash = await sha256Hex(new TextEncoder().encode([name, ...hashes].join("\n")));
  return `${name.replaceAll(/[^a-z0-9.]+/gi, "_")}-${hash.slice(0, 16)}.json`;
}

async function kept(
  file: string,
  run: () => Promise<{ plain: Kept; bordered: Kept }>,
): Promise<{ plain: Kept; bordered: Kept }> {
  const path = join(PEERS, file);
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (text !== undefined) return JSON.parse(text);
  const faces = await run();
  await Deno.writeTextFile(`${path}.tmp`, JSON.stringify(faces));
  await Deno.rename(`${path}.tmp`, path);
  return faces;
}

function fromKept(face: readonly string[] | null): Described {
  return face && face.map((text) => new Float32Array(Uint8Array.fromBase64(text).buffer));
}
