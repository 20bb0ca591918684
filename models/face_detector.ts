/**
 * The face detector: YuNet (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023),
 * anchor-free, over cells of 8, 16 and 32 pixels.
 *
 * @module
 */
import type { FoundFace, Point } from "./face.ts";
import type { FacesSection } from "./face_networks.ts";
import { overlap } from "./overlap.ts";
import type { WorkingImage } from "./pixels.ts";
import type { Session, Tensor } from "./session.ts";

/** Of two boxes that share more, the lesser one goes. */
const MOST_OVERLAP = 0.3;
/** In how many numbers each output tells of a cell. */
const DEPTH = { score: 1, box: 4, points: 10 } as const;

type DetectorSection = FacesSection["detector"];
type Stride = DetectorSection["outputs"][number];

/** What the detector saw in one picture. */
export interface Detection {
  /** By falling score, none sharing much with another. */
  readonly faces: readonly FoundFace[];
  /** The highest score of any cell, 0 to 1, whether it is a face or not. */
  readonly stir: number;
}

/** The opened detector. */
export interface FaceDetector {
  /**
   * Looks for faces of about 10 to 400 pixels that stand upright, give or take 45°.
   *
   * @param picture looked at as large as it is
   * @param least lowest score of a face, 0 to 1
   * @throws {TypeError} when an output of the network is not of the type and shape that it should be
   */
  detect(picture: WorkingImage, least: number): Promise<Detection>;
}

/** The picture with zeros to its right and below it: [height, width, 3], multiples of `step`. */
function pad({ width, height, data }: WorkingImage, step: number): WorkingImage {
  const wide = Math.ceil(width / step) * step, high = Math.ceil(height / step) * step;
  if (wide === width && high === height) return { width, height, data };
  const padded = new Uint8Array(wide * high * 3);
  for (let y = 0; y < height; y++) {
    padded.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * wide * 3);
  }
  return { width: wide, height: high, data: padded };
}

/** One output, as planes of cells. */
function planes(
  made: Readonly<Record<string, Tensor>>,
  part: keyof typeof DEPTH,
  outputs: Stride,
  rows: number,
  columns: number,
): Float32Array {
  const name = outputs[part];
  const tensor = made[name];
  const dims = [1, DEPTH[part], rows, columns];
  if (!(tensor?.data instanceof Float32Array) || `${tensor.dims}` !== `${dims}`) {
    const got = tensor ? `${tensor.data.constructor.name} [${tensor.dims}]` : "nothing";
    throw new TypeError(`Expected the output "${name}" as Float32Array [${dims}], got ${got}`);
  }
  return tensor.data;
}

/** Greedy non-maximum suppression: the best stays, what shares much with it goes, and so on. */
function suppress(faces: readonly FoundFace[]): FoundFace[] {
  const kept: FoundFace[] = [];
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => overlap(box, face.box) <= MOST_OVERLAP)) kept.push(face);
  }
  return kept;
}

/** What one stride says of the cells whose score is at least so high. */
function decode(
  made: Readonly<Record<string, Tensor>>,
  outputs: Stride,
  picture: WorkingImage,
  least: number,
): { faces: FoundFace[]; stir: number } {
  const { stride } = outputs;
  const columns = picture.width / stride, rows = picture.height / stride;
  const cells = columns * rows;
  const scores = planes(made, "score", outputs, rows, columns);
  const boxes = planes(made, "box", outputs, rows, columns);
  const points = planes(made, "points", outputs, rows, columns);
  const faces: FoundFace[] = [];
  let stir = 0;
  for (let i = 0; i < cells; i++) {
    const score = scores[i]!;
    if (score > stir) stir = score;
    if (score < least) continue;
    const column = i % columns, row = (i - column) / columns;
    const width = Math.exp(boxes[i + 2 * cells]!) * stride;
    const height = Math.exp(boxes[i + 3 * cells]!) * stride;
    const point = (n: number): Point => ({
      x: (column + points[i + 2 * n * cells]!) * stride,
      y: (row + points[i + (2 * n + 1) * cells]!) * stride,
    });
    faces.push({
      box: {
        x: (column + boxes[i]!) * stride - width / 2,
        y: (row + boxes[i + cells]!) * stride - height / 2,
        width,
        height,
      },
      points: [point(0), point(1), point(2), point(3), point(4)],
      score,
    });
  }
  return { faces, stir };
}

/**
 * Wraps an opened YuNet by what the manifest says of it. The session stays the caller's, who
 * releases it.
 *
 * @throws {TypeError} when the model has other inputs or outputs
 */
export function createFaceDetector(session: Session, section: DetectorSection): FaceDetector {
  const { input, outputs } = section;
  const expected = outputs.flatMap(({ score, box, points }) => [score, box, points]);
  const missing = expected.filter((name) => !session.outputNames.includes(name));
  if (`${session.inputNames}` !== input.name || missing.length > 0) {
    throw new TypeError(
      `Expected a detector of ${input.name} with the outputs ${expected.join(", ")}, ` +
        `got one of ${session.inputNames.join(", ")} with ${session.outputNames.join(", ")}`,
    );
  }
  return {
    async detect(picture, least) {
      const padded = pad(picture, input.multiple);
      const { width, height, data } = padded;
      const made = await session.run({ [input.name]: { data, dims: [1, height, width, 3] } });
      const found = outputs.map((stride) => decode(made, stride, padded, least));
      return {
        faces: suppress(found.flatMap(({ faces }) => faces)),
        stir: Math.max(...found.map(({ stir }) => stir)),
      };
    },
  };
}
