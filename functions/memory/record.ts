/**
 * A memory as a store keeps it: hashes and embedding as bytes, half the size of text and never
 * part of a key.
 *
 * @module
 */
import { z } from "zod";
import type { FaceOfPhoto, Memory } from "../core/memory.ts";

const face = z.object({
  index: z.int().nonnegative(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});

const schema = z.object({
  label: z.string().min(1),
  kind: z.enum(["person", "thing"]),
  scope: z.enum(["individual", "type"]),
  not: z.boolean(),
  model: z.string(),
  embedding: z.instanceof(Uint8Array).refine((bytes) =>
    bytes.byteLength > 0 && bytes.byteLength % 4 === 0
  ),
  bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength === 32),
  fingerprint: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength === 32).nullable(),
  width: z.number(),
  height: z.number(),
  face: face.optional(),
  faces: z.int().nonnegative().optional(),
  forced: z.boolean().optional(),
  path: z.array(z.string()),
  createdAt: z.iso.datetime(),
  hasPhoto: z.boolean(),
  photoBytes: z.int().nonnegative().optional(),
  batch: z.string().optional(),
});

/**
 * The stored form; `photoBytes` is the size of the photo that is kept beside it, `batch` names the
 * large write that it was part of.
 */
export type StoredRecord = z.infer<typeof schema>;

/** What is stored beside a memory. */
export interface RecordExtras {
  readonly photoBytes?: number | undefined;
  readonly batch?: string | undefined;
}

/** Turns a memory into its stored form. */
export function encodeRecord(
  memory: Memory,
  { photoBytes, batch }: RecordExtras = {},
): StoredRecord {
  const { label, kind, scope, not, model, createdAt, hasPhoto, fingerprint, embedding } = memory;
  return {
    label,
    kind,
    scope,
    not,
    model,
    // A copy: serializing a view would store the whole buffer under it.
    embedding: new Uint8Array(embedding.slice().buffer),
    bytes: Uint8Array.fromHex(memory.bytes),
    fingerprint: fingerprint === null ? null : Uint8Array.fromHex(fingerprint),
    width: memory.image.width,
    height: memory.image.height,
    ...(memory.face === null ? {} : { face: { index: memory.face.index, ...memory.face.box } }),
    ...(memory.faces === 0 ? {} : { faces: memory.faces }),
    ...(memory.forced ? { forced: true } : {}),
    path: [...memory.path],
    createdAt,
    hasPhoto,
    ...(photoBytes === undefined ? {} : { photoBytes }),
    ...(batch === undefined ? {} : { batch }),
  };
}

/**
 * Reads a stored form back.
 *
 * @throws {TypeError} when it is damaged; the message says which fields and tells nothing of their content
 */
export function decodeRecord(space: string, id: string, value: unknown): Memory {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "record");
    throw new TypeError(`record ${id} is damaged at: ${[...new Set(fields)].join(", ")}`);
  }
  const record = parsed.data;
  const embedding = new Float32Array(record.embedding.slice().buffer);
  let squares = 0;
  for (const x of embedding) squares += x * x;
  if (!(Math.abs(Math.sqrt(squares) - 1) < 1e-3)) {
    throw new TypeError(`record ${id} is damaged: its embedding is not of length 1`);
  }
  return {
    id,
    space,
    label: record.label,
    kind: record.kind,
    scope: record.scope,
    not: record.not,
    model: record.model,
    embedding,
    bytes: record.bytes.toHex(),
    fingerprint: record.fingerprint?.toHex() ?? null,
    image: { width: record.width, height: record.height },
    face: record.face === undefined ? null : faceOf(record.face),
    faces: record.faces ?? 0,
    forced: record.forced ?? false,
    path: record.path,
    createdAt: record.createdAt,
    hasPhoto: record.hasPhoto,
  };
}

function faceOf({ index, ...box }: z.infer<typeof face>): FaceOfPhoto {
  return { index, box };
}

/** The large write a stored form was part of. */
export function batchOf(value: unknown): string | undefined {
  const batch = value !== null && typeof value === "object" && "batch" in value
    ? value.batch
    : undefined;
  return typeof batch === "string" ? batch : undefined;
}

/** Bytes of the photo that should be beside a stored form. */
export function photoBytesOf(value: unknown): number | undefined {
  const bytes = value !== null && typeof value === "object" && "photoBytes" in value
    ? value.photoBytes
    : undefined;
  return typeof bytes === "number" ? bytes : undefined;
}
