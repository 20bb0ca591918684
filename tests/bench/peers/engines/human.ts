/**
 * `@vladmandic/human`, as its documentation configures it to recognise faces: detector, mesh and
 * description, with nothing else on and nothing kept between photos. Its argument is the folder
 * that `installPeers` fills.
 *
 * @module
 */
import { createRequire } from "node:module";
import { join, toFileUrl } from "../../../../training/paths.ts";
import { serveEngine } from "../serve_engine.ts";

/** What is used of TensorFlow.js. */
interface TensorFlow {
  tensor3d(data: Int32Array, shape: [number, number, number], type: "int32"): object;
  dispose(tensor: object): void;
}

/** What is used of the package. */
interface HumanModule {
  readonly Human: new (config: object) => {
    readonly tf: TensorFlow;
    load(): Promise<void>;
    detect(tensor: object): Promise<{
      readonly error: string | null;
      readonly face: readonly { readonly score: number; readonly embedding?: number[] }[];
    }>;
  };
}

const off = { enabled: false };

const [peers] = Deno.args as [string];
const modules = join(peers, "node_modules");

await serveEngine(async () => {
  const { Human }: HumanModule = createRequire(join(peers, "deno.json"))(
    join(modules, "@vladmandic/human/dist/human.node-wasm.js"),
  );
  const human = new Human({
    debug: false,
    async: false,
    backend: "wasm",
    cacheSensitivity: 0,
    warmup: "none",
    modelBasePath: `${toFileUrl(join(modules, "@vladmandic/human/models"))}/`,
    wasmPath: `${join(modules, "@tensorflow/tfjs-backend-wasm/dist")}/`,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      // The photos are of one person.
      detector: { maxDetected: 1, rotation: true },
      mesh: { enabled: true },
      description: { enabled: true },
      attention: off,
      iris: off,
      emotion: off,
      antispoof: off,
      liveness: off,
    },
  });
  await human.load();
  return {
    async describe({ width, height, data }) {
      const tensor = human.tf.tensor3d(Int32Array.from(data), [height, width, 3], "int32");
      const { error, face: [face] } = await human.detect(tensor);
      human.tf.dispose(tensor);
      if (error !== null) throw new Error(`human failed: ${error}`);
      return face?.embedding?.length ? [Float32Array.from(face.embedding)] : null;
    },
  };
});
