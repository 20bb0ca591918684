/**
 * A space as lines of JSON, out and in: a header, then one memory a line.
 *
 * @module
 */
import { z } from "zod";
import { UnteachableError } from "./errors.ts";
import type { Memory, MemoryTable, NewMemory, Taught } from "./memory.ts";

/** Version of the format that is written; readers refuse others. */
export const TRANSFER_VERSION = 1;

/** Memories that are read from the store or written to it at once. */
const BATCH = 100;

const Header = z.object({
  xolo: z.literal("memories"),
  version: z.literal(TRANSFER_VERSION),
  space: z.string(),
  exportedAt: z.iso.datetime(),
});

const hash = z.string().regex(/^[0-9a-f]{64}$/, "should be 64 hexadecimal digits");
const base64 = z.string().transform((text, ctx) => {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    ctx.addIssue({ code: "custom", message: "should be base64" });
    return z.NEVER;
  }
});

/** Unit vectors as base64 of little-endian float32. */
const Embedding = base64.transform((bytes, ctx) => {
  if (bytes.length % 4 !== 0 || bytes.length < 8 || bytes.length > 4096 * 4) {
    ctx.addIssue({
      code: "custom",
      message: `should be 2 to 4096 float32 numbers, it is ${bytes.length} bytes`,
    });
    return z.NEVER;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(bytes.length / 4);
  let square = 0;
  for (let i = 0; i < vector.length; i++) {
    vector[i] = view.getFloat32(i * 4, true);
    square += vector[i]! ** 2;
  }
  if (!(Math.abs(square - 1) < 1e-3)) {
    ctx.addIssue({
      code: "custom",
      message: `should have length 1, it has ${Math.sqrt(square).toFixed(4)}`,
    });
    return z.NEVER;
  }
  return vector;
});

const Line = z.object({
  label: z.string().min(1).max(200),
  kind: z.enum(["person", "thing"]),
  scope: z.enum(["individual", "type"]),
  not: z.boolean(),
  model: z.string().min(1).max(200),
  embedding: Embedding,
  bytes: hash,
  fingerprint: hash.nullable(),
  image: z.object({ width: z.int().positive(), height: z.int().positive() }),
  path: z.array(z.string().max(200)).max(50),
  createdAt: z.iso.datetime(),
  photo: base64.optional(),
});

function toBase64(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return bytes.toBase64();
}

function lineOf(memory: Memory, photo: Uint8Array | undefined): string {
  const { label, kind, scope, not, model, bytes, fingerprint, image, path, createdAt } = memory;
  const line: z.input<typeof Line> = {
    label,
    kind,
    scope,
    not,
    model,
    embedding: toBase64(memory.embedding),
    bytes,
    fingerprint,
    image,
    path: [...path],
    createdAt,
    ...(photo ? { photo: photo.toBase64() } : {}),
  };
  return JSON.stringify(line);
}

/** The lines of a space, each with its line feed, oldest memory first. */
export async function* exportLines(
  memory: MemoryTable,
  space: string,
  now: Date,
): AsyncGenerator<string> {
  const header: z.input<typeof Header> = {
    xolo: "memories",
    version: TRANSFER_VERSION,
    space,
    exportedAt: now.toISOString(),
  };
  yield JSON.stringify(header) + "\n";
  let after: string | undefined;
  do {
    const page = await memory.list(space, { limit: BATCH, ...(after ? { after } : {}) });
    for (const item of page.items) {
      const photo = item.hasPhoto ? await memory.photo(space, item.id) : undefined;
      yield lineOf(item, photo) + "\n";
    }
    after = page.next;
  } while (after !== undefined);
}

/**
 * Reads the lines of an export.
 *
 * @throws {UnteachableError} naming the line and the field
 */
export function parseLines(text: string): NewMemory[] {
  const lines = text.split("\n");
  const memories: NewMemory[] = [];
  let header = false;
  lines.forEach((line, i) => {
    if (line.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new UnteachableError(`line ${i + 1} should be a JSON object`);
    }
    const parsed = header ? Line.safeParse(value) : Header.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const what = header ? "a memory" : `the header of an export of version ${TRANSFER_VERSION}`;
      throw new UnteachableError(
        `line ${i + 1} should be ${what}: ${issue.path.join(".")}: ${issue.message}`,
      );
    }
    if (header) {
      const { photo, ...memory } = parsed.data as z.output<typeof Line>;
      memories.push({ ...memory, ...(photo ? { photo } : {}) });
    }
    header = true;
  });
  if (!header) {
    throw new UnteachableError("the import should begin with a header line; it is empty");
  }
  return memories;
}

/**
 * Stores what an export held, all or nothing: when a batch is refused the earlier ones are
 * forgotten again. Sending the same export again doubles nothing.
 */
export async function importMemories(
  memory: MemoryTable,
  space: string,
  memories: readonly NewMemory[],
): Promise<{ imported: number; known: number }> {
  const created: Taught[] = [];
  let known = 0;
  try {
    for (let i = 0; i < memories.length; i += BATCH) {
      for (const taught of await memory.teach(space, memories.slice(i, i + BATCH))) {
        if (taught.created) created.push(taught);
        else known++;
      }
    }
  } catch (error) {
    for (const { memory: { id } } of created) await memory.forget(space, { id });
    // Embeddings of another dimension than the model's in this space.
    if (error instanceof RangeError) throw new UnteachableError(error.message);
    throw error;
  }
  return { imported: created.length, known };
}
