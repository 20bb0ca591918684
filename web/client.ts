/**
 * The API as the page calls it: typed by the server's own routes, refusals thrown as
 * `ApiError`.
 *
 * @module
 */
import { hc, type InferResponseType } from "hono/client";
import type { Answer } from "../functions/core/answer_type.ts";
import type { App } from "../functions/app.ts";
import { type Access, createCall, DEFAULT_SPACE, headersOf } from "./call.ts";
import { TwoFacesError } from "./two_faces_error.ts";

type Calls = ReturnType<typeof hc<App>>;

/** What `/health` says. */
export type Health = InferResponseType<Calls["health"]["$get"], 200>;
/** One label that is known. */
export type KnownLabel = InferResponseType<Calls["labels"]["$get"], 200>["labels"][number];
/** A page of labels; `next` is the cursor of the following one. */
export type LabelPage = InferResponseType<Calls["labels"]["$get"], 200>;
/** What teaching replies. */
export type Taught = InferResponseType<Calls["memories"]["$post"], 200 | 201>;
/** What forgetting replies. */
export type Forgotten = InferResponseType<Calls["labels"][":label"]["$delete"], 200>;
/** What renaming replies. */
export type Renamed = InferResponseType<Calls["labels"][":label"]["$patch"], 200>;
/** One change that a person made. */
export type Change = InferResponseType<Calls["events"]["$get"], 200>["events"][number];
/** A demo space of one's own. */
export type DemoSpace = InferResponseType<Calls["spaces"]["$post"], 201>;

/** What a photo is taught as. */
export interface Lesson {
  readonly label: string;
  /** Whether the photo is to be kept, too. */
  readonly keepPhoto?: boolean;
  /** Which person is meant: index in the answer's `subjects`. */
  readonly face?: number | undefined;
  /** What is meant, where the server is not to tell from the photo. */
  readonly kind?: "thing" | undefined;
  /** That it is *not* this. */
  readonly not?: boolean;
  /** Even if it is a poor example. */
  readonly force?: boolean;
}

/** What the page asks of the server. All reject with an `ApiError`. */
export interface Client {
  health(): Promise<Health>;
  openDemoSpace(): Promise<DemoSpace>;
  classify(photo: Blob): Promise<Answer>;
  /** Answers about a frame of a live picture: more lightly, and never for review. */
  preview(frame: Blob): Promise<Answer>;
  teach(photo: Blob, lesson: Lesson): Promise<Taught>;
  /** The last changes, newest first. */
  changes(limit: number): Promise<readonly Change[]>;
  /** Takes a change back. */
  undo(change: string): Promise<void>;
  labels(cursor?: string): Promise<LabelPage>;
  /** Kept photos of a label, newest first, at most `limit`. */
  keptPhotos(label: string, limit: number): Promise<readonly Blob[]>;
  /** Gives all memories of a label another one; where that is known the two become one. */
  rename(label: string, to: string): Promise<Renamed>;
  forget(label: string): Promise<Forgotten>;
  forgetAll(): Promise<Forgotten>;
}

/** Memories that are looked through for kept photos. */
const LOOKED_THROUGH = 100;

/** A photo as a file: without a name a form sends text. */
function asFile(photo: Blob): File {
  return photo instanceof File ? photo : new File([photo], "photo", { type: photo.type });
}

/** Makes a client. */
export function createClient(access: Access): Client {
  const { origin, space = DEFAULT_SPACE } = access;
  const query = { space };
  const headers = () => headersOf(access);
  const call = createCall(access);
  const api = hc<App>(origin, { headers, fetch: call });

  async function ask(photo: Blob, options: Record<string, string>): Promise<Answer> {
    // The typed call wants a form and JSON at once where a route takes either; raw bytes it is.
    const reply = await call(api.classify.$url({ query: { ...query, ...options } }), {
      method: "POST",
      headers: { ...headers(), "content-type": photo.type || "application/octet-stream" },
      body: photo,
    });
    return await reply.json() as Answer;
  }

  return {
    async health() {
      return await (await api.health.$get()).json();
    },
    async openDemoSpace() {
      return await (await api.spaces.$post()).json() as DemoSpace;
    },
    classify: (photo) => ask(photo, {}),
    preview: (frame) => ask(frame, { preview: "true", review: "false" }),
    async teach(photo, { label, keepPhoto, face, kind, not, force }) {
      const reply = await api.memories.$post({
        form: {
          image: asFile(photo),
          label,
          space,
          keepPhoto: String(keepPhoto ?? false),
          not: String(not ?? false),
          force: String(force ?? false),
          ...(face === undefined ? {} : { face: String(face) }),
          ...(kind === undefined ? {} : { kind }),
        },
      }).catch((error) => {
        throw TwoFacesError.of(error, label, face);
      });
      return await reply.json() as Taught;
    },
    async labels(cursor) {
      const reply = await api.labels.$get({
        query: { ...query, ...(cursor === undefined ? {} : { cursor }) },
      });
      return await reply.json() as LabelPage;
    },
    async keptPhotos(label, limit) {
      const reply = await api.memories.$get({
        query: { ...query, label, limit: String(LOOKED_THROUGH) },
      });
      const { memories } = await reply.json() as InferResponseType<
        Calls["memories"]["$get"],
        200
      >;
      const kept = memories.filter((m) => m.hasPhoto).reverse().slice(0, limit);
      return await Promise.all(kept.map(async ({ id }) => {
        const photo = await api.memories[":id"].photo.$get({ param: { id }, query });
        return await photo.blob();
      }));
    },
    async changes(limit) {
      const reply = await api.events.$get({ query: { ...query, limit: String(limit) } });
      const { events } = await reply.json() as InferResponseType<Calls["events"]["$get"], 200>;
      return events;
    },
    async undo(event) {
      await api.undo.$post({ query, json: { event } });
    },
    async rename(label, to) {
      const param = { label: encodeURIComponent(label) };
      const reply = await api.labels[":label"].$patch({ param, query, json: { label: to } });
      return await reply.json() as Renamed;
    },
    async forget(label) {
      // The typed call puts a parameter into the path as it is, a slash or "?" in it too.
      const param = { label: encodeURIComponent(label) };
      const reply = await api.labels[":label"].$delete({ param, query });
      return await reply.json() as Forgotten;
    },
    async forgetAll() {
      return await (await api.spaces[":space"].$delete({ param: { space } })).json() as Forgotten;
    },
  };
}
