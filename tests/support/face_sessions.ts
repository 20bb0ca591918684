/**
 * The committed networks that look at faces, opened for a test.
 *
 * @module
 */
import { decodePhoto } from "../../functions/photo/decode.ts";
import type { FaceEmbedder, FaceFinder } from "../../models/face.ts";
import { createFaceEmbedder } from "../../models/face_embedder.ts";
import { createFaceFinder } from "../../models/face_finder.ts";
import type { FacesSection } from "../../models/face_networks.ts";
import { parseManifest } from "../../models/manifest.ts";
import type { WorkingImage } from "../../models/pixels.ts";
import { openNative } from "../../models/runtime_native.ts";
import type { OpenSession, Session } from "../../models/session.ts";
import { join } from "../../training/paths.ts";
import { root } from "./data.ts";

/** What the committed manifest says of the networks. */
export const facesSection: FacesSection = parseManifest(
  JSON.parse(await Deno.readTextFile(join(root, "models/manifest.json"))),
).faces;

/** The opened networks. */
export interface FaceSessions {
  readonly detector: Session;
  readonly sface: Session;
  readonly dlib: Session;
}

/** Calls with networks that are released afterwards. */
async function withSessions<K extends keyof FaceSessions>(
  names: readonly K[],
  open: OpenSession,
  fn: (sessions: Pick<FaceSessions, K>) => Promise<void>,
): Promise<void> {
  const opened = new Map<K, Session>();
  try {
    for (const name of names) {
      const { file } = facesSection[name];
      opened.set(name, await open(await Deno.readFile(join(root, "models", file))));
    }
    await fn(Object.fromEntries(opened) as Pick<FaceSessions, K>);
  } finally {
    for (const session of opened.values()) await session.release();
  }
}

/** Calls with a finder of faces. */
export function withFinder(
  fn: (finder: FaceFinder) => Promise<void>,
  open: OpenSession = openNative,
): Promise<void> {
  return withSessions(
    ["detector"],
    open,
    ({ detector }) => fn(createFaceFinder({ detector, section: facesSection })),
  );
}

/** Calls with a finder and an embedder of faces. */
export function withFaces(
  fn: (finder: FaceFinder, embedder: FaceEmbedder) => Promise<void>,
  open: OpenSession = openNative,
): Promise<void> {
  return withSessions(["detector", "sface", "dlib"], open, ({ detector, sface, dlib }) =>
    fn(
      createFaceFinder({ detector, section: facesSection }),
      createFaceEmbedder({ sface, dlib: () => Promise.resolve(dlib), section: facesSection }),
    ));
}

/** A photo of the page, as the service decodes it. */
export async function sample(name: string): Promise<WorkingImage> {
  const photo = await Deno.readFile(join(root, "web/samples", `${name}.jpg`));
  return (await decodePhoto(photo)).working;
}

/** Cosine of two vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0, lengthA = 0, lengthB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    lengthA += a[i]! ** 2;
    lengthB += b[i]! ** 2;
  }
  return dot / Math.sqrt(lengthA * lengthB);
}
