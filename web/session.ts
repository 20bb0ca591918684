/**
 * Who the page is to the server: which space it uses, with which token, and what it may do there.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";
import type { Access } from "./call.ts";
import { type Client, createClient, type LabelPage } from "./client.ts";

/** What the browser remembers: a tab until it is closed, or for good. */
export interface Keep {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  remove(name: string): void;
}

/**
 * What the server lets the page do: `teach` (and read back and forget), only `ask`, or `token`:
 * ask, and more with a token.
 */
export type Allowed = "teach" | "ask" | "token";

/** An open session. */
export interface Session {
  readonly client: Client;
  /** What the client calls with. */
  readonly access: Access;
  readonly allowed: Allowed;
  /** What is known; empty where it may not be read. */
  readonly labels: LabelPage;
  /** When the demo space expires; undefined when this is no demo. */
  readonly expiresAt: Date | undefined;
}

/** How a session is opened. */
export interface SessionOptions {
  readonly origin: string;
  readonly keep: Keep;
  /** Who signs what is decided here. */
  readonly actor?: () => string | undefined;
  /** `fetch`, or a stand-in that tests pass. */
  readonly fetch?: typeof fetch;
  /** Present time. */
  readonly now?: () => Date;
}

const TOKEN = "xolo.token";
const SPACE = "xolo.demo-space";
const EXPIRES = "xolo.demo-expires";

/** Uses a token from here on. */
export function keepToken(keep: Keep, token: string): void {
  keep.set(TOKEN, token);
}

/** Lets go of the demo space, so that the next session opens another. */
export function leaveDemoSpace(keep: Keep): void {
  keep.remove(SPACE);
  keep.remove(EXPIRES);
}

/**
 * Finds out what the server is and opens a demo space where it is a demo.
 *
 * @throws {ApiError} when the server does not reply or refuses for a reason other than access
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { origin, keep, now = () => new Date() } = options;
  const token = keep.get(TOKEN);
  const common = {
    origin,
    actor: options.actor,
    ...(token === undefined ? {} : { token }),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  };
  const plain = createClient(common);
  const health = await plain.health();
  let client = plain;
  let access: Access = common;
  let expiresAt: Date | undefined;
  if (health.demo && token === undefined) {
    const demo = await demoSpace(plain, keep, now());
    expiresAt = demo.expiresAt;
    access = { ...common, space: demo.space };
    client = createClient(access);
  }

  try {
    return { client, access, allowed: "teach", labels: await client.labels(), expiresAt };
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
    if (error.status === 401 && token !== undefined) {
      // A wrong token is refused wherever it would matter; without it the page can still ask.
      keep.remove(TOKEN);
      return { ...await openSession(options), allowed: "token" };
    }
    const allowed = error.status === 401 ? "token" : "ask";
    return { client, access, allowed, labels: { labels: [] }, expiresAt };
  }
}

/** The tab's demo space, while it lives, or a new one. */
async function demoSpace(
  client: Client,
  keep: Keep,
  now: Date,
): Promise<{ space: string; expiresAt: Date }> {
  const kept = { space: keep.get(SPACE), expires: keep.get(EXPIRES) };
  if (kept.space !== undefined && kept.expires !== undefined) {
    const expiresAt = new Date(kept.expires);
    if (expiresAt > now) return { space: kept.space, expiresAt };
  }
  const { space, expiresAt } = await client.openDemoSpace();
  if (expiresAt === null) throw new TypeError(`the demo space "${space}" should expire`);
  keep.set(SPACE, space);
  keep.set(EXPIRES, expiresAt);
  return { space, expiresAt: new Date(expiresAt) };
}
