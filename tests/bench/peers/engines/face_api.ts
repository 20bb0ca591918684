/**
 * `@vladmandic/face-api` with the landmarks that belong to the detector, and its descriptor, which
 * is dlib's. Its arguments are the folder that `installPeers` fills and the detector: `ssd`, its
 * default, or `tiny`.
 *
 * @module
 */
import { createRequire } from "node:module";
import { join } from "../../../../training/paths.ts";
import { serveEngine } from "../serve_engine.ts";

/** What is used of TensorFlow.js. */
interface TensorFlow {
  setBackend(name: "wasm"): Promise<boolean>;
  ready(): Promise<void>;
  tensor3d(
    data: Int32Array,
    shape: [number, number, number],
    type: "int32",
  ): { dispose(): void };
}

/** A network of the package. */
interface Net {
  loadFromDisk(folder: string): Promise<void>;
}

/** What is used of the package. */
interface FaceApi {
  readonly nets: {
    readonly ssdMobilenetv1: Net;
    readonly tinyFaceDetector: Net;
    readonly faceLandmark68Net: Net;
    readonly faceLandmark68TinyNet: Net;
    readonly faceRecognitionNet: Net;
  };
  readonly SsdMobilenetv1Options: new () => object;
  readonly TinyFaceDetectorOptions: new () => object;
  detectSingleFace(tensor: object, options: object): {
    withFaceLandmarks(tiny: boolean): {
      withFaceDescriptor(): Promise<{ readonly descriptor: Float32Array } | undefined>;
    };
  };
}

const [peers, detector] = Deno.args as [string, "ssd" | "tiny"];
const tiny = detector === "tiny";
const modules = join(peers, "node_modules");

await serveEngine(async () => {
  const require = createRequire(join(peers, "deno.json"));
  const tf: TensorFlow = require("@tensorflow/tfjs");
  const wasm: { setWasmPaths(folder: string): void } = require("@tensorflow/tfjs-backend-wasm");
  const api: FaceApi = require(join(modules, "@vladmandic/face-api/dist/face-api.node-wasm.js"));
  wasm.setWasmPaths(`${join(modules, "@tensorflow/tfjs-backend-wasm/dist")}/`);
  await tf.setBackend("wasm");
  await tf.ready();
  const { nets } = api;
  const needed = tiny
    ? [nets.tinyFaceDetector, nets.faceLandmark68TinyNet, nets.faceRecognitionNet]
    : [nets.ssdMobilenetv1, nets.faceLandmark68Net, nets.faceRecognitionNet];
  for (const net of needed) await net.loadFromDisk(join(modules, "@vladmandic/face-api/model"));
  const options = tiny ? new api.TinyFaceDetectorOptions() : new api.SsdMobilenetv1Options();
  return {
    async describe({ width, height, data }) {
      const tensor = tf.tensor3d(Int32Array.from(data), [height, width, 3], "int32");
      const face = await api.detectSingleFace(tensor, options).withFaceLandmarks(tiny)
        .withFaceDescriptor();
      tensor.dispose();
      return face ? [face.descriptor] : null;
    },
  };
});
