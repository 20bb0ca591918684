/**
 * Embeds cut-out faces by two networks: SFace (Zhong, Deng et al., "SFace: Sigmoid-Constrained
 * Hypersphere Loss for Robust Face Recognition", 2021) and dlib's ResNet (King, 2017).
 *
 * @module
 */
import type { FaceCrop, FaceDescriptor, FaceEmbedder, FaceMode } from "./face.ts";
import { DLIB_TEMPLATE, SFACE_TEMPLATE } from "./face_alignment.ts";
import type { Session } from "./session.ts";

const INPUT = "pixels";
const OUTPUT = "embedding";
const DIMENSION = 128;

/** What an embedder is made of. */
export interface FaceEmbedderOptions {
  /** [N, 112, 112, 3] RGB of 8 bits → [N, 128]. The caller's, who releases it. */
  readonly sface: Session;
  /** [N, 150, 150, 3] RGB of 8 bits → [N, 128]. The caller's, who releases it. */
  readonly dlib: Session;
  /** What the manifest says of the two. */
  readonly section: {
    readonly sface: { readonly sha256: string };
    readonly dlib: { readonly sha256: string };
  };
}

/** A square RGB picture mirrored left to right. */
function mirrored(pixels: Uint8Array, size: number): Uint8Array {
  const mirror = new Uint8Array(pixels.length);
  for (let from = 0, end = size * 3; from < pixels.length; end += size * 3) {
    for (let to = end - 3; from < end; from += 3, to -= 3) {
      mirror[to] = pixels[from]!;
      mirror[to + 1] = pixels[from + 1]!;
      mirror[to + 2] = pixels[from + 2]!;
    }
  }
  return mirror;
}

function unit(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function sum(a: Float32Array, b: Float32Array, share = 1): Float32Array {
  return a.map((value, i) => (value + b[i]!) * share);
}

/** Runs one network on a few crops at once. */
async function embedOnce(
  name: string,
  session: Session,
  size: number,
  crops: readonly Uint8Array[],
): Promise<Float32Array[]> {
  const length = size * size * 3;
  const data = new Uint8Array(crops.length * length);
  crops.forEach((crop, i) => {
    if (crop.length !== length) {
      throw new RangeError(
        `Expected the crop for ${name} as ${length} samples [${size},${size},3], got ${crop.length}`,
      );
    }
    data.set(crop, i * length);
  });
  const made = (await session.run({ [INPUT]: { data, dims: [crops.length, size, size, 3] } }))[
    OUTPUT
  ];
  const dims = [crops.length, DIMENSION];
  if (!(made?.data instanceof Float32Array) || `${made.dims}` !== `${dims}`) {
    const got = made ? `${made.data.constructor.name} [${made.dims}]` : "nothing";
    throw new TypeError(
      `Expected the output "${OUTPUT}" of ${name} as Float32Array [${dims}], got ${got}`,
    );
  }
  const all = made.data;
  return crops.map((_, i) => all.slice(i * DIMENSION, (i + 1) * DIMENSION));
}

function check(name: string, session: Session): void {
  const { inputNames, outputNames } = session;
  if (`${inputNames}` !== INPUT || `${outputNames}` !== OUTPUT) {
    throw new TypeError(
      `Expected ${name} to take ${INPUT} and give ${OUTPUT}, ` +
        `got ${inputNames.join(", ")} and ${outputNames.join(", ")}`,
    );
  }
}

/**
 * Joins two opened networks to an embedder. Full mode runs both on the crop and its mirror:
 * SFace's descriptor is `l2(l2(a) + l2(mirror))`, dlib's `(a + mirror) / 2`. Light mode runs SFace
 * alone on the crop alone: `l2(a)`. A face and its mirror are one batch; several faces come one
 * after the other, because a larger batch takes memory and gains no time on one thread.
 *
 * @throws {TypeError} when a network has other inputs or outputs
 */
export function createFaceEmbedder(
  { sface, dlib, section }: FaceEmbedderOptions,
): FaceEmbedder {
  check("SFace", sface);
  check("dlib's network", dlib);

  async function describe(crop: FaceCrop, mode: FaceMode): Promise<FaceDescriptor> {
    const { size } = SFACE_TEMPLATE;
    if (mode === "light") {
      const [plain] = await embedOnce("SFace", sface, size, [crop.sface]);
      return { sface: unit(plain!), dlib: null };
    }
    if (!crop.dlib) {
      throw new RangeError("Expected a crop for dlib's network in full mode, got none");
    }
    const [a, b] = await embedOnce("SFace", sface, size, [crop.sface, mirrored(crop.sface, size)]);
    const wide = DLIB_TEMPLATE.size;
    const both = [crop.dlib, mirrored(crop.dlib, wide)];
    const [c, d] = await embedOnce("dlib's network", dlib, wide, both);
    return { sface: unit(sum(unit(a!), unit(b!))), dlib: sum(c!, d!, 0.5) };
  }

  return {
    id: `sface-${section.sface.sha256.slice(0, 12)}+dlib-${section.dlib.sha256.slice(0, 12)}`,
    async embed(crops, mode) {
      const descriptors: FaceDescriptor[] = [];
      for (const crop of crops) descriptors.push(await describe(crop, mode));
      return descriptors;
    },
  };
}
