/**
 * What the benchmark of private mode runs in the page: whole answers of the service in the tab, and
 * the bare runs of the networks that such an answer needs. To be bundled.
 *
 * @module
 */
import { openSingleEncoder } from "../../functions/photo/single_encoder.ts";
import { parseManifest } from "../../models/manifest.ts";
import { createWasmRuntime } from "../../models/runtime_wasm.ts";
import type { OpenSession, Session, Tensor } from "../../models/session.ts";
import { browserCodec } from "../../web/private/browser_codec.ts";
import { type Engine, openPrivate, type PrivateFetch } from "../../web/private/open_private.ts";

/** A run of a network. */
type Run = readonly [session: Session, inputs: Readonly<Record<string, Tensor>>];

const ENGINE: Engine = {
  file: "ort-wasm-simd-threaded.wasm",
  create: (binary) => createWasmRuntime({ binary }),
};

let service: PrivateFetch | undefined;
let runs: Run[] = [];

async function load(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

/** Takes down which networks run, and on what, when a photo is looked at. */
async function record(photo: Uint8Array): Promise<number> {
  const manifest = parseManifest(
    JSON.parse(new TextDecoder().decode(await load("/models/manifest.json"))),
  );
  const { backbone, kinds, faces } = manifest;
  const engine = ENGINE.create(await load(`/runtime/${ENGINE.file}`));
  const recorded: Run[] = [];
  const open: OpenSession = async (model, options) => {
    const session = await engine(model, options);
    return {
      ...session,
      async run(inputs) {
        const kept = Object.entries(inputs).map(([name, { data, dims }]) =>
          [name, { data: data.slice(), dims: [...dims] }] as const
        );
        recorded.push([session, Object.fromEntries(kept)]);
        return await session.run(inputs);
      },
    };
  };
  const read = (file: string) => load(`/models/${file}`);
  const encoder = await openSingleEncoder({
    runtime: "wasm",
    open,
    codec: browserCodec,
    model: await read(backbone.file),
    section: backbone,
    kinds: { section: kinds, model: await read(kinds.file) },
    faces: { section: faces, detector: await read(faces.detector.file), read },
  });
  await encoder.encode(photo);
  runs = recorded;
  return runs.length;
}

/** What the benchmark calls. */
const bench = {
  /** Milliseconds until the first answer, everything loaded anew. */
  async cold(photo: string): Promise<number> {
    const begun = performance.now();
    service = await openPrivate(location.origin, ENGINE, () => {});
    await bench.answer(photo);
    return performance.now() - begun;
  },
  record: (photo: string) => record(bytesOf(photo)),
  /** Milliseconds of a whole answer. */
  async answer(photo: string): Promise<number> {
    const body = bytesOf(photo);
    const begun = performance.now();
    const response = await service!(
      new Request("http://localhost/classify?review=false", { method: "POST", body }),
    );
    const { label } = await response.json() as { readonly label?: string };
    if (label === undefined) throw new Error(`status ${response.status}`);
    return performance.now() - begun;
  },
  /** Milliseconds of the bare runs. */
  async raw(): Promise<number> {
    const begun = performance.now();
    for (const [session, inputs] of runs) await session.run(inputs);
    return performance.now() - begun;
  },
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
}

(globalThis as unknown as { bench: typeof bench }).bench = bench;
