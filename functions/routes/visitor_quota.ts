/**
 * What one visitor of a public demo may ask for in a while.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { type AccessVariables, peerOf } from "./access.ts";
import type { Quota } from "./quota.ts";

/**
 * The part of an address that one subscriber has: of IPv6 the first 64 bits, since the rest are
 * the subscriber's to choose.
 */
export function subscriberOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return all.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":") + "::/64";
}

/** Methods that change nothing. */
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Takes from a quota for each writing request of somebody who is no owner. Status 429 when it is used up. */
export function visitorQuota(quota: Quota): MiddlewareHandler<{ Variables: AccessVariables }> {
  return createMiddleware<{ Variables: AccessVariables }>(async function visitorQuota(c, next) {
    if (!READING.has(c.req.method) && !c.get("access").owner) {
      quota.take(subscriberOf(peerOf(c) ?? "unknown"));
    }
    await next();
  });
}
