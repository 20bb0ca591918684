/**
 * Finds the faces of a picture: at which sizes and turns the detector looks, what it believes, and
 * in which order the faces are named.
 *
 * @module
 */
import { clearPicture } from "./clear_picture.ts";
import {
  type FaceFinder,
  type FaceMode,
  type FacePoints,
  type FoundFace,
  type Point,
  SURE_SCORE,
} from "./face.ts";
import {
  alignFace,
  DLIB_TEMPLATE,
  type FaceTemplate,
  SFACE_TEMPLATE,
  shrinkOf,
} from "./face_alignment.ts";
import { createFaceDetector, type FaceDetector } from "./face_detector.ts";
import type { FacesSection } from "./face_networks.ts";
import { sharpnessOf, turnOf } from "./face_quality.ts";
import { overlap } from "./overlap.ts";
import { cutOut, type Turn, turned } from "./pixel_moves.ts";
import { type Box, resizePicture, type WorkingImage } from "./pixels.ts";
import type { Session } from "./session.ts";

/** Long side in pixels of the picture that is looked at. */
const SIDE: Readonly<Record<FaceMode, number>> = { full: 640, light: 320 };
/** Smaller pictures are enlarged to it: the detector misses faces of less than 10 pixels. */
const LEAST_SIDE = 128;
/** Long side of the picture in which turned faces are looked for. */
const GLANCE_SIDE = 192;
/** Long side in pixels of the picture that is cleared of fading and grain. */
const CLEARED_SIDE = 320;
/** Levels between the darkest and the lightest hundredth, in the middle: what has less has faded. */
const FADED = 160;
/** Score from which something is worth a second look, and that where it is small. */
const DOUBTFUL = 0.6, DOUBTFUL_SMALL = 0.2;
/** Sides in pixels of what is small: at its limit the detector stirs more often than it finds. */
const SMALL = 24;
/** Most that is looked at again because it is small. */
const MOST_SMALL = 8;
/**
 * Score from which it needs none in company of a sure one, because people come in groups, and in
 * a cleared picture, because what is left of a face under grain seldom scores more.
 */
const BELIEVED = 0.7;
/** Score of the second look from which it is a face. */
const CONFIRMED = 0.7;
/**
 * The second look sees 2½ times the box in so many pixels a side: a face of about 38. At that size
 * the detector tells people from animals best (area under the curve .96, at first sight .81).
 */
const LOOK = { times: 2.5, side: 96 } as const;
/** What shares less than so much with the box is something else. */
const SAME = 0.3;
/** Most faces of a picture. */
const MOST_FACES = 32;

/**
 * A face is cut out of the smaller picture, whose pixels are averages, where it shrinks at least
 * so much there: otherwise it would lose detail.
 */
const LEAST_SHRINK = 0.9;

/** What a finder is made of. */
export interface FaceFinderOptions {
  /** The detector as {@linkcode createFaceDetector} takes it. The caller's, who releases it. */
  readonly detector: Session;
  /** What the manifest says of the networks. */
  readonly section: Pick<FacesSection, "detector">;
}

/** The picture with its long side at most, and at least, so long. */
function fit(image: WorkingImage, most: number): Fitted {
  const long = Math.max(image.width, image.height);
  const scale = long > most ? most / long : long < LEAST_SIDE ? LEAST_SIDE / long : 1;
  const sides = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  return { picture: resizePicture(image, sides), scale };
}

interface Fitted {
  readonly picture: WorkingImage;
  /** How much longer its sides are than the picture's it was made of. */
  readonly scale: number;
}

/** Points in a picture of another scale. */
function scaled(points: FacePoints, scale: number): FacePoints {
  const move = ({ x, y }: Point): Point => ({ x: x * scale, y: y * scale });
  const [a, b, c, d, e] = points;
  return [move(a), move(b), move(c), move(d), move(e)];
}

/** A face under a change of every point. */
function mapped(face: FoundFace, move: (point: Point) => Point): FoundFace {
  const { x, y, width, height } = face.box;
  const from = move({ x, y }), to = move({ x: x + width, y: y + height });
  const [a, b, c, d, e] = face.points;
  const points: FacePoints = [move(a), move(b), move(c), move(d), move(e)];
  const box: Box = {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
  };
  return { box, points, score: face.score };
}

/** Back from a turned picture into one of this size. */
function turnedBack(
  face: FoundFace,
  turn: Turn,
  { width, height }: { readonly width: number; readonly height: number },
): FoundFace {
  return mapped(
    face,
    turn === "clockwise"
      ? ({ x, y }) => ({ x: y, y: height - x })
      : ({ x, y }) => ({ x: width - y, y: x }),
  );
}

/**
 * How much a face is what its picture is of: its size, less in a corner (half) than in the middle,
 * and by its score, which falls when somebody looks away.
 */
function weightOf({ box, score }: FoundFace, { width, height }: WorkingImage): number {
  const across = (box.x + box.width / 2) / width - 0.5;
  const down = (box.y + box.height / 2) / height - 0.5;
  const offset = Math.min(1, Math.hypot(across, down) / Math.SQRT1_2);
  return Math.sqrt(box.width * box.height) * (1 - offset / 2) * score;
}

function best(faces: readonly FoundFace[]): number {
  return faces.reduce((most, { score }) => Math.max(most, score), 0);
}

/**
 * Looks once more at what may be a face, alone and at the size that the detector tells best at.
 *
 * @returns null when it is none
 */
async function lookAgain(
  detector: FaceDetector,
  image: WorkingImage,
  { box }: FoundFace,
): Promise<FoundFace | null> {
  const side = Math.max(1, Math.round(LOOK.times * Math.max(box.width, box.height)));
  const left = Math.round(box.x + (box.width - side) / 2);
  const top = Math.round(box.y + (box.height - side) / 2);
  const part = cutOut(image, { x: left, y: top, width: side, height: side });
  const picture = resizePicture(part, { width: LOOK.side, height: LOOK.side });
  const { faces } = await detector.detect(picture, CONFIRMED);
  const back = side / LOOK.side;
  for (const face of faces) {
    const there = mapped(face, ({ x, y }) => ({ x: left + x * back, y: top + y * back }));
    if (overlap(there.box, box) >= SAME) return there;
  }
  return null;
}

/**
 * The upright faces of a picture.
 *
 * @param believed score from which no second look is needed in any case
 */
async function look(
  detector: FaceDetector,
  image: WorkingImage,
  { picture, scale }: Fitted,
  believed = SURE_SCORE,
): Promise<FoundFace[]> {
  const { faces } = await detector.detect(picture, DOUBTFUL_SMALL);
  const least = faces.some(({ score }) => score >= SURE_SCORE) ? BELIEVED : believed;
  const found: FoundFace[] = [];
  let small = 0;
  for (const seen of faces) {
    const face = mapped(seen, ({ x, y }) => ({ x: x / scale, y: y / scale }));
    if (face.score >= least) {
      found.push(face);
    } else if (face.score >= DOUBTFUL) {
      const again = await lookAgain(detector, image, face);
      // The second look is there to tell; where the face is, the first tells like any other's.
      if (again) found.push({ ...face, score: again.score });
    } else if (Math.max(seen.box.width, seen.box.height) <= SMALL && small++ < MOST_SMALL) {
      const again = await lookAgain(detector, image, face);
      if (again && found.every(({ box }) => overlap(box, again.box) < SAME)) found.push(again);
    }
    if (found.length === MOST_FACES) break;
  }
  return found;
}

/**
 * Looks for faces that lie on their side, in a small picture first.
 */
async function lookTurned(
  detector: FaceDetector,
  image: WorkingImage,
  side: number,
): Promise<FoundFace[]> {
  const { picture } = fit(image, GLANCE_SIDE);
  const turns: { turn: Turn; score: number }[] = [];
  for (const turn of ["clockwise", "counterclockwise"] as const) {
    const glance = turned(picture, turn);
    const faces = await look(detector, glance, { picture: glance, scale: 1 });
    if (faces.length > 0) turns.push({ turn, score: best(faces) });
  }
  for (const { turn } of turns.toSorted((a, b) => b.score - a.score)) {
    const other = turned(image, turn);
    const faces = await look(detector, other, fit(other, side));
    if (faces.length > 0) return faces.map((face) => turnedBack(face, turn, image));
  }
  return [];
}

/** Whether the brightness of a picture's middle spans so little; a print's white frame spans more. */
function isFaded({ width, height, data }: WorkingImage): boolean {
  const counts = new Uint32Array(256);
  const left = Math.floor(width / 5), right = Math.ceil(width * 4 / 5);
  const top = Math.floor(height / 5), bottom = Math.ceil(height * 4 / 5);
  for (let y = top; y < bottom; y++) {
    for (let x = left, at = (y * width + left) * 3; x < right; x++, at += 3) {
      counts[(data[at]! * 77 + data[at + 1]! * 150 + data[at + 2]! * 29) >> 8]!++;
    }
  }
  const least = (right - left) * (bottom - top) / 100;
  let low = 0, high = 255;
  for (let sum = counts[0]!; low < 255 && sum <= least;) sum += counts[++low]!;
  for (let sum = counts[255]!; high > 0 && sum <= least;) sum += counts[--high]!;
  return high - low <= FADED;
}

/** Looks for faces that have faded under grain, in a picture cleared of both. */
async function lookCleared(detector: FaceDetector, image: WorkingImage): Promise<FoundFace[]> {
  const long = Math.max(image.width, image.height);
  const scale = Math.min(1, CLEARED_SIDE / long);
  const cleared = clearPicture(resizePicture(image, {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  }));
  const faces = await look(detector, cleared, fit(cleared, CLEARED_SIDE), BELIEVED);
  return faces.map((face) => mapped(face, ({ x, y }) => ({ x: x / scale, y: y / scale })));
}

/**
 * Makes a finder of faces. The session stays the caller's, who releases it.
 *
 * The faces come in the order of how much the picture is of them: the side of the box, times 1 in
 * the middle of the picture to ½ in its corners, times the score; of equals the upper, then the left
 * one. The same picture gives the same order.
 *
 * @throws {TypeError} when the model has other inputs or outputs
 */
export function createFaceFinder(
  { detector: session, section }: FaceFinderOptions,
): FaceFinder {
  const detector = createFaceDetector(session, section.detector);
  // What one picture is found, cut out and judged in; gone with the picture.
  const reduced = new WeakMap<WorkingImage, Fitted>();

  function reducedOf(image: WorkingImage): Fitted {
    let fitted = reduced.get(image);
    if (!fitted) {
      fitted = fit(image, SIDE.full);
      reduced.set(image, fitted);
    }
    return fitted;
  }

  function align(image: WorkingImage, points: FacePoints, template: FaceTemplate): Uint8Array {
    const { picture, scale } = reducedOf(image);
    return scale < 1 && shrinkOf(points, template) * scale >= LEAST_SHRINK
      ? alignFace(picture, scaled(points, scale), template)
      : alignFace(image, points, template);
  }

  return {
    async find(image, mode) {
      const fitted = mode === "full" ? reducedOf(image) : fit(image, SIDE[mode]);
      let faces = await look(detector, image, fitted);
      // A face that lies on its side is sometimes found, but as if it stood.
      if (faces.every(({ score }) => score < SURE_SCORE)) {
        const others = await lookTurned(detector, image, SIDE[mode]);
        if (best(others) > best(faces)) faces = others;
      }
      if (faces.length === 0 && isFaded(image)) faces = await lookCleared(detector, image);
      return faces.map((face) => ({ face, weight: weightOf(face, image) }))
        .sort((a, b) =>
          b.weight - a.weight || a.face.box.y - b.face.box.y || a.face.box.x - b.face.box.x
        )
        .map(({ face }) => face);
    },
    crop(image, faces, mode) {
      return faces.map(({ points }) => ({
        sface: align(image, points, SFACE_TEMPLATE),
        dlib: mode === "full" ? align(image, points, DLIB_TEMPLATE) : null,
      }));
    },
    quality(image, faces) {
      return faces.map(({ box, points, score }) => ({
        score,
        size: Math.sqrt(box.width * box.height),
        sharpness: sharpnessOf(align(image, points, SFACE_TEMPLATE), SFACE_TEMPLATE.size),
        turn: turnOf(points),
      }));
    },
  };
}
