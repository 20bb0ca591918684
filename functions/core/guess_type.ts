/**
 * Which of the types that a space was taught a photo is of, if it is of any.
 *
 * Recall asks each type by itself whether the photo is of it, for most photos of the world are of
 * none that was taught. Where most are, far more can be told by the company: a photo that is
 * somewhat like accordions and much less like anything else that was taught is of an accordion.
 * Whether most are, only judged answers of the space can say; so a guess is no answer by itself.
 *
 * @module
 */
import type { Evidence } from "./answer_type.ts";
import { cosine } from "./cosine.ts";
import { likenessOf, type LookJudge, prototypeOf } from "./look_judge.ts";
import type { Memory, MemoryTable } from "./memory.ts";
import type { Query } from "./recall.ts";

/** The likeliest type. */
export interface TypeGuess {
  readonly label: string;
  /** That it is of this type, given that it is of one that was taught; 0 to 1. */
  readonly confidence: number;
  /** Likeness to the type's prototype. */
  readonly similarity: number;
  /** Memories that make the prototype. */
  readonly memories: number;
  /** The one that is most like the photo. */
  readonly memory: Memory;
  /** That memory first. */
  readonly evidence: readonly Evidence[];
  /** The type that comes next. */
  readonly rival: string;
}

/** Memories among which the types are looked for. */
const NEAR = 128;
/** Types that are weighed against each other: those with the nearest memories. */
const WEIGHED = 16;
/** How many memories make a prototype, the newest, as in recall. */
const REFERENCES = 64;
const SHOWN = 5;

/**
 * Guesses the type.
 *
 * @returns undefined where fewer than two types are near, or a negative example is nearer than what
 * was taught of the likeliest
 */
export async function guessType(
  table: MemoryTable,
  space: string,
  { model, look }: Pick<Query, "model" | "look">,
  judge: Pick<LookJudge, "among">,
): Promise<TypeGuess | undefined> {
  const near = await table.nearest(space, { model, embedding: look, limit: NEAR });
  const typical = near.filter(({ memory }) => memory.scope === "type" && !memory.not);
  const labels = [...new Set(typical.map(({ memory }) => memory.label))].slice(0, WEIGHED);
  if (labels.length < 2) return undefined;
  const all = (await table.references(space, { labels, kind: "thing", limit: REFERENCES }))
    .filter((one) => !one.not && one.scope === "type" && one.model === model)
    .toSorted((a, b) => a.id < b.id ? -1 : 1);
  const [first, next] = [...Map.groupBy(all, ({ label }) => label)]
    .map(([label, memories]) => {
      const { centroid, unity } = prototypeOf(memories);
      const likeness = likenessOf(unity, cosine(centroid, look));
      return { label, memories: memories.length, likeness };
    })
    .sort((a, b) => b.likeness - a.likeness || (a.label < b.label ? -1 : 1));
  if (first === undefined || next === undefined) return undefined;

  const own = typical.filter(({ memory }) => memory.label === first.label);
  const against = near.find(({ memory }) => memory.not && memory.label === first.label);
  const nearest = own[0]!;
  if (against !== undefined && against.similarity >= nearest.similarity) return undefined;
  return {
    label: first.label,
    confidence: judge.among(first.likeness, next.likeness, first.memories),
    similarity: first.likeness,
    memories: first.memories,
    memory: nearest.memory,
    evidence: own.slice(0, SHOWN).map(({ memory }) => ({
      memory: memory.id,
      label: memory.label,
      by: "look",
      similarity: first.likeness,
      threshold: Math.max(-1, Math.min(1, next.likeness)),
    })),
    rival: next.label,
  };
}
