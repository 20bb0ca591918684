/**
 * What a write changed, as the log keeps it.
 *
 * @module
 */
import type { Change, Write } from "./store.ts";

/**
 * The entry of a write in its space's log.
 *
 * @returns undefined where the log has no word for it: readers load the space anew
 */
export function changeOf(
  { add = [], restore = [], remove = [], shelve = [], relabel = [] }: Write,
): Change | undefined {
  const came = [...add.map(({ memory }) => memory.id), ...restore];
  const went = [...remove.map(({ id }) => id), ...shelve];
  const renamed = relabel.map(({ id }) => id);
  if ([came, went, renamed].filter((ids) => ids.length > 0).length > 1) return undefined;
  if (came.length > 0) return { type: "add", ids: came };
  if (went.length > 0) return { type: "remove", ids: went };
  if (renamed.length > 0) return { type: "relabel", ids: renamed };
  return { type: "none", ids: [] };
}
