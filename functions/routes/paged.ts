/**
 * A page of a list, and where the next one begins.
 *
 * @module
 */

/**
 * Reads a page.
 *
 * @param limit of its items
 * @param cursor id of the last item that was seen; the first page when left out
 * @param read reads at most so many items after one, in the order of the list
 * @returns the items, and the cursor of the following page where there is one
 */
export async function paged<T extends { readonly id: string }>(
  limit: number,
  cursor: string | undefined,
  read: (limit: number, after: string | undefined) => Promise<readonly T[]>,
): Promise<{ readonly items: readonly T[]; readonly next?: string }> {
  const items = await read(limit, cursor);
  const last = items.at(-1)?.id;
  if (items.length < limit || last === undefined) return { items };
  return (await read(1, last)).length === 0 ? { items } : { items, next: last };
}
