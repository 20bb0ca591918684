/**
 * Finds the faces of a picture: at which sizes and turns the detector looks, what it believes, and
 * in which order the faces are named.
 *
 * @module
 */
import type { FaceFinder, FaceMode, FacePoints, FoundFace, Point } from "./face.ts";
import { alignFace, DLIB_TEMPLATE, SFACE_TEMPLATE } from "./face_alignment.ts";
import { createFaceDetector, type FaceDetector } from "./face_detector.ts";
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
const GLANCE_SIDE = 224;
/** Score from which something is worth a second look. */
const DOUBTFUL = 0.6;
/** Score from which it needs none. */
const SURE = 0.88;
/** Score of the second look from which it is a face. */
const CONFIRMED = 0.75;
/** The second look sees three times the box in so many pixels a side: a face of about 43. */
const LOOK = { times: 3, side: 128 } as const;
/** Of what shares less than so much with the box, the second look says nothing. */
const SAME = 0.3;
/** Most faces of a picture. */
const MOST_FACES = 32;

/** What a finder is made of. */
export interface FaceFinderOptions {
  /** The detector as {@linkcode createFaceDetector} takes it. The caller's, who releases it. */
  readonly detector: Session;
}

/** The picture with its long side at most, and at least, so long; its scale is what it grew by. */
function fit(image: WorkingImage, most: number): { picture: WorkingImage; scale: number } {
  const long = Math.max(image.width, image.height);
  const scale = long > most ? most / long : long < LEAST_SIDE ? LEAST_SIDE / long : 1;
  const sides = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  return { picture: resizePicture(image, sides), scale };
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

/** Looks once more at what was found, alone and at the size that the detector tells best at. */
async function lookAgain(
  detector: FaceDetector,
  image: WorkingImage,
  face: FoundFace,
): Promise<FoundFace | null> {
  const { x, y, width, height } = face.box;
  const side = Math.max(LOOK.times, Math.round(LOOK.times * Math.max(width, height)));
  const left = Math.round(x + (width - side) / 2), top = Math.round(y + (height - side) / 2);
  const part = cutOut(image, { x: left, y: top, width: side, height: side });
  const picture = resizePicture(part, { width: LOOK.side, height: LOOK.side });
  const { faces } = await detector.detect(picture, CONFIRMED);
  const back = side / LOOK.side;
  for (const found of faces) {
    const there = mapped(found, (p) => ({ x: left + p.x * back, y: top + p.y * back }));
    if (overlap(there.box, face.box) >= SAME) return there;
  }
  return null;
}

/** The upright faces of a picture. */
async function look(
  detector: FaceDetector,
  image: WorkingImage,
  side: number,
): Promise<FoundFace[]> {
  const { picture, scale } = fit(image, side);
  const { faces } = await detector.detect(picture, DOUBTFUL);
  const found: FoundFace[] = [];
  for (const face of faces.slice(0, MOST_FACES)) {
    if (face.score >= SURE) {
      found.push(mapped(face, ({ x, y }) => ({ x: x / scale, y: y / scale })));
      continue;
    }
    const again = await lookAgain(detector, picture, face);
    if (!again) continue;
    found.push({
      ...mapped(face, ({ x, y }) => ({ x: x / scale, y: y / scale })),
      score: again.score,
    });
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
  const turns: { turn: Turn; stir: number }[] = [];
  for (const turn of ["clockwise", "counterclockwise"] as const) {
    const { stir } = await detector.detect(turned(picture, turn), 1);
    if (stir >= DOUBTFUL) turns.push({ turn, stir });
  }
  for (const { turn } of turns.toSorted((a, b) => b.stir - a.stir)) {
    const faces = await look(detector, turned(image, turn), side);
    if (faces.length > 0) return faces.map((face) => turnedBack(face, turn, image));
  }
  return [];
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
export function createFaceFinder({ detector: session }: FaceFinderOptions): FaceFinder {
  const detector = createFaceDetector(session);
  return {
    async find(image, mode) {
      let faces = await look(detector, image, SIDE[mode]);
      if (faces.length === 0) faces = await lookTurned(detector, image, SIDE[mode]);
      return faces.map((face) => ({ face, weight: weightOf(face, image) }))
        .sort((a, b) =>
          b.weight - a.weight || a.face.box.y - b.face.box.y || a.face.box.x - b.face.box.x
        )
        .slice(0, MOST_FACES)
        .map(({ face }) => face);
    },
    crop(image, faces, mode) {
      return faces.map(({ points }) => ({
        sface: alignFace(image, points, SFACE_TEMPLATE),
        dlib: mode === "full" ? alignFace(image, points, DLIB_TEMPLATE) : null,
      }));
    },
    quality(image, faces) {
      return faces.map(({ box, points, score }) => ({
        score,
        size: Math.sqrt(box.width * box.height),
        sharpness: sharpnessOf(alignFace(image, points, SFACE_TEMPLATE), SFACE_TEMPLATE.size),
        turn: turnOf(points),
      }));
    },
  };
}
