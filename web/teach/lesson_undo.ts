/**
 * Takes a lesson back that was just given.
 *
 * @module
 */
import type { Change, Client } from "../client.ts";

/** Changes that are looked through for the lesson's own. */
const LOOKED_THROUGH = 60;

/**
 * The changes of a lesson, the last one first: the newest that taught the label.
 *
 * @param changes newest first
 * @param lessons how many requests taught something new
 */
export function changesOf(
  changes: readonly Change[],
  label: string,
  lessons: number,
): readonly Change[] {
  return changes
    .filter(({ type, what, undoable }) =>
      undoable && (type === "teach" || type === "correct") && what.includes(label)
    )
    .slice(0, lessons);
}

/**
 * Finds out how the last lesson is taken back.
 *
 * @returns undefined where nothing of it can be
 */
export async function undoOf(
  client: Client,
  label: string,
  lessons: number,
): Promise<(() => Promise<void>) | undefined> {
  const mine = changesOf(await client.changes(LOOKED_THROUGH), label, lessons);
  if (mine.length === 0) return undefined;
  return async function undo() {
    for (const { id } of mine) await client.undo(id);
  };
}
