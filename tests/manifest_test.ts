import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type BackboneSection, parseManifest, parseSection } from "../models/manifest.ts";
import { sha256Hex } from "../models/sha256.ts";
import { verifyFile } from "../models/verify_file.ts";
import { updateManifest } from "../training/manifest_file.ts";
import { join } from "../training/paths.ts";
import { root } from "./support/data.ts";

const committed = await Deno.readTextFile(join(root, "models/manifest.json"));
const { backbone } = parseManifest(JSON.parse(committed));

async function withManifest(fn: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await fn(join(folder, "manifest.json"), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every licence that the manifest names is carried", async () => {
  const files = [...committed.matchAll(/"licenceFile": "([^"]+)"/g)].map(([, file]) => file!);
  assert(files.length > 0);
  for (const file of files) assert((await Deno.stat(join(root, "models", file))).size > 500, file);
});

Deno.test("every file that the manifest names has the hash that it says", async () => {
  const sections = Object.values(JSON.parse(committed) as Record<string, unknown>);
  for (const section of sections) {
    const { file, sha256 } = section as { file?: unknown; sha256?: unknown };
    if (typeof file !== "string" || typeof sha256 !== "string") continue;
    await verifyFile(await Deno.readFile(join(root, "models", file)), sha256, file);
  }
});

Deno.test("parseSection() names every field that is not as it should be", () => {
  const wrong = { ...backbone, bytes: -1, input: { ...backbone.input, layout: "NCHW" } };
  const error = assertThrows(() => parseSection("backbone", wrong), TypeError, "backbone.bytes");
  assert(error.message.includes("backbone.input.layout"), error.message);
  assertThrows(
    () => parseSection("backbone", { ...backbone, sha256: "ABC" }),
    TypeError,
    "backbone.sha256: must be 64 lower-case hexadecimal digits",
  );
});

Deno.test("parseManifest() names a section that is missing, and leaves out what it does not know", () => {
  assertThrows(() => parseManifest({}), TypeError, "manifest.backbone");
  assertThrows(() => parseManifest(null), TypeError, "manifest");
  const parsed = parseManifest({ ...JSON.parse(committed), tomorrow: 1 });
  assertEquals(Object.hasOwn(parsed, "tomorrow"), false);
});

Deno.test("updateManifest() changes its section alone, in a stable order", async () => {
  await withManifest(async (path, folder) => {
    await Deno.writeTextFile(path, JSON.stringify({ zebra: { b: 1, a: [{ d: 1, c: 2 }] } }));
    await updateManifest("backbone", backbone, path);
    const once = await Deno.readTextFile(path);
    assertEquals(JSON.parse(once), {
      backbone: JSON.parse(committed).backbone,
      zebra: { a: [{ c: 2, d: 1 }], b: 1 },
    });
    assert(once.indexOf('"backbone"') < once.indexOf('"zebra"'));
    assert(once.indexOf('"a"') < once.indexOf('"b"'));
    assert(once.endsWith("}\n"));
    // In another order of keys, over what is there: the same bytes.
    const reversed = Object.fromEntries(Object.entries(backbone).reverse()) as BackboneSection;
    await updateManifest("backbone", reversed, path);
    assertEquals(await Deno.readTextFile(path), once);
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["manifest.json"]);
  });
});

Deno.test("updateManifest() writes nothing when the value is not as the section should be", async () => {
  await withManifest(async (path, folder) => {
    await assertRejects(
      () => updateManifest("backbone", { ...backbone, bytes: 1.5 }, path),
      TypeError,
      "backbone.bytes",
    );
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  });
});

Deno.test("verifyFile() rejects when a single bit differs", async () => {
  const bytes = new TextEncoder().encode("abc");
  // FIPS 180-2, appendix B.1.
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(await sha256Hex(bytes), sha256);
  await verifyFile(bytes, sha256);
  bytes[0]! ^= 1;
  await assertRejects(() => verifyFile(bytes, sha256, "x.onnx"), Error, "x.onnx with SHA-256 ba78");
});

Deno.test("parseManifest() refuses open kinds in another order than the graph's", () => {
  const manifest = JSON.parse(committed);
  manifest.network.openKinds.reverse();
  assertThrows(() => parseManifest(manifest), TypeError, "kinds are dog,cat");
});
