/**
 * CPU time of this process, all its threads together.
 *
 * @module
 */
import { cpuUsage } from "node:process";

/** CPU milliseconds that a call takes, in whatever thread of this process. */
export async function cpuOf(fn: () => unknown): Promise<number> {
  const before = cpuUsage();
  await fn();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000;
}

/** The middle of the values; the upper one of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
