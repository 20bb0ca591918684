/**
 * The names that are offered while one is typed.
 *
 * @module
 */
import type { Client } from "../client.ts";

/** Pages that are read; in a space of more labels the others can still be typed. */
const PAGES = 10;

/** The labels that are known, by name. */
export async function knownLabels(client: Client): Promise<readonly string[]> {
  const known: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { labels, next } = await client.labels(cursor);
    known.push(...labels.map(({ label }) => label));
    cursor = next;
    if (next === undefined) break;
  }
  return known;
}
