import { assert, assertEquals, assertThrows } from "@std/assert";
import { type HierarchyFile, parseHierarchy } from "../models/hierarchy.ts";
import { parseManifest } from "../models/manifest.ts";
import { verifyFile } from "../models/verify_file.ts";
import { buildHierarchy } from "../training/recipes/hierarchy.ts";
import { parseWordNet } from "../training/import/wordnet.ts";

const models = new URL("../models/", import.meta.url);
const bytes = await Deno.readFile(new URL("hierarchy.json", models));
const file: HierarchyFile = JSON.parse(new TextDecoder().decode(bytes));
const hierarchy = parseHierarchy(file);
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

Deno.test("hierarchy.json is the manifest's, with its licence", async () => {
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", models))),
  );
  await verifyFile(bytes, manifest.hierarchy.sha256, manifest.hierarchy.file);
  const licence = await Deno.readTextFile(new URL(manifest.hierarchy.licenceFile, models));
  assert(licence.includes("WordNet 3.1 Copyright 2011 by Princeton University."));
});

Deno.test("hierarchy.json has the leaves in the order of the network's logits", () => {
  assertEquals(hierarchy.leafCount, 1000);
  const ids = file.leaves.map(({ id }) => id);
  assertEquals(ids, ids.toSorted());
  const names = [0, 151, 263, 264, 268, 281, 999].map((i) => hierarchy.leaf(i).name);
  assertEquals(names, [
    "tench",
    "Chihuahua",
    "Pembroke",
    "Cardigan",
    "Mexican hairless",
    "tabby",
    "toilet tissue",
  ]);
});

Deno.test("hierarchy.json has ImageNet's dogs and cats and no others below dog and cat", () => {
  assertEquals(hierarchy.find("dog")?.leaves, range(151, 268));
  assertEquals(hierarchy.find("cat")?.leaves, range(281, 285));
  // Dogs, wolves, wild dogs and foxes; 276 is the hyena.
  assertEquals(hierarchy.find("dog or relative")?.leaves, [...range(151, 275), ...range(277, 280)]);
  assertEquals(hierarchy.find("animal")?.leaves, range(0, 397));
  assertEquals(hierarchy.find("bird")?.leaves.length, 59);
});

Deno.test("hierarchy.json has paths that read from general to specific", () => {
  const path = (name: string) => hierarchy.find(name)?.path.join(" > ");
  assertEquals(path("Pembroke"), "animal > mammal > dog or relative > dog > corgi > Pembroke");
  assertEquals(
    path("Ibizan hound"),
    "animal > mammal > dog or relative > dog > hound > Ibizan hound",
  );
  assertEquals(
    path("Mexican hairless"),
    "animal > mammal > dog or relative > dog > Mexican hairless",
  );
  assertEquals(path("tiger"), "animal > mammal > cat or relative > big cat > tiger");
  assertEquals(path("hammerhead"), "animal > fish > shark > hammerhead");
  assertEquals(path("school bus"), "vehicle > bus > school bus");
  assertEquals(path("hotdog"), "food > dish > hotdog");
});

Deno.test("hierarchy.json keeps apart what has one name", () => {
  const names = [134, 517, 264, 474, 638, 639].map((i) => hierarchy.leaf(i).name);
  assertEquals(new Set(names.map((name) => name.toLowerCase())).size, 6);
});

Deno.test("parseHierarchy() gives every node a consistent place", () => {
  for (const node of hierarchy.nodes) {
    assertEquals(hierarchy.find(node.name), node);
    assertEquals(node.path.at(-1), node.name);
    assertEquals(node.leaves.length === 1, node.index >= hierarchy.kindCount);
    for (const above of node.above) {
      const general = hierarchy.nodes[above]!;
      assert(above < node.index);
      assert(general.leaves.length > node.leaves.length, `${general.name} > ${node.name}`);
      assert(new Set(node.leaves).isSubsetOf(new Set(general.leaves)));
    }
    // A path never skips to something that is not above.
    for (const name of node.path.slice(0, -1)) {
      assert(node.above.includes(hierarchy.find(name)!.index));
    }
  }
});

Deno.test("parseHierarchy() throws when a name is used twice or a parent is missing", () => {
  const leaves = ["pug", "chow"].map((name) => ({ id: name, name, parents: ["dog"] }));
  const kinds = [{ name: "dog", parents: [] }];
  const parse = (change: Partial<HierarchyFile>) =>
    parseHierarchy({ format: 1, sources: [], kinds, leaves, ...change });
  assertEquals(parse({}).find("dog")?.leaves, [0, 1]);
  assertThrows(() => parse({ leaves: [...leaves, leaves[0]!] }), RangeError, '"pug" twice');
  assertThrows(() => parse({ kinds: [] }), RangeError, '"dog", a parent of "pug"');
  assertThrows(() => parse({ leaves: leaves.slice(1) }), RangeError, "fewer than two leaves");
  assertThrows(() => parse({}).leaf(2), RangeError, "no leaf 2");
  assertThrows(() => parse({ format: 2 as 1 }), TypeError, "format is 2");
});

Deno.test("buildHierarchy() lays a kind below another when its leaves are among the other's", () => {
  const noun = (offset: string, word: string, ...up: string[]) =>
    `${offset} 05 n 01 ${word} 0 ${String(up.length).padStart(3, "0")}${
      up.map((target) => ` @ ${target} n 0000`).join("")
    } | ${word}`;
  const wordnet = parseWordNet(
    [
      noun("00000001", "animal"),
      noun("00000002", "dog", "00000001"),
      noun("00000003", "toy", "00000001"),
      noun("00000004", "pug", "00000002", "00000003"),
      noun("00000005", "chow", "00000002"),
      noun("00000006", "tench", "00000001"),
      noun("00000007", "poodle", "00000003"),
    ].join("\n"),
    ["animal", "dog", "toy"].map((word, i) => `${word} n 1 0 1 0 0000000${i + 1}`).join("\n"),
  );
  const classes = ["pug", "chow", "tench", "poodle"].map((word, i) => ({
    id: `n${i}`,
    lemmas: [word],
    definition: word,
  }));
  const built = buildHierarchy(classes, wordnet, [
    { name: "toy", of: ["toy#1"] },
    { name: "dog", of: ["dog#1"] },
    { name: "animal", of: ["animal#1"] },
    { name: "land animal", of: ["dog#1", "toy#1"] },
  ]);
  assertEquals(built.kinds, [
    { name: "animal", parents: [] },
    { name: "land animal", parents: ["animal"] },
    { name: "toy", parents: ["land animal"] },
    { name: "dog", parents: ["land animal"] },
  ]);
  assertEquals(built.leaves.map(({ parents }) => parents), [
    ["toy", "dog"],
    ["dog"],
    ["animal"],
    ["toy"],
  ]);
  assertThrows(
    () =>
      buildHierarchy(classes, wordnet, [{ name: "dog", of: ["dog#1"] }, {
        name: "hound",
        of: ["dog#1"],
      }]),
    RangeError,
    '"dog" and "hound" have the same leaves',
  );
});
