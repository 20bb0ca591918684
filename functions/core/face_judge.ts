/**
 * Decides whose a face is.
 *
 * Two embedders look at every face. From what they make of it the mean of all faces and the
 * directions in which faces age are taken off, so that a person stays near to what she was fifty
 * years before. A person is the mean of her references; how much better a face fits her than a
 * stranger is one log-likelihood ratio; and a posterior over all people of the space turns those
 * into a probability, so that one cut serves two people and fifty.
 *
 * @module
 */
import type { FaceDescriptor } from "../../models/face.ts";
import type { FaceAge, PeopleSection } from "../../models/people.ts";

/** Numbers of one embedder. */
const DIMENSION = 128;

/** No evidence is taken for stronger than this: no evaluation is large enough to say so. */
const STRONGEST = 30;

/** A face or a reference of a person, with mean and age taken off. */
export interface FaceVector {
  /** [128], unit length. */
  readonly sface: Float32Array;
  /** [128], not normalised; null when the face was looked at lightly. */
  readonly dlib: Float32Array | null;
  /** How young it seems, along the first age direction; null when the statistics are off. */
  readonly youth: number | null;
}

/** A person, out of one or more references. */
export interface FaceTemplate extends FaceVector {
  /** Number of references. */
  readonly references: number;
  /** Whether all references seem to be of a child. */
  readonly young: boolean;
}

/** References added up. */
interface FaceSum {
  readonly sface: Float32Array;
  readonly dlib: Float32Array | null;
  readonly youth: number | null;
  /** How many are young. */
  readonly young: number;
  readonly count: number;
}

/** How well a face fits a person. */
export interface FaceFit {
  /** Natural logarithm of P(face | this person) / P(face | somebody else), −30 to 30. */
  readonly llr: number;
  /** Cosine of SFace's part, −1 to 1. */
  readonly similarity: number;
  /** What the ratio would gain with one more of similarity. */
  readonly slope: number;
}

/** A person who could be the face. */
export interface FaceClaim {
  readonly llr: number;
  /** The ratio of the likeliest face that people said is *not* this person. */
  readonly against?: number;
  /** Whether it is that face: then it is never this person. */
  readonly denied?: boolean;
  /** Share of the person that is not yet given to another face of the photo, 0 to 1; 1 when left out. */
  readonly free?: number;
}

/** Decides whose a face is. */
export interface FaceJudge {
  /** Names what made the descriptors that it judges. */
  readonly model: string;
  /** Numbers of a packed descriptor. */
  readonly dimension: number;
  readonly section: PeopleSection;
  /** A descriptor as memory keeps it: [256], unit length, nothing taken off. */
  pack(descriptor: FaceDescriptor): Float32Array;
  /** What to search a memory's embeddings with: [256], unit length. */
  query(face: FaceVector): Float32Array;
  /** A descriptor, ready for comparison. */
  vector(descriptor: FaceDescriptor): FaceVector;
  /** What {@linkcode FaceJudge.pack} made, ready for comparison. */
  unpack(embedding: Float32Array): FaceVector;
  /** A person out of references. @throws {RangeError} when there is none */
  template(references: readonly FaceVector[]): FaceTemplate;
  /** How well a face fits a person. */
  fit(person: FaceTemplate, face: FaceVector): FaceFit;
  /**
   * How well each of several references fits the person that all others make.
   *
   * @throws {RangeError} for fewer than two
   */
  fitToRest(references: readonly FaceVector[]): FaceFit[];
  /**
   * P_i = e^LLR_i·π/N / ((1 − π) + Σ_j e^LLR_j·π/N) for every claim, over N people.
   *
   * @param people of the space
   */
  posterior(claims: readonly FaceClaim[], people: number): { each: number[]; stranger: number };
  /** The probability from which a face is somebody's. */
  isFrom(person: FaceTemplate): number;
  /** The ratio that a claim would need to reach a probability, all others as they are. */
  needed(claims: readonly FaceClaim[], index: number, people: number, probability: number): number;
}

/**
 * Makes a judge.
 *
 * @param model names what makes the descriptors
 * @param section cuts and plain scores
 * @param age statistics that make the scores proof against age; null to do without
 */
export function createFaceJudge(
  model: string,
  section: PeopleSection,
  age: FaceAge | null,
): FaceJudge {
  // A memory's embedding never changes; what was forgotten takes its entry with it.
  const unpacked = new WeakMap<Float32Array, FaceVector>();
  const scores = age?.scores ?? section.plain;
  const parts = age && { sface: projection(age.sface), dlib: projection(age.dlib) };

  function vector({ sface, dlib }: FaceDescriptor): FaceVector {
    if (parts === null) return { sface: unit(sface), dlib, youth: null };
    const { rest, first } = parts.sface(sface);
    return { sface: unit(rest), dlib: dlib && parts.dlib(dlib).rest, youth: first };
  }

  /** The ratio of so many references against a face; without dlib's part the light one. */
  function fitOf(
    references: number,
    similarity: number,
    dlib: { readonly distance: number; readonly cosine: number } | null,
  ): FaceFit {
    const score = (dlib ? scores.full : scores.light)[Math.min(references, 3) - 1]!;
    let llr = score.bias + score.sface * similarity;
    if (dlib) llr += score.dlib * dlib.cosine - score.distance * dlib.distance;
    return {
      llr: Math.min(STRONGEST, Math.max(-STRONGEST, llr)),
      similarity: Math.min(1, Math.max(-1, similarity)),
      slope: score.sface,
    };
  }

  /** Weight of a claim beside the stranger's, and of what speaks against it. */
  function weigh({ llr, against, denied = false, free = 1 }: FaceClaim, people: number) {
    const each = section.prior / Math.max(people, section.least);
    return {
      own: denied ? 0 : Math.exp(llr) * each * free,
      against: against === undefined ? 0 : Math.exp(against) * each,
    };
  }

  /** What references add up to; a template is made of it. */
  function sumOf(references: readonly FaceVector[]): FaceSum {
    const hasDlib = references.every(({ dlib }) => dlib !== null);
    const sum = {
      sface: new Float32Array(DIMENSION),
      dlib: hasDlib ? new Float32Array(DIMENSION) : null,
      youth: references.some(({ youth }) => youth === null) ? null : 0,
      young: 0,
      count: references.length,
    };
    for (const { sface, dlib, youth } of references) {
      add(sum.sface, sface, 1);
      if (sum.dlib && dlib) add(sum.dlib, dlib, 1);
      if (sum.youth !== null && youth !== null) sum.youth += youth;
      if (isYoung(youth)) sum.young++;
    }
    return sum;
  }

  function isYoung(youth: number | null): boolean {
    return youth !== null && youth >= section.youngFrom;
  }

  function templateOf({ sface, dlib, youth, young, count }: FaceSum): FaceTemplate {
    return {
      sface: unit(sface),
      dlib: dlib && dlib.map((x) => x / count),
      youth: youth === null ? null : youth / count,
      references: count,
      young: young === count,
    };
  }

  return {
    model,
    dimension: 2 * DIMENSION,
    section,
    vector,
    pack({ sface, dlib }) {
      if (dlib === null) {
        throw new TypeError("a face looked at lightly cannot be kept: it lacks dlib's part");
      }
      const packed = new Float32Array(2 * DIMENSION);
      packed.set(unit(sface));
      packed.set(dlib, DIMENSION);
      return unit(packed);
    },
    query({ sface, dlib }) {
      const query = new Float32Array(2 * DIMENSION);
      query.set(sface);
      if (dlib) query.set(dlib, DIMENSION);
      return unit(query);
    },
    unpack(embedding) {
      const known = unpacked.get(embedding);
      if (known) return known;
      if (embedding.length !== 2 * DIMENSION) {
        throw new RangeError(
          `a face's embedding should have ${2 * DIMENSION} numbers, it has ${embedding.length}`,
        );
      }
      // SFace's part was of unit length: what it has now is the scale of both.
      const sface = embedding.subarray(0, DIMENSION);
      const scale = Math.sqrt(dot(sface, sface));
      const made = vector({
        sface: sface.map((x) => x / scale),
        dlib: embedding.subarray(DIMENSION).map((x) => x / scale),
      });
      unpacked.set(embedding, made);
      return made;
    },
    template(references) {
      if (references.length === 0) throw new RangeError("a person needs at least one reference");
      return templateOf(sumOf(references));
    },
    fit(person, face) {
      const dlib = person.dlib && face.dlib && {
        distance: distance(person.dlib, face.dlib),
        cosine: ratio(
          dot(person.dlib, face.dlib),
          dot(person.dlib, person.dlib) * dot(face.dlib, face.dlib),
        ),
      };
      return fitOf(person.references, dot(person.sface, face.sface), dlib);
    },
    fitToRest(references) {
      if (references.length < 2) throw new RangeError("without one there should be another left");
      const all = sumOf(references);
      const rest = references.length - 1;
      const squares = {
        sface: dot(all.sface, all.sface),
        dlib: all.dlib && dot(all.dlib, all.dlib),
      };
      return references.map(({ sface, dlib }) => {
        // Of the sum without the one: x·(S − x) and |S − x|², from x·S, |S|² and |x|².
        const along = dot(all.sface, sface);
        const similarity = ratio(along - 1, squares.sface - 2 * along + 1);
        if (!all.dlib || !dlib || squares.dlib === null) return fitOf(rest, similarity, null);
        const own = dot(dlib, dlib);
        const across = (dot(all.dlib, dlib) - own) / rest;
        const others = (squares.dlib - 2 * across * rest - own) / rest ** 2;
        return fitOf(rest, similarity, {
          distance: Math.sqrt(Math.max(0, others - 2 * across + own)),
          cosine: ratio(across, others * own),
        });
      });
    },
    posterior(claims, people) {
      const weights = claims.map((claim) => weigh(claim, people));
      const all = weights.reduce((sum, { own }) => sum + own, 1 - section.prior);
      return {
        // What speaks against one person is nobody else's business.
        each: weights.map(({ own, against }) => own / (all + against)),
        stranger: (1 - section.prior) / all,
      };
    },
    isFrom: ({ young }) => young ? section.cuts.isOfChild : section.cuts.is,
    needed(claims, index, people, probability) {
      const each = section.prior / Math.max(people, section.least);
      let others = 1 - section.prior;
      claims.forEach((claim, i) => {
        const { own, against } = weigh(claim, people);
        others += i === index ? against : own;
      });
      const { free = 1 } = claims[index]!;
      return Math.log(probability / (1 - probability) * others / (each * free));
    },
  };
}

/** x − mean, apart from the directions, and its coordinate along the first of them. */
function projection({ mean, directions }: FaceAge["sface"]) {
  const centre = Float32Array.from(mean);
  const axes = directions.map((row) => Float32Array.from(row));
  return (vector: Float32Array): { rest: Float32Array; first: number } => {
    const rest = vector.map((x, i) => x - centre[i]!);
    const along = axes.map((axis) => dot(axis, rest));
    axes.forEach((axis, k) => {
      for (let i = 0; i < rest.length; i++) rest[i]! -= along[k]! * axis[i]!;
    });
    return { rest, first: along[0]! };
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** A product of two vectors by the product of their lengths, which is given squared; 0 for none. */
function ratio(product: number, squares: number): number {
  return squares > 0 ? product / Math.sqrt(squares) : 0;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((x) => x / length) : vector.slice();
}

/** Adds `times` a vector to a sum, in place. */
function add(sum: Float32Array, vector: Float32Array, times: number): Float32Array {
  for (let i = 0; i < sum.length; i++) sum[i]! += times * vector[i]!;
  return sum;
}
