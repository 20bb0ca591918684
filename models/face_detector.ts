/**
 * The face detector: YuNet (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023),
 * anchor-free, over cells of 8, 16 and 32 pixels.
 *
 * @module
 */
import type { FacePoints, FoundFace, Point } from "./face.ts";
import { overlap } from "./overlap.ts";
import type { WorkingImage } from "./pixels.ts";
import type { Session, Tensor } from "./session.ts";

/** Sides of the network's cells in pixels. */
const STRIDES = [8, 16, 32] as const;
/** The sides of its input are multiples of the largest cell. */
const STEP = 32;
/** Of two boxes that share more, the lesser one goes. */
const MOST_OVERLAP = 0.3;
const INPUT = "pixels";
/** What the network says of each cell, and in how many numbers. */
const PARTS = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;

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

/** The picture with zeros to its right and below it: [height, width, 3], multiples of 32. */
function pad({ width, height, data }: WorkingImage): WorkingImage {
  const up = (side: number) => Math.ceil(side / STEP) * STEP;
  const wide = up(width), high = up(height);
  if (wide === width && high === height) return { width, height, data };
  const padded = new Uint8Array(wide * high * 3);
  for (let y = 0; y < height; y++) {
    padded.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * wide * 3);
  }
  return { width: wide, height: high, data: padded };
}

function rows(
  made: Record<string, Tensor>,
  part: keyof typeof PARTS,
  stride: number,
  cells: number,
): Float32Array {
  const name = `${part}_${stride}`;
  const tensor = made[name];
  const dims = [1, cells, PARTS[part]];
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

/**
 * Wraps an opened YuNet whose input `pixels` is [1, height, width, 3], RGB of 8 bits, both sides
 * multiples of 32, and whose outputs `cls_8` … `kps_32` are [1, cells, 1, 1, 4 or 10], scores after
 * the sigmoid. The session stays the caller's, who releases it.
 *
 * @throws {TypeError} when the model has other inputs or outputs
 */
export function createFaceDetector(session: Session): FaceDetector {
  const outputs = STRIDES.flatMap((stride) =>
    Object.keys(PARTS).map((part) => `${part}_${stride}`)
  );
  const missing = outputs.filter((name) => !session.outputNames.includes(name));
  if (`${session.inputNames}` !== INPUT || missing.length > 0) {
    throw new TypeError(
      `Expected a detector of ${INPUT} with the outputs ${outputs.join(", ")}, ` +
        `got one of ${session.inputNames.join(", ")} with ${session.outputNames.join(", ")}`,
    );
  }
  return {
    async detect(picture, least) {
      const { width, height, data } = pad(picture);
      const made = await session.run({ [INPUT]: { data, dims: [1, height, width, 3] } });
      const found: FoundFace[] = [];
      let best = 0;
      for (const stride of STRIDES) {
        const columns = width / stride;
        const cells = columns * (height / stride);
        const cls = rows(made, "cls", stride, cells), obj = rows(made, "obj", stride, cells);
        const bbox = rows(made, "bbox", stride, cells), kps = rows(made, "kps", stride, cells);
        for (let i = 0; i < cells; i++) {
          const square = Math.min(cls[i]!, 1) * Math.min(obj[i]!, 1);
          if (square > best) best = square;
          if (square < least * least) continue;
          const column = i % columns, row = (i - column) / columns;
          const w = Math.exp(bbox[i * 4 + 2]!) * stride, h = Math.exp(bbox[i * 4 + 3]!) * stride;
          const point = (n: number): Point => ({
            x: (column + kps[i * 10 + n * 2]!) * stride,
            y: (row + kps[i * 10 + n * 2 + 1]!) * stride,
          });
          const points: FacePoints = [point(0), point(1), point(2), point(3), point(4)];
          const box = {
            x: (column + bbox[i * 4]!) * stride - w / 2,
            y: (row + bbox[i * 4 + 1]!) * stride - h / 2,
            width: w,
            height: h,
          };
          found.push({ box, points, score: Math.sqrt(square) });
        }
      }
      return { faces: suppress(found), stir: Math.sqrt(best) };
    },
  };
}
