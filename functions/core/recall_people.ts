/**
 * Recall of people: which taught person, if any, each face of a photo is.
 *
 * @module
 */
import type { FaceDescriptor } from "../../models/face.ts";
import { frameSame } from "../../models/overlap.ts";
import type { Box } from "../../models/pixels.ts";
import type { Alternative, Certainty, Evidence } from "./answer_type.ts";
import type { FaceClaim, FaceFit, FaceJudge, FaceVector } from "./face_judge.ts";
import type { SeenFace } from "./encoder.ts";
import type { Memory, MemoryTable } from "./memory.ts";
import { peopleOf, type Person } from "./people.ts";

/** A face and whose it is. */
export interface RecalledFace {
  readonly box: Box;
  /** How surely it is a face: the detector's score, 0 to 1; 1 when that was taught. */
  readonly score: number;
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

/** A face that is compared with nobody: there is none to compare, or none may be told. */
export function unknownFace({ box, quality }: SeenFace): RecalledFace {
  return {
    box,
    score: quality.score,
    label: null,
    certainty: "unknown",
    confidence: quality.score,
    similarity: null,
    memory: null,
    evidence: [],
    rivals: [],
    reason: "a face, which was compared with nobody",
  };
}

/** A face that is looked up. */
export interface AskedFace {
  readonly box: Box;
  /** The detector's, 0 to 1. */
  readonly score: number;
  readonly descriptor: FaceDescriptor;
}

/** Memories that are asked for the names that a face could have, and if these are too few names. */
const NEIGHBOURS = [64, 256] as const;
/** People who are weighed against each other for one face. */
const WEIGHED = 16;
/** Entries of evidence, and rivals, that are shown. */
const SHOWN = 5;
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
    if (faces.some(({ box }) => frameSame(box, face.box))) continue;
    const takenBack = memories.some((one) =>
      one.not && one.label === label && one.face !== null && one.id > memory.id &&
      frameSame(one.face.box, face.box)
    );
    if (takenBack || faces.some((one) => one.label === label)) continue;
    faces.push({
      index: face.index,
      box: face.box,
      score: 1,
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
 * @returns one entry for each face, in their order, and then those of `taught` that were not found
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

  const known = asked.map(({ box }) => taught.find((one) => frameSame(one.box, box)));
  const given = new Map<string, number>();
  for (const face of taught) if (face.label) given.set(face.label, 1);
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
    result[face] = named(asked[face]!, vectors[face]!, claims, best, count, judge);
  }
  const recalled = result.map((face, i) => {
    if (face) return face;
    const claims = candidates[i]!.map((one) => ({
      ...one,
      free: 1 - (given.get(one.person.label) ?? 0),
    }));
    return stranger(asked[i]!, claims, count, judge);
  });
  return [...recalled, ...taught.filter((one) => !known.includes(one))];
}

/** Names that a face could have, the likeliest first. */
async function labelsNear(
  table: MemoryTable,
  space: string,
  vector: FaceVector,
  judge: FaceJudge,
): Promise<string[]> {
  const embedding = judge.query(vector);
  let labels = new Set<string>();
  // Many photos of one person may be all that is near: then it is looked further.
  for (const limit of NEIGHBOURS) {
    const query = { model: judge.model, embedding, limit, not: false };
    const neighbours = await table.nearest(space, query);
    labels = new Set(neighbours.map(({ memory }) => memory.label));
    if (labels.size >= WEIGHED || neighbours.length < limit) break;
  }
  return [...labels].slice(0, WEIGHED);
}

function candidate(person: Person, face: FaceVector, judge: FaceJudge): Candidate {
  const fit = judge.fit(person.template, face);
  const nearest = (faces: readonly FaceVector[]) =>
    Math.max(...faces.map((one) => judge.fit(judge.template([one]), face).llr));
  const against = person.negatives.length === 0 ? undefined : nearest(person.negatives);
  return {
    person,
    fit,
    llr: fit.llr,
    isFrom: judge.isFrom(person.template),
    // One photo against one: ratios to several references are on another scale.
    ...(against === undefined ? {} : { against, denied: against >= nearest(person.vectors) }),
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
  { box, score }: AskedFace,
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
    score,
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
    reason: `face similarity ${compared} to ${of} of ${label}${doubt}${hintOf(person)}`,
  };
}

function stranger(
  { box, score }: AskedFace,
  claims: readonly Candidate[],
  count: number,
  judge: FaceJudge,
): RecalledFace {
  const { each, stranger } = judge.posterior(claims, count);
  return {
    box,
    score,
    label: null,
    certainty: "unknown",
    confidence: stranger,
    similarity: null,
    memory: null,
    evidence: [],
    rivals: rivalsOf(claims, each),
    reason: whyNobody(claims, count, judge),
  };
}

function whyNobody(claims: readonly Candidate[], count: number, judge: FaceJudge): string {
  if (count === 0) return "a face, and nobody was taught here";
  const of = count === 1 ? "the one person" : `any of the ${count} people`;
  const nobody = `a face, but not of ${of} taught here`;
  const nearest = claims.reduce((best, { llr }, i) => llr > claims[best]!.llr ? i : best, 0);
  const claim = claims[nearest];
  if (!claim) return nobody;
  const { person: { label }, fit, denied, free = 1 } = claim;
  if (denied) return `${nobody}: people said that it is not ${label}`;
  if (free < 0.5) return `${nobody}: ${label} is another face of this photo`;
  const needed = similarityFor(judge.section.cuts.perhaps, claims, nearest, count, judge);
  const compared = `${fit.similarity.toFixed(2)}, which should be ${needed.toFixed(2)}`;
  return `${nobody}: ${label} is nearest with ${compared}`;
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
