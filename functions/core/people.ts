/**
 * People as memory knows them: each out of all references that are remembered.
 *
 * @module
 */
import type { FaceJudge, FaceTemplate, FaceVector } from "./face_judge.ts";
import type { Memory, MemoryTable } from "./memory.ts";

/** References of a person that count: the newest. */
const REFERENCES = 64;

/** Cosine of two references' faces from which the second adds little: one day, or one photo. */
const ALIKE = 0.7;

/** A person who is known. */
export interface Person {
  readonly label: string;
  readonly template: FaceTemplate;
  /** What was taught, newest first. */
  readonly memories: readonly Memory[];
  /** Their faces, in the order of the memories. */
  readonly vectors: readonly FaceVector[];
  /** Whether all of several references are nearly one picture. */
  readonly alike: boolean;
  /** Faces that people said are not this person. */
  readonly negatives: readonly FaceVector[];
}

/**
 * People by label.
 *
 * @returns those of `labels` of whom there is a reference by the judge's model
 */
export async function peopleOf(
  table: MemoryTable,
  space: string,
  labels: readonly string[],
  judge: FaceJudge,
): Promise<ReadonlyMap<string, Person>> {
  const people = new Map<string, Person>();
  if (labels.length === 0) return people;
  const found = await table.references(space, { labels, kind: "person", limit: REFERENCES });
  const byLabel = Map.groupBy(
    found.filter(({ model }) => model === judge.model),
    ({ label }) => label,
  );
  for (const [label, all] of byLabel) {
    const memories = all.filter(({ not }) => !not);
    if (memories.length === 0) continue;
    const vectors = memories.map(({ embedding }) => judge.unpack(embedding));
    people.set(label, {
      label,
      template: judge.template(vectors),
      memories,
      vectors,
      alike: areAlike(vectors, judge),
      negatives: all.filter(({ not }) => not).map(({ embedding }) => judge.unpack(embedding)),
    });
  }
  return people;
}

function areAlike(vectors: readonly FaceVector[], judge: FaceJudge): boolean {
  const [first, ...rest] = vectors;
  if (first === undefined || rest.length === 0) return false;
  const template = judge.template([first]);
  return rest.every((one) => judge.fit(template, one).similarity >= ALIKE);
}
