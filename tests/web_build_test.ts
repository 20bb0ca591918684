import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { filesBelow, root } from "./support/data.ts";
import { join, relative } from "../training/paths.ts";
import { buildPage } from "../web/build.ts";
import { samples } from "../web/ask/samples.ts";

/** Most bytes of JavaScript, gzipped, that the page may need to start. */
const SCRIPT_BUDGET = 60 * 1024;

async function built(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const folder = await Deno.makeTempDir({ prefix: "xolo-page-" });
  try {
    await buildPage(folder);
    return new Map(
      filesBelow(folder).map((path) => [relative(folder, path), Deno.readFileSync(path)]),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("buildPage() gives the same bytes when built again", async () => {
  assertEquals(await built(), await built());
});

Deno.test("buildPage() keeps the script small and everything on its own origin", async () => {
  const files = await built();
  const script = files.get("assets/main.js");
  assert(script, `there should be assets/main.js among ${[...files.keys()]}`);
  assertLess(await gzipped(script), SCRIPT_BUDGET);
  for (const page of ["index.html", "docs/index.html"]) {
    const html = new TextDecoder().decode(files.get(page));
    assertEquals(html.match(/\{\{|\}\}/), null, page);
    // The content policy allows neither inline scripts nor inline styles.
    assertEquals(html.match(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/g), null, page);
    for (const [, url] of html.matchAll(/(?:src|href)="([^"]*)"/g)) {
      assertMatch(url!, /^\//, `${page} leads to ${url}`);
      if (url!.includes(".")) assert(files.has(url!.slice(1)), `${page} asks for ${url}`);
    }
  }
});

Deno.test("the page offers the samples that are there, with credits", async () => {
  const there = filesBelow(join(root, "web/samples")).map((path) =>
    relative(join(root, "web/samples"), path)
  );
  assertEquals(samples.map(({ file }) => file).sort(), there.filter((f) => f.endsWith(".jpg")));
  const credits = await Deno.readTextFile(join(root, "web/samples/CREDITS.md"));
  for (const { file } of samples) assertMatch(credits, new RegExp(`^## ${file}$`, "m"));
});
