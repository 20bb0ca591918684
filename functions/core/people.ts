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

/** Labels that the table is asked for at once. */
const LABELS = 256;

/** A person who is known. */
export interface Person {
  readonly label: string;
  readonly template: FaceTemplate;
  /** What was taught and counts, newest first. */
  readonly memories: readonly Memory[];
  /** Their faces, in the order of the memories. */
  readonly vectors: readonly FaceVector[];
  /** Whether all of several references are nearly one picture. */
  readonly alike: boolean;
  /** What was taught and does not count, for it is unlike all the rest. */
  readonly odd: readonly Memory[];
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
  const found: Memory[] = [];
  for (let at = 0; at < labels.length; at += LABELS) {
    const some = labels.slice(at, at + LABELS);
    const query = { labels: some, kind: "person", limit: REFERENCES } as const;
    found.push(...await table.references(space, query));
  }
  const ours = found.filter(({ model }) => model === judge.model);
  for (const [label, all] of Map.groupBy(lastNamed(ours), ({ label }) => label)) {
    const positive = all.filter(({ not }) => !not);
    if (positive.length === 0) continue;
    const { kept, odd } = agreeing(positive, judge);
    const memories = kept.map(({ memory }) => memory);
    const vectors = kept.map(({ vector }) => vector);
    people.set(label, {
      label,
      template: judge.template(vectors),
      memories,
      vectors,
      odd,
      alike: areAlike(vectors, judge),
      negatives: all.filter(({ not }) => not).map(({ embedding }) => judge.unpack(embedding)),
    });
  }
  return people;
}

/** Of positive memories of one face of one photo the one that was named last. */
function lastNamed(memories: readonly Memory[]): Memory[] {
  const last = new Map<string, Memory>();
  const faceOf = ({ bytes, face }: Memory) => `${bytes} ${face?.index}`;
  for (const memory of memories) {
    const known = last.get(faceOf(memory));
    if (!memory.not && !(known && known.id > memory.id)) last.set(faceOf(memory), memory);
  }
  return memories.filter((memory) => memory.not || last.get(faceOf(memory)) === memory);
}

/** A reference and its face. */
interface Reference {
  readonly memory: Memory;
  readonly vector: FaceVector;
}

/**
 * Parts the references that agree from those that are unlike all others: one bad example among
 * three would else make somebody else's photos that person's. What was forced always counts, for
 * somebody insisted on it: a child is unlike the grown-up.
 */
function agreeing(
  memories: readonly Memory[],
  judge: FaceJudge,
): { kept: readonly Reference[]; odd: readonly Memory[] } {
  let kept: readonly Reference[] = memories.map((memory) => ({
    memory,
    vector: judge.unpack(memory.embedding),
  }));
  const odd: Memory[] = [];
  // Of two that disagree nobody can say which one is wrong.
  while (kept.length >= 3 && odd.length < memories.length / 3) {
    let least = judge.section.example.agreement;
    let worst: Reference | undefined;
    const fits = judge.fitToRest(kept.map(({ vector }) => vector));
    for (const [i, one] of kept.entries()) {
      const { llr } = fits[i]!;
      if (one.memory.forced || llr >= least) continue;
      least = llr;
      worst = one;
    }
    if (worst === undefined) break;
    const { memory } = worst;
    odd.push(memory);
    kept = kept.filter((one) => one !== worst);
  }
  return { kept, odd };
}

function areAlike(vectors: readonly FaceVector[], judge: FaceJudge): boolean {
  const [first, ...rest] = vectors;
  if (first === undefined || rest.length === 0) return false;
  const template = judge.template([first]);
  return rest.every((one) => judge.fit(template, one).similarity >= ALIKE);
}
