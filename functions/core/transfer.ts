/**
 * A space as lines of JSON, out and in: a header, then one memory a line.
 *
 * @module
 */
import { z } from "zod";
import { UnteachableError } from "./errors.ts";
import { Label } from "./label.ts";
import type { Actor } from "./ledger.ts";
import type { Kind, Memory, MemoryTable, NewMemory } from "./memory.ts";

/** Version of the format that is written; readers refuse others. */
export const TRANSFER_VERSION = 1;

/** Memories that are read from the store at once. */
const BATCH = 100;

/** Most bytes of a kept photo; one that this service keeps has at most 1280 × 1280 pixels. */
const PHOTO_BYTES = 2 * 2 ** 20;

/** Length from which half a unit vector is not zero, whatever float32 does to it. */
const LEAST_LENGTH = 1e-6;

/** A model in use: what its embeddings are filed under, and how many numbers they have. */
export interface ModelInUse {
  readonly id: string;
  readonly dimension: number;
}

/** The models in use, by what they recognise. */
export type ModelsInUse = Readonly<Record<Kind, ModelInUse>>;

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

/** A photo is given out again as a JPEG, so it should be one. */
const Photo = base64
  .refine(
    (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
    "should be a JPEG",
  )
  .refine((bytes) => bytes.length <= PHOTO_BYTES, `should have at most ${PHOTO_BYTES} bytes`);

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

const pixels = z.number().min(-1e5).max(1e5);
const side = z.number().positive().max(1e5);

const Face = z.object({
  index: z.int().min(0).max(1000),
  box: z.object({ x: pixels, y: pixels, width: side, height: side }),
});

const Line = z.object({
  label: Label,
  kind: z.enum(["person", "thing"]),
  scope: z.enum(["individual", "type"]),
  not: z.boolean(),
  model: z.string().min(1).max(200),
  embedding: Embedding,
  bytes: hash,
  fingerprint: hash.nullable(),
  image: z.object({ width: z.int().positive(), height: z.int().positive() }),
  face: Face.nullable().default(null),
  faces: z.int().min(0).max(1000).default(0),
  forced: z.boolean().default(false),
  path: z.array(z.string().max(200)).max(50),
  createdAt: z.iso.datetime().refine(
    (time) => Date.parse(time) >= 0,
    "should not be before 1970",
  ),
  photo: Photo.optional(),
});

type Line = z.output<typeof Line>;

/**
 * What a line cannot be that would be compared by a model in use: such lines are judged as if this
 * service had written them. Those of other models only wait to be renewed.
 *
 * @returns the field and what it should be, or undefined when all is well
 */
function fault(line: Line, inUse: ModelsInUse): string | undefined {
  const { kind, model, embedding, face, faces } = line;
  const made = (["person", "thing"] as const).find((one) => inUse[one].id === model);
  if (made === undefined) return undefined;
  const { dimension } = inUse[made];
  if (embedding.length !== dimension) {
    return `embedding: should have ${dimension} numbers, as those of ${model} have; it has ${embedding.length}`;
  }
  if (kind !== made) return `kind: should be "${made}", as all of ${model} are; it is "${kind}"`;
  if (kind === "thing") {
    return face === null ? undefined : "face: should be null for a thing; it names a face";
  }
  if (face === null) return "face: should say which face of the photo the person is; it is missing";
  if (faces <= face.index) {
    return `faces: should be more than the face's index, which is ${face.index}; it is ${faces}`;
  }
  // Two descriptors side by side: the judge makes the first of length one.
  const half = embedding.subarray(0, dimension / 2);
  const length = Math.hypot(...half);
  if (!(length >= LEAST_LENGTH)) {
    return `embedding: should have a first half that is not zero; its length is ${length}`;
  }
  return undefined;
}

function toBase64(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return bytes.toBase64();
}

function lineOf(memory: Memory, photo: Uint8Array | undefined): string {
  const { id, label, kind, scope, not, model, bytes, fingerprint, image, path, createdAt } = memory;
  const { face, faces, forced } = memory;
  // For whoever reads the export beside its service; wherever it is taken in, it gets an id of its own.
  const line: z.input<typeof Line> & Pick<Memory, "id"> = {
    id,
    label,
    kind,
    scope,
    not,
    model,
    embedding: toBase64(memory.embedding),
    bytes,
    fingerprint,
    image,
    ...(face ? { face } : {}),
    ...(faces > 0 ? { faces } : {}),
    ...(forced ? { forced } : {}),
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
 * @param text the export
 * @param inUse this deployment's models: embeddings under their names are compared with their own
 * @throws {UnteachableError} naming the line and the field
 */
export function parseLines(text: string, inUse: ModelsInUse): NewMemory[] {
  const lines = text.split("\n");
  const memories: NewMemory[] = [];
  const dimensions = new Map<string, number>();
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
      const { photo, ...memory } = parsed.data as Line;
      const { model, embedding: { length } } = memory;
      const expected = dimensions.get(model) ?? length;
      dimensions.set(model, expected);
      const wrong = fault(memory, inUse) ??
        (length === expected
          ? undefined
          : `embedding: should have ${expected} numbers, as those of ${model} before it have; it has ${length}`);
      if (wrong !== undefined) {
        throw new UnteachableError(`line ${i + 1} should be a memory: ${wrong}`);
      }
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
 * Stores what an export held, in one write: all or nothing. Sending the same export again doubles
 * nothing.
 *
 * @param memory where to
 * @param space which is made when it is not there
 * @param memories what {@linkcode parseLines} read
 * @param options the models in use, most memories that the space may hold afterwards, and who imports
 * @throws {QuotaError} when it would hold more
 * @throws {UnteachableError} when an embedding has another dimension than those of its model there, or two faces of one photo would be one person
 * @throws {CapacityError} when the space has no room left
 */
export async function importMemories(
  memory: MemoryTable,
  space: string,
  memories: readonly NewMemory[],
  { models, maxMemories, actor }: {
    models: ModelsInUse;
    maxMemories?: number | undefined;
    actor?: Actor | undefined;
  },
): Promise<{ imported: number; known: number }> {
  const taught = await memory.teach(space, memories, {
    models: { person: models.person.id, thing: models.thing.id },
    imports: true,
    ...(maxMemories === undefined ? {} : { maxMemories }),
    ...(actor === undefined ? {} : { actor }),
  });
  const imported = taught.filter((one) => one.created).length;
  return { imported, known: taught.length - imported };
}
