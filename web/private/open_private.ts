/**
 * The service in a tab: the same routes over the same core, with the browser's codec, its WebAssembly
 * engine and its database.
 *
 * @module
 */
import { createApp } from "../../functions/app.ts";
import { assembleParts, servicesOf } from "../../functions/assemble.ts";
import { openSingleEncoder } from "../../functions/photo/single_encoder.ts";
import { parseManifest } from "../../models/manifest.ts";
import type { OpenSession } from "../../models/session.ts";
import { verifyFile } from "../../models/verify_file.ts";
import { browserCodec } from "./browser_codec.ts";
import { openIndexedDbTable } from "./indexed_db_table.ts";
import { createFileLoader } from "./load_file.ts";
import type { Loaded } from "./messages.ts";

/** The database that memories are kept in. */
const DATABASE = "xolo";
/** The least precision of `is`, and the share of sure answers that are judged, as a server has them. */
const PRECISION_FLOOR = 0.92;
const REVIEW_RATE = 0.02;
/** Bytes of requests in flight together. */
const IN_FLIGHT = 64 * 2 ** 20;
/** Whoever asks is whoever sits here. */
const HERE = { remoteAddr: { hostname: "127.0.0.1" } };

/** An engine that answers in a browser. */
export interface Engine {
  /** Its own program, below "/runtime/". */
  readonly file: string;
  create(binary: Uint8Array<ArrayBuffer>): OpenSession;
}

/** Answers a request to the service; only its path is looked at, not its host. */
export type PrivateFetch = (request: Request) => Promise<Response>;

/**
 * Loads models, opens the database and makes the service.
 *
 * @param origin of the server that the files come from
 * @param engine what runs the networks
 * @param tell is told how far loading has come
 * @throws {Error} when a file does not come or is not the manifest's, or nothing may be kept here
 */
export async function openPrivate(
  origin: string,
  engine: Engine,
  tell: (loaded: Loaded) => void,
): Promise<PrivateFetch> {
  const { load } = createFileLoader(origin, tell);
  const read = (file: string) => load(`/models/${file}`);
  async function readChecked({ file, sha256 }: { readonly file: string; readonly sha256: string }) {
    const bytes = await read(file);
    await verifyFile(bytes, sha256, file);
    return bytes;
  }
  const json = new TextDecoder().decode(await read("manifest.json"));
  // The networks of the other paradigms stay on the server: they were trained on nobody here.
  const { paradigms: _, ...manifest } = parseManifest(JSON.parse(json));
  const { backbone, kinds, faces, look, hierarchy, people } = manifest;
  const [binary, model, kindsModel, detector, ...files] = await Promise.all([
    load(`/runtime/${engine.file}`),
    readChecked(backbone),
    readChecked(kinds),
    readChecked(faces.detector),
    readChecked(hierarchy),
    readChecked(look.cohort),
    readChecked(people.age),
  ]);
  const memory = await openIndexedDbTable(DATABASE);
  const encoder = await openSingleEncoder({
    runtime: "wasm",
    open: engine.create(binary),
    codec: browserCodec,
    model,
    section: backbone,
    kinds: { section: kinds, model: kindsModel },
    faces: { section: faces, detector, read },
  });
  const now = () => new Date();
  const parts = assembleParts({
    manifest,
    encoder,
    memory,
    store: "indexeddb",
    files: { hierarchy: files[0], cohort: files[1], age: files[2] },
    precisionFloor: PRECISION_FLOOR,
    reviewRate: REVIEW_RATE,
    now,
    report: (message) => console.warn(message),
  });
  const app = createApp(servicesOf(parts, {
    cards: { cards: () => Promise.resolve([]), evaluation: () => Promise.resolve(undefined) },
    review: true,
    faceAge: true,
    access: { publicSpaces: [], demo: false },
    limits: { inFlightBytes: IN_FLIGHT },
    assets: new Map(),
    files: { open: () => Promise.resolve(undefined) },
    isEnding: () => false,
    now,
  }));
  return async (request) => await app.fetch(request, HERE);
}
