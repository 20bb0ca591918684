/**
 * Embeds cut-out faces by two networks: SFace (Zhong, Deng et al., "SFace: Sigmoid-Constrained
 * Hypersphere Loss for Robust Face Recognition", 2021) and dlib's ResNet (King, 2017).
 *
 * @module
 */
import type { FaceCrop, FaceDescriptor, FaceEmbedder, FaceMode } from "./face.ts";
import { DLIB_TEMPLATE, type FaceTemplate, SFACE_TEMPLATE } from "./face_alignment.ts";
import type { FaceEmbedderSection, FacesSection } from "./face_networks.ts";
import type { Session } from "./session.ts";

/** What an embedder is made of. */
export interface FaceEmbedderOptions {
  /** [N, 112, 112, 3] RGB of 8 bits → [N, 128]. The caller's, who releases it. */
  readonly sface: Session;
  /**
   * [N, 150, 150, 3] RGB of 8 bits → [N, 128]. Asked for whenever full mode needs it; the caller
   * opens it once and releases it.
   */
  readonly dlib: () => Promise<Session>;
  /** What the manifest says of the two. */
  readonly section: Pick<FacesSection, "id" | "sface" | "dlib">;
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

function sum(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]!);
}

/** One of the two networks. */
interface Network {
  /** What it is called in errors. */
  readonly name: string;
  readonly session: Session;
  readonly section: FaceEmbedderSection;
}

/** Runs one network on a few crops at once. */
async function run(
  { name, session, section }: Network,
  crops: readonly Uint8Array[],
): Promise<Float32Array[]> {
  const { input, outputs: { embedding } } = section;
  const length = input.size * input.size * 3;
  const data = new Uint8Array(crops.length * length);
  crops.forEach((crop, i) => data.set(crop, i * length));
  const made = await session.run({
    [input.name]: { data, dims: [crops.length, input.size, input.size, 3] },
  });
  const rows = made[embedding.name];
  const dims = [crops.length, embedding.dim];
  if (!(rows?.data instanceof Float32Array) || `${rows.dims}` !== `${dims}`) {
    const got = rows ? `${rows.data.constructor.name} [${rows.dims}]` : "nothing";
    throw new TypeError(
      `Expected the output "${embedding.name}" of ${name} as Float32Array [${dims}], got ${got}`,
    );
  }
  const all = rows.data;
  return crops.map((_, i) => all.slice(i * embedding.dim, (i + 1) * embedding.dim));
}

/** The network, once it is as the manifest says and as the crops are. */
function checked(network: Network, template: FaceTemplate): Network {
  const { name, session, section: { input, outputs } } = network;
  if (
    `${session.inputNames}` !== input.name || `${session.outputNames}` !== outputs.embedding.name
  ) {
    throw new TypeError(
      `Expected ${name} to take ${input.name} and give ${outputs.embedding.name}, ` +
        `got ${session.inputNames.join(", ")} and ${session.outputNames.join(", ")}`,
    );
  }
  if (input.size !== template.size) {
    throw new TypeError(
      `Expected ${name} to take faces of ${template.size} pixels, got one of ${input.size}`,
    );
  }
  return network;
}

function checkCrop(
  { name, section: { input: { size } } }: Pick<Network, "name" | "section">,
  crop: Uint8Array | null,
): Uint8Array {
  const length = size * size * 3;
  if (crop?.length !== length) {
    throw new RangeError(
      `Expected the crop for ${name} as ${length} samples [${size},${size},3], got ${
        crop?.length ?? "none"
      }`,
    );
  }
  return crop;
}

/**
 * Joins two networks to an embedder. Full mode runs both on the crop and its mirror:
 * SFace's descriptor is `l2(l2(a) + l2(mirror))`, dlib's `(a + mirror) / 2`. Light mode runs SFace
 * alone on the crop alone: `l2(a)`. A face and its mirror are one batch; several faces come one
 * after the other, because a larger batch takes memory and gains no time on one thread.
 *
 * @throws {TypeError} when SFace has other inputs, outputs or sizes; `embed` when dlib's network has
 */
export function createFaceEmbedder(
  { sface, dlib, section }: FaceEmbedderOptions,
): FaceEmbedder {
  const first = checked({ name: "SFace", session: sface, section: section.sface }, SFACE_TEMPLATE);
  const second = { name: "dlib's network", section: section.dlib };

  async function withMirror(network: Network, crop: Uint8Array | null) {
    const face = checkCrop(network, crop);
    const [a, b] = await run(network, [face, mirrored(face, network.section.input.size)]);
    return { a: a!, b: b! };
  }

  async function describe(crop: FaceCrop, mode: FaceMode): Promise<FaceDescriptor> {
    if (mode === "light") {
      const [plain] = await run(first, [checkCrop(first, crop.sface)]);
      return { sface: unit(plain!), dlib: null };
    }
    // Before the first network runs in vain.
    checkCrop(second, crop.dlib);
    const s = await withMirror(first, crop.sface);
    const opened = checked({ ...second, session: await dlib() }, DLIB_TEMPLATE);
    const d = await withMirror(opened, crop.dlib);
    return {
      sface: unit(sum(unit(s.a), unit(s.b))),
      dlib: sum(d.a, d.b).map((value) => value / 2),
    };
  }

  return {
    id: section.id,
    async embed(crops, mode) {
      const descriptors: FaceDescriptor[] = [];
      for (const crop of crops) descriptors.push(await describe(crop, mode));
      return descriptors;
    },
  };
}
