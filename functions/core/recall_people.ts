/**
 * Recall of people: which taught person, if any, each face of a photo is.
 *
 * @module
 */
import type { FaceDescriptor } from "../../models/face.ts";
import { overlap } from "../../models/overlap.ts";
import type { Box } from "../../models/pixels.ts";
import type { Alternative, Certainty, Evidence } from "./answer_type.ts";
import type { FaceClaim, FaceFit, FaceJudge, FaceVector } from "./face_judge.ts";
import type { SeenFace } from "./encoder.ts";
import type { Memory, MemoryTable } from "./memory.ts";
import { peopleOf, type Person } from "./people.ts";

/** A face and whose it is. */
export interface RecalledFace {
  readonly box: Box;
  /** Null for a stranger. */
  readonly label: string | null;
  readonly certainty: Certainty;
  /** Of the person, or of there being nobody known; 0 to 1, calibrated. */
  readonly confidence: number;
  /** To the person; null for a stranger. */
  readonly similarity: number | null;
  /** The deciding memory. */
  readonly memory: Memory | null;
  readonly evidence: readonly Evidence[];
  /** Other people who came near. */
  readonly rivals: readonly Alternative[];
  readonly reason: string;
}

/** A face of which nothing is known, or may be told. */
export function unknownFace({ box, quality }: SeenFace): RecalledFace {
  return {
    box,
    label: null,
    certainty: "unknown",
    confidence: quality.score,
    similarity: null,
    memory: null,
    evidence: [],
    rivals: [],
    reason: "a face, and of nobody who was taught",
  };
}

/** A face that is looked up. */
export interface AskedFace {
  readonly box: Box;
  readonly descriptor: FaceDescriptor;
}

/** Memories that are asked for the names that a face could have. */
const NEIGHBOURS = 64;
/** People who are weighed against each other for one face. */
const WEIGHED = 16;
/** Entries of evidence, and rivals, that are shown. */
const SHOWN = 5;
/** Overlap from which a box frames the face that was taught. */
const SAME_FACE = 0.5;

/** A person for a face. */
interface Candidate extends FaceClaim {
  readonly person: Person;
  readonly fit: FaceFit;
  readonly isFrom: number;
}

/**
 * Recalls the faces of a photo that was taught as it is, byte by byte.
 *
 * @param memories those of people that were taught with exactly these bytes, newest first
 * @returns one entry for each face that has a name, in the order of the photo's subjects
 */
export function recallTaughtFaces(memories: readonly Memory[]): RecalledFace[] {
  const faces: (RecalledFace & { readonly index: number })[] = [];
  for (const memory of memories) {
    const { face, label } = memory;
    if (memory.kind !== "person" || memory.not || face === null) continue;
    // The name that was given last stands.
    if (faces.some(({ box }) => overlap(box, face.box) >= SAME_FACE)) continue;
    const takenBack = memories.some((one) =>
      one.not && one.label === label && one.face !== null && one.id > memory.id &&
      overlap(one.face.box, face.box) >= SAME_FACE
    );
    if (takenBack || faces.some((one) => one.label === label)) continue;
    faces.push({
      index: face.index,
      box: face.box,
      label,
      certainty: "is",
      confidence: 1,
      similarity: 1,
      memory,
      evidence: [{ memory: memory.id, label, by: "bytes", similarity: 1, threshold: 1 }],
      rivals: [],
      reason: `the very same file was taught as ${label}`,
    });
  }
  return faces.sort((a, b) => a.index - b.index).map(({ index: _, ...face }) => face);
}

/**
 * Recalls the faces of a photo. Two faces of one photo are never the same person.
 *
 * @param table where people are remembered
 * @param space whose people
 * @param asked the photo's faces
 * @param taught what {@linkcode recallTaughtFaces} said of the same photo
 * @returns one entry for each face, in their order
 */
export async function recallPeople(
  table: MemoryTable,
  space: string,
  asked: readonly AskedFace[],
  judge: FaceJudge,
  taught: readonly RecalledFace[] = [],
): Promise<RecalledFace[]> {
  const vectors = asked.map(({ descriptor }) => judge.vector(descriptor));
  const near = await Promise.all(vectors.map((vector) => labelsNear(table, space, vector, judge)));
  const [people, count] = await Promise.all([
    peopleOf(table, space, [...new Set(near.flat())], judge),
    table.people(space),
  ]);

  const known = asked.map(({ box }) => taught.find((one) => overlap(one.box, box) >= SAME_FACE));
  const given = new Map<string, number>();
  for (const face of known) if (face?.label) given.set(face.label, 1);
  const result: (RecalledFace | undefined)[] = known.map((face, i) =>
    face && { ...face, box: asked[i]!.box }
  );
  const candidates = vectors.map((vector, i) =>
    near[i]!.map((label) => people.get(label)).filter((person) => person !== undefined)
      .map((person) => candidate(person, vector, judge))
  );
  // The surest face takes its name first; whoever it is cannot be any of the others.
  for (;;) {
    let surest: { face: number; claims: Candidate[]; best: number; confidence: number } | undefined;
    for (const [face, all] of candidates.entries()) {
      if (result[face]) continue;
      const claims = all.map((one) => ({ ...one, free: 1 - (given.get(one.person.label) ?? 0) }));
      const { each } = judge.posterior(claims, count);
      for (const [best, confidence] of each.entries()) {
        if (given.has(claims[best]!.person.label)) continue;
        if (confidence < Math.max(judge.section.cuts.perhaps, surest?.confidence ?? 0)) continue;
        surest = { face, claims, best, confidence };
      }
    }
    if (!surest) break;
    const { face, claims, best, confidence } = surest;
    given.set(claims[best]!.person.label, confidence);
    result[face] = named(asked[face]!.box, vectors[face]!, claims, best, count, judge);
  }
  return result.map((face, i) => {
    if (face) return face;
    const claims = candidates[i]!.map((one) => ({
      ...one,
      free: 1 - (given.get(one.person.label) ?? 0),
    }));
    return stranger(asked[i]!.box, claims, count, judge);
  });
}

/** Names that a face could have, the likeliest first. */
async function labelsNear(
  table: MemoryTable,
  space: string,
  vector: FaceVector,
  judge: FaceJudge,
): Promise<string[]> {
  const neighbours = await table.nearest(space, {
    model: judge.model,
    embedding: judge.query(vector),
    limit: NEIGHBOURS,
  });
  const labels = neighbours.filter(({ memory }) => !memory.not).map(({ memory }) => memory.label);
  return [...new Set(labels)].slice(0, WEIGHED);
}

function candidate(person: Person, face: FaceVector, judge: FaceJudge): Candidate {
  const fit = judge.fit(person.template, face);
  const against = person.negatives.map((negative) =>
    judge.fit(judge.template([negative]), face).llr
  );
  return {
    person,
    fit,
    llr: fit.llr,
    isFrom: judge.isFrom(person.template),
    ...(against.length === 0 ? {} : { against: Math.max(...against) }),
  };
}

/** The similarity that a claim would need for a probability, all others as they are. */
function similarityFor(
  probability: number,
  claims: readonly Candidate[],
  index: number,
  count: number,
  judge: FaceJudge,
): number {
  const { fit } = claims[index]!;
  const needed = judge.needed(claims, index, count, probability);
  return Math.min(1, Math.max(-1, fit.similarity + (needed - fit.llr) / fit.slope));
}

function named(
  box: Box,
  face: FaceVector,
  claims: readonly Candidate[],
  best: number,
  count: number,
  judge: FaceJudge,
): RecalledFace {
  const { each } = judge.posterior(claims, count);
  const { person, fit, isFrom } = claims[best]!;
  const confidence = each[best]!;
  const certainty = confidence >= isFrom ? "is" : "perhaps";
  const cut = certainty === "is" ? isFrom : judge.section.cuts.perhaps;
  const threshold = similarityFor(cut, claims, best, count, judge);
  const { label, memories, vectors } = person;
  const evidence = memories
    .map((memory, i) => ({
      memory,
      similarity: judge.fit(judge.template([vectors[i]!]), face).similarity,
    }))
    .sort((a, b) => b.similarity - a.similarity);
  const compared = `${fit.similarity.toFixed(2)} ≥ ${threshold.toFixed(2)}`;
  const of = memories.length === 1 ? "1 memory" : `${memories.length} memories`;
  const sure = similarityFor(isFrom, claims, best, count, judge);
  const doubt = certainty === "is" ? "" : `; to be sure it needs ${sure.toFixed(2)}`;
  return {
    box,
    label,
    certainty,
    confidence,
    similarity: fit.similarity,
    memory: evidence[0]!.memory,
    evidence: evidence.slice(0, SHOWN).map(({ memory, similarity }) => ({
      memory: memory.id,
      label,
      by: "face",
      similarity,
      threshold,
    })),
    rivals: rivalsOf(claims, each, best),
    reason: `face similarity ${compared} to ${of} of ${label}${doubt}${
      certainty === "is" ? "" : hintOf(person)
    }`,
  };
}

function stranger(
  box: Box,
  claims: readonly Candidate[],
  count: number,
  judge: FaceJudge,
): RecalledFace {
  const { each, stranger } = judge.posterior(claims, count);
  const nearest = each.indexOf(Math.max(...each));
  const of = count === 1 ? "the one person" : `any of the ${count} people`;
  let reason = `a face, but not of ${of} taught here`;
  if (count === 0) reason = "a face, and nobody was taught here";
  else if (nearest >= 0) {
    const { person, fit } = claims[nearest]!;
    const needed = similarityFor(judge.section.cuts.perhaps, claims, nearest, count, judge);
    reason += `: ${person.label} is nearest with ${fit.similarity.toFixed(2)}, which should be ${
      needed.toFixed(2)
    }`;
  }
  return {
    box,
    label: null,
    certainty: "unknown",
    confidence: stranger,
    similarity: null,
    memory: null,
    evidence: [],
    rivals: rivalsOf(claims, each),
    reason,
  };
}

/** People who could also be meant, at a hundredth or more. */
function rivalsOf(
  claims: readonly Candidate[],
  each: readonly number[],
  best?: number,
): Alternative[] {
  return claims.map(({ person }, i) => ({ label: person.label, confidence: each[i]! }))
    .filter(({ confidence }, i) => i !== best && confidence >= 0.01)
    .sort((a, b) => b.confidence - a.confidence).slice(0, SHOWN);
}

/** What would help most to be sure of a person. */
function hintOf({ memories, alike, label }: Person): string {
  if (memories.length === 1) return `; a second photo of ${label} would help`;
  if (alike) {
    return `; all photos of ${label} are alike: one from another time would help`;
  }
  return "";
}
