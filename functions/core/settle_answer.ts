/**
 * Out of all that was found in a photo, the one answer to it.
 *
 * @module
 */
import { SURE_SCORE } from "../../models/face.ts";
import type { Alternative, Answer, Subject } from "./answer_type.ts";
import type { ImageSize } from "./encoder.ts";
import type { Generalization } from "./generalize_type.ts";
import { isOfAnimal } from "./human_faces.ts";
import type { Recalled } from "./recall.ts";
import type { RecalledFace } from "./recall_people.ts";
import { isSubjectOf, KNOWN_SHARE } from "./subject_of.ts";

/** What was found in a photo. */
export interface Findings {
  /** The faces, those first that the photo is most of. */
  readonly faces: readonly RecalledFace[];
  /** The remembered thing. */
  readonly thing: Recalled | undefined;
  /** What the network makes of the photo; left out when it was not asked. */
  readonly general?: Generalization;
}

/** The part of an answer that is decided. */
export type Settled = Omit<
  Answer,
  "image" | "space" | "paradigm" | "parts" | "model" | "timings"
>;

/** The kind of every person. */
const PERSON = "person";

/** A face that has a name. */
type NamedFace = RecalledFace & { readonly label: string };

/**
 * Settles what a photo shows.
 *
 * What was taught wins over what was learnt, and what is sure over what may be. Among equals a
 * person comes before a thing where the face is what the photo is of, and after it elsewhere: a
 * passer-by does not make a photo of a mug hers. A stranger comes before what the network says of
 * her clothes, but not before an animal. All of them are subjects in any case.
 */
export function settleAnswer(findings: Findings, image: ImageSize): Settled {
  const { faces, thing, general } = findings;
  const inView = faces.filter(({ box, label }) =>
    isSubjectOf(box, image, label === null ? undefined : KNOWN_SHARE)
  );
  const person = surest(inView);
  const taught = surest(faces.filter(({ evidence }) => evidence[0]?.by === "bytes"));
  // The exact table comes first: a file that was taught is what it was taught as.
  const exact = [person, thing].filter((one) => one?.evidence[0]?.by === "bytes");
  const recalled = [...exact, person, thing, taught].filter((one) => one !== undefined);
  const first = recalled.find(({ certainty }) => certainty === "is") ?? recalled[0];

  const subjects: Subject[] = faces.map((face) => ({
    kind: "person",
    label: face.label,
    certainty: face.certainty,
    confidence: face.confidence,
    similarity: face.similarity,
    box: face.box,
  }));
  const whole = { x: 0, y: 0, ...image };
  if (thing) {
    const { label, certainty, confidence, similarity } = thing;
    subjects.push({ kind: "thing", label, certainty, confidence, similarity, box: whole });
  } else if (general && (inView.length === 0 || isOfAnimal(general))) {
    const { label, certainty, confidence } = general;
    subjects.push({ kind: "thing", label, certainty, confidence, similarity: null, box: whole });
  }

  if (first) return fromMemory(first, findings, subjects);
  const stranger = inView.find(({ label }) => label === null);
  if (stranger && !(general && isOfAnimal(general))) return fromFace(stranger, general, subjects);
  const anybody = surest(faces);
  if (anybody && general?.label == null) return fromMemory(anybody, findings, subjects);
  if (general) return fromNetwork(general, faces, subjects);
  throw new TypeError("a photo in which nothing was found should have been asked of the network");
}

/** The face whose name is surest; of equals the one that the photo is more of. */
function surest(faces: readonly RecalledFace[]): NamedFace | undefined {
  const named = faces.filter((face): face is NamedFace => face.label !== null);
  return named.find(({ certainty }) => certainty === "is") ?? named[0];
}

function fromMemory(
  recalled: Recalled | NamedFace,
  { faces, thing, general }: Findings,
  subjects: readonly Subject[],
): Settled {
  const isPerson = "box" in recalled;
  // Unsure of the memory, the asker wants to know first what it would be without it.
  const doubts: Alternative[] = [];
  if (recalled.certainty === "perhaps") {
    if (isPerson) doubts.push({ label: PERSON, confidence: recalled.score });
    else if (general?.label) doubts.push({ label: general.label, confidence: general.confidence });
  }
  const others = [...faces, ...(thing ? [thing] : [])].filter((one) => one !== recalled)
    .flatMap(({ evidence }) => evidence);
  return {
    label: recalled.label,
    route: "memory",
    certainty: recalled.certainty,
    confidence: recalled.confidence,
    path: isPerson ? [PERSON] : recalled.memory.path,
    novel: false,
    novelty: isPerson ? 0 : general?.novelty ?? 0,
    subjects,
    alternatives: [...doubts, ...recalled.rivals],
    evidence: [...recalled.evidence, ...others],
    reason: recalled.reason,
  };
}

/** A stranger is a person all the same. */
function fromFace(
  stranger: RecalledFace,
  general: Generalization | undefined,
  subjects: readonly Subject[],
): Settled {
  const besides: Alternative[] = general?.label
    ? [{ label: general.label, confidence: Math.min(general.confidence, 1 - stranger.score) }]
    : [];
  return {
    label: PERSON,
    route: "network",
    certainty: stranger.score >= SURE_SCORE ? "is" : "perhaps",
    confidence: stranger.score,
    path: [PERSON],
    novel: false,
    novelty: 0,
    subjects,
    alternatives: [...stranger.rivals, ...besides],
    evidence: [],
    reason: stranger.reason,
  };
}

function fromNetwork(
  general: Generalization,
  faces: readonly RecalledFace[],
  subjects: readonly Subject[],
): Settled {
  const { label, route, certainty, confidence, path, pathConfidence, named, novel } = general;
  const { novelty, alternatives, reason } = general;
  return {
    label,
    route,
    certainty,
    confidence,
    path,
    ...(pathConfidence === undefined ? {} : { pathConfidence }),
    ...(route === "none" ? {} : { named }),
    novel,
    novelty,
    subjects,
    alternatives,
    evidence: faces.flatMap((face) => face.evidence),
    reason,
  };
}
