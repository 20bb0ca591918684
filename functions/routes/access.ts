/**
 * Who may do what.
 *
 * An *owner* may teach, read back and forget in every space. Everybody else is a *visitor*: the
 * network answers them, memory only from spaces that are public or their own demo space.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";
import { DEMO_PREFIX } from "../core/demo.ts";

/** What the deployment has set. */
export interface AccessSettings {
  /** Bearer token of the owner; without one the owner is whoever calls from this machine. */
  readonly token?: string;
  /** Spaces from whose memory everybody is answered. */
  readonly publicSpaces: readonly string[];
  /** Whether visitors get spaces of their own that expire. */
  readonly demo: boolean;
}

/** What decides about one request. */
export interface Caller {
  /** The value of `Authorization`, if any. */
  readonly authorization?: string | undefined;
  /** The peer's address, if it is known. */
  readonly peer?: string | undefined;
  readonly headers: Headers;
  readonly url: string;
}

/** What one caller may do. */
export interface Access {
  /** May teach, read back and forget everywhere. */
  readonly owner: boolean;
  /** May teach, read back and forget in some space at least. */
  readonly teacher: boolean;
  /** May be answered from this space's memory. */
  mayRecall(space: string): boolean;
  /** May teach, read back and forget in this space. */
  mayTeach(space: string): boolean;
}

/** Variables that {@linkcode access} sets for the handlers behind it. */
export interface AccessVariables {
  access: Access;
}

const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** By these a proxy gives itself away: who really asks is somewhere else. */
const PROXY_HEADERS = new Set([
  "cf-connecting-ip",
  "forwarded",
  "true-client-ip",
  "via",
  "x-client-ip",
  "x-real-ip",
]);

/** Whether an address is this machine's own. */
function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

/**
 * Whether the request comes from this machine and from no foreign web page: a page may reach a
 * local port by DNS rebinding (the Host is then a foreign name) or a form (the Origin is foreign).
 */
export function isLocal({ peer, headers, url }: Caller): boolean {
  if (peer === undefined || !isLoopback(peer)) return false;
  const host = headers.get("host") ?? new URL(url).host;
  if (!LOCAL_HOSTS.has(host.replace(/:\d+$/, "").toLowerCase())) return false;
  for (const name of headers.keys()) {
    if (PROXY_HEADERS.has(name) || name.startsWith("x-forwarded-")) return false;
  }
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`) return false;
  const site = headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}

/** Compares without telling by its duration how much was right. */
async function sameSecret(a: string, b: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const [x, y] = await Promise.all([digest(a), digest(b)]);
  return x.reduce((differs, byte, i) => differs | (byte ^ y[i]!), 0) === 0;
}

/**
 * Decides what a caller may do.
 *
 * @throws {HTTPException} 401 when a token is given that is not the deployment's
 */
export async function accessOf(caller: Caller, settings: AccessSettings): Promise<Access> {
  const { token, publicSpaces, demo } = settings;
  let owner = false;
  if (token === undefined) {
    owner = isLocal(caller);
  } else if (caller.authorization !== undefined) {
    const given = /^Bearer +(\S+) *$/i.exec(caller.authorization)?.[1];
    if (given === undefined || !(await sameSecret(given, token))) {
      throw unauthenticated("the bearer token is not this deployment's");
    }
    owner = true;
  }
  const mayTeach = (space: string) => owner || (demo && space.startsWith(DEMO_PREFIX));
  return {
    owner,
    teacher: owner || demo,
    mayTeach,
    mayRecall: (space) => mayTeach(space) || publicSpaces.includes(space),
  };
}

function unauthenticated(detail: string): HTTPException {
  return new HTTPException(401, {
    message: detail,
    res: new Response(null, {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="xolo"' },
    }),
  });
}

/** The peer's address as Deno's server hands it over beside the request. */
export function peerOf(c: Context): string | undefined {
  const env = c.env as { remoteAddr?: { hostname?: string } } | undefined;
  return env?.remoteAddr?.hostname;
}

/** Finds out who calls, for the handlers behind it. */
export function access(
  settings: AccessSettings,
): MiddlewareHandler<{ Variables: AccessVariables }> {
  return createMiddleware<{ Variables: AccessVariables }>(async function access(c, next) {
    const caller = {
      authorization: c.req.header("authorization"),
      peer: peerOf(c),
      headers: c.req.raw.headers,
      url: c.req.url,
    };
    c.set("access", await accessOf(caller, settings));
    await next();
  });
}

/**
 * Refuses a caller who may not teach, read back or forget in a space.
 *
 * @throws {HTTPException} 401 where a token would help, 403 where it would not
 */
export function demandTeacher(access: Access, space: string, settings: AccessSettings): void {
  if (!access.mayTeach(space)) throw refusal(settings, space);
}

/**
 * Refuses a caller who may teach nowhere by the headers alone, before the body is read or anything
 * of the request is checked.
 */
export function teachersOnly(
  settings: AccessSettings,
): MiddlewareHandler<{ Variables: AccessVariables }> {
  return createMiddleware<{ Variables: AccessVariables }>(async function teachersOnly(c, next) {
    if (!c.get("access").teacher) throw refusal(settings);
    await next();
  });
}

function refusal(settings: AccessSettings, space?: string): HTTPException {
  if (settings.token !== undefined) {
    const where = space === undefined ? "" : ` in "${space}"`;
    return unauthenticated(`teaching, reading back and forgetting${where} need the token`);
  }
  return new HTTPException(403, {
    message: settings.demo
      ? `"${space}" is not yours; POST /spaces gives you one of your own for an hour`
      : "teaching, reading back and forgetting are for callers on this machine; set XOLO_TOKEN to allow others with a token",
  });
}
