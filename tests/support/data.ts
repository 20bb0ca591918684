/**
 * Tests that need the photo collections which are not part of the project.
 *
 * @module
 */
import { sharedPath } from "../../training/collections.ts";

export { filesBelow, root, sharedPath } from "../../training/collections.ts";

/**
 * A test that needs part of the collections; skipped, with its reason in its name, without it.
 *
 * @example
 * ```ts ignore
 * testWithData("encode() agrees with the reference", ["golden/nets.json"], async ([nets]) => {});
 * ```
 */
export function testWithData<const P extends readonly string[]>(
  name: string,
  paths: P,
  fn: (found: { [K in keyof P]: string }) => Promise<void> | void,
): void {
  const found = paths.map(sharedPath);
  const missing = paths.filter((_, i) => found[i] === undefined);
  if (missing.length > 0) {
    Deno.test({ name: `${name} [skipped: no ${missing.join(", ")}]`, ignore: true, fn() {} });
  } else {
    Deno.test(name, () => fn(found as { [K in keyof P]: string }));
  }
}
