/**
 * Recall of things: which taught label, if any, a photo belongs to.
 *
 * Three ways lead to a memory, the surest first. *bytes*: the very same file. *copy*: the same
 * picture, re-encoded, resized, cropped or mirrored. *look*: another photo of the same individual,
 * or another individual of a taught type.
 *
 * @module
 */
import type { Fingerprint } from "../../models/fingerprint.ts";
import type { Alternative, Certainty, Evidence, RecalledBy } from "./answer_type.ts";
import { cosine } from "./cosine.ts";
import type { Generalization } from "./generalize_type.ts";
import type { LookJudge, LookSurroundings } from "./look_judge.ts";
import type { HashMatch, Memory, MemoryTable, Neighbour } from "./memory.ts";

/** A taught label that answers. */
export interface Recalled {
  readonly label: string;
  readonly certainty: Exclude<Certainty, "unknown">;
  /** 0 to 1, calibrated. */
  readonly confidence: number;
  readonly by: RecalledBy;
  readonly similarity: number;
  /** The deciding memory. */
  readonly memory: Memory;
  /** Best first; the deciding memory opens it. */
  readonly evidence: readonly Evidence[];
  /** Other labels that came near. */
  readonly rivals: readonly Alternative[];
  readonly reason: string;
}

/** What is looked up: what the encoder saw, as a descriptor. */
export interface Query {
  readonly model: string;
  /** Unit length. */
  readonly look: Float32Array;
  readonly fingerprint: Fingerprint | null;
  /** What the network makes of it. */
  readonly general: Pick<Generalization, "label" | "named" | "novelty">;
}

/** What a copy is looked up by. */
export type PictureQuery = Omit<Query, "general">;

/** How many memories of a label make its reference, the newest. */
const REFERENCES = 64;
/** How many memories are weighed against each other, and how many are shown as evidence. */
const WEIGHED = 32;
const SHOWN = 5;

/** What one memory says of the photo. */
interface Testimony {
  readonly memory: Memory;
  readonly by: RecalledBy;
  readonly similarity: number;
  /** The similarity that its certainty needed. */
  readonly threshold: number;
  /** The similarity that `is` needs, where it falls short of it. */
  readonly isFrom?: number;
  readonly certainty: Certainty;
  readonly confidence: number;
  /** Cosine of the memory itself, where the similarity is that of all memories of its label. */
  readonly own?: number;
}

const RANK: Record<Certainty, number> = { is: 2, perhaps: 1, unknown: 0 };
const SURENESS: Record<RecalledBy, number> = { bytes: 3, copy: 2, face: 1, look: 1 };

/**
 * Surest first, an individual before its type; among equals the one that was taught last, since
 * people correct themselves.
 */
function bySureness(a: Testimony, b: Testimony): number {
  return RANK[b.certainty] - RANK[a.certainty] ||
    SURENESS[b.by] - SURENESS[a.by] ||
    Number(isType(a)) - Number(isType(b)) ||
    b.similarity - a.similarity ||
    (b.own ?? 0) - (a.own ?? 0) ||
    (a.memory.id < b.memory.id ? 1 : -1);
}

const isType = ({ memory }: Testimony) => memory.scope === "type";

/**
 * Recalls a photo by its bytes alone.
 *
 * @param memories those taught with exactly these bytes
 * @returns undefined when there is none, or the label was taken back by a negative example
 */
export function recallBytes(memories: readonly Memory[]): Recalled | undefined {
  return settle(memories.map((memory) => ({
    memory,
    by: "bytes",
    similarity: 1,
    threshold: 1,
    certainty: "is",
    confidence: 1,
  })));
}

/** Finds and weighs the memories of a space that are near what was seen. */
export async function recallSeen(
  table: MemoryTable,
  space: string,
  query: Query,
  judge: LookJudge,
): Promise<Recalled | undefined> {
  const [things, neighbours] = await Promise.all([
    taughtPictures(table, space, query, judge),
    table.nearest(space, { model: query.model, embedding: query.look, limit: WEIGHED }),
  ]);
  if (things.length === 0 && neighbours.length === 0) return undefined;
  const around = judge.surroundings(query.look);
  const near = neighbours.filter(({ similarity }) => similarity >= judge.lowest(around));
  const looks = await lookTestimonies(table, space, near, query, around, judge);
  return settle(strongest([...looks, ...copyTestimonies(things, query, judge)]));
}

/**
 * Recalls a photo as a copy of one that was taught, by its hashes alone.
 *
 * @returns undefined when it is none, or the label was taken back by a negative example
 */
export async function recallCopy(
  table: MemoryTable,
  space: string,
  query: PictureQuery,
  judge: LookJudge,
): Promise<Recalled | undefined> {
  return settle(copyTestimonies(await taughtPictures(table, space, query, judge), query, judge));
}

/** The memories of things whose hashes are near. */
async function taughtPictures(
  table: MemoryTable,
  space: string,
  { fingerprint }: PictureQuery,
  judge: LookJudge,
): Promise<HashMatch[]> {
  if (fingerprint === null) return [];
  const { upright, mirrored } = fingerprint;
  const copies = await table.byFingerprint(space, [upright, mirrored], {
    maxDistance: judge.copyBits,
    limit: WEIGHED,
  });
  // A person is not known by the picture, but by the face.
  return copies.filter(({ memory }) => memory.kind === "thing");
}

/** What the memories found by their hashes say. */
function copyTestimonies(
  copies: readonly HashMatch[],
  query: PictureQuery,
  judge: LookJudge,
): Testimony[] {
  return copies.flatMap(({ memory, distance }) => {
    // A hash alone can collide; pictures that are one also look alike to the network.
    const comparable = memory.model === query.model &&
      memory.embedding.length === query.look.length;
    if (comparable && cosine(query.look, memory.embedding) < judge.copyFloor) return [];
    return [{
      memory,
      by: "copy",
      similarity: 1 - distance / 256,
      threshold: 1 - judge.copyBits / 256,
      certainty: "is",
      confidence: judge.copyConfidence,
    }];
  });
}

/** What the memories found by their looks say, those of one label and scope with one voice. */
async function lookTestimonies(
  table: MemoryTable,
  space: string,
  near: readonly Neighbour[],
  query: Query,
  around: LookSurroundings,
  judge: LookJudge,
): Promise<Testimony[]> {
  const labels = [...new Set(near.filter(({ memory }) => !memory.not).map((n) => n.memory.label))];
  const all = labels.length === 0
    ? []
    : (await table.references(space, { labels, kind: "thing", limit: REFERENCES }))
      .filter(({ not, model }) => !not && model === query.model)
      .toSorted((a, b) => a.id < b.id ? -1 : 1);
  const told = new Map<string, Omit<Testimony, "memory" | "own">>();
  for (const [voice, memories] of Map.groupBy(all, voiceOf)) {
    told.set(voice, lookTestimony(memories, query, around, judge));
  }
  return near.map(({ memory, similarity }): Testimony => {
    if (similarity >= judge.copyCosine) {
      return {
        memory,
        by: "copy",
        similarity,
        threshold: judge.copyCosine,
        certainty: "is",
        confidence: judge.copyConfidence,
      };
    }
    const together = told.get(voiceOf(memory));
    if (memory.not || together === undefined) {
      return { ...lookTestimony([memory], query, around, judge), memory };
    }
    return { ...together, memory, own: similarity };
  });
}

const voiceOf = ({ label, scope }: Memory) => `${scope} ${label}`;

function lookTestimony(
  memories: readonly Memory[],
  { look, general }: Query,
  around: LookSurroundings,
  judge: LookJudge,
): Omit<Testimony, "memory"> {
  const reference = judge.reference(memories);
  const similarity = judge.likeness(reference, look);
  // A type by the name that the network has for it, too, is not the less it for being known.
  const alike = memories.filter(({ path }) => path.at(-1) === general.label).length;
  const same = general.named && 2 * alike >= memories.length;
  // Where the network says nothing, it tells nothing of what is new to it.
  const novelty = same || general.label === null ? 0.5 : general.novelty;
  const { certainty, confidence, threshold, isFrom } = memories[0]!.scope === "type"
    ? judge.type(similarity, around, novelty)
    : judge.individual(reference, similarity, around);
  return {
    by: "look",
    similarity,
    threshold,
    certainty,
    confidence,
    ...(certainty === "is" ? {} : { isFrom }),
  };
}

/** Of each memory the strongest of what it says. */
function strongest(all: readonly Testimony[]): Testimony[] {
  const found = new Map<string, Testimony>();
  for (const one of all) {
    const known = found.get(one.memory.id);
    if (known === undefined || bySureness(one, known) < 0) found.set(one.memory.id, one);
  }
  return [...found.values()];
}

/** How near the memory itself is, or the picture that it is of. */
const nearness = ({ own, similarity }: Testimony) => own ?? similarity;

/** Weighs labels against each other and against what people said it is not. */
function settle(all: readonly Testimony[]): Recalled | undefined {
  const sorted = [...all].sort(bySureness);
  const denied = new Map<string, Testimony>();
  for (const t of sorted) {
    if (!t.memory.not) continue;
    const known = denied.get(t.memory.label);
    if (known === undefined || nearness(known) < nearness(t)) denied.set(t.memory.label, t);
  }
  const speaking = sorted.filter((t) => {
    if (t.memory.not || t.certainty === "unknown") return false;
    const against = denied.get(t.memory.label);
    return against === undefined || nearness(against) < nearness(t);
  });
  const best = speaking[0];
  if (best === undefined) return undefined;

  const own = speaking.filter((t) => t.memory.label === best.memory.label);
  const others = new Map<string, Testimony>();
  for (const t of speaking) {
    const { label } = t.memory;
    if (label !== best.memory.label && !others.has(label)) others.set(label, t);
  }
  // Two labels that look alike by the same measure cannot both be "is": ask instead of guessing.
  const rival = best.by === "look"
    ? [...others.values()].find((t) =>
      t.certainty === "is" && t.by === "look" && isType(t) === isType(best)
    )
    : undefined;
  const certainty = rival !== undefined || best.certainty !== "is" ? "perhaps" : "is";
  const confidence = rival === undefined ? best.confidence : Math.min(best.confidence, 0.5);
  return {
    label: best.memory.label,
    certainty,
    confidence,
    by: best.by,
    similarity: best.similarity,
    memory: best.memory,
    evidence: own.slice(0, SHOWN).map((t) => ({
      memory: t.memory.id,
      label: t.memory.label,
      by: t.by,
      similarity: t.similarity,
      threshold: Math.max(-1, Math.min(1, t.threshold)),
    })),
    rivals: [...others.values()].slice(0, SHOWN).map((t) => ({
      label: t.memory.label,
      confidence: Math.min(t.confidence, 1 - confidence),
    })),
    reason: reasonOf(best, own.length, rival),
  };
}

function reasonOf(best: Testimony, count: number, rival: Testimony | undefined): string {
  const { label } = best.memory;
  const memories = count === 1 ? `a memory of ${label}` : `${count} memories of ${label}`;
  if (best.by === "bytes") return `the very same file was taught as ${label}`;
  const compared = `${best.similarity.toFixed(2)} ≥ ${best.threshold.toFixed(2)}`;
  if (best.by === "copy") return `the same picture as ${memories}: similarity ${compared}`;
  const doubt = rival === undefined
    ? best.isFrom === undefined ? "" : `; to be sure it needs ${best.isFrom.toFixed(2)}`
    : `, but ${rival.memory.label} looks as near (${rival.similarity.toFixed(2)})`;
  return `look similarity ${compared} to ${memories}${doubt}`;
}
