/**
 * Makes `models/hierarchy.json`: the everyday kinds above ImageNet's 1,000 classes.
 *
 * `deno task train hierarchy`
 *
 * WordNet's 860 synsets above the classes are collapsed to the names that people use
 * (`hierarchy_names.ts`); a kind lies below another when its leaves are a proper subset of the
 * other's.
 *
 * @module
 */
import { sha256Hex } from "../../models/sha256.ts";
import { parseHierarchy } from "../../models/hierarchy.ts";
import type { HierarchyFile } from "../../models/hierarchy.ts";
import { fetchHierarchySources, TIMM, WORDNET } from "../import/hierarchy_sources.ts";
import { matchSynsets, parseImageNetClasses } from "../import/imagenet_classes.ts";
import type { ImageNetClass } from "../import/imagenet_classes.ts";
import { parseWordNet } from "../import/wordnet.ts";
import type { WordNet } from "../import/wordnet.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { NAMED_KINDS } from "./hierarchy_names.ts";
import type { NamedKind } from "./hierarchy_names.ts";

/** A kind with the leaves below it. */
interface LeafSet {
  readonly name: string;
  readonly leaves: ReadonlySet<number>;
}

/**
 * Builds the hierarchy's file.
 *
 * @param classes the leaves in the order of the logits
 * @param wordnet WordNet's nouns
 * @param named the kinds to keep
 * @throws {RangeError} when a kind has fewer than two leaves or the same leaves as another
 */
export function buildHierarchy(
  classes: readonly ImageNetClass[],
  wordnet: WordNet,
  named: readonly NamedKind[],
): HierarchyFile {
  const leavesOf = leavesBySynset(classes, wordnet);
  const kinds = named.map((kind): LeafSet => {
    const below = (senses: readonly string[]) =>
      new Set(senses.flatMap((sense) => [...leavesOf(wordnet.sense(sense).offset)]));
    return { name: kind.name, leaves: below(kind.of).difference(below(kind.except ?? [])) };
  });
  for (const kind of kinds) {
    if (kind.leaves.size < 2) {
      throw new RangeError(
        `"${kind.name}" has ${kind.leaves.size} leaves; a kind has two or more.`,
      );
    }
    const twin = kinds.find((other) => other !== kind && equal(other.leaves, kind.leaves));
    if (twin) throw new RangeError(`"${kind.name}" and "${twin.name}" have the same leaves.`);
  }
  // A kind is larger than all below it, so this is general before specific.
  kinds.sort((a, b) => b.leaves.size - a.leaves.size);

  const names = leafNames(classes, kinds);
  return {
    format: 1,
    sources: [WORDNET, TIMM].map((source) => `${source.package} ${source.version}`),
    kinds: kinds.map(({ name, leaves }) => ({ name, parents: parentsOf(leaves, kinds) })),
    leaves: classes.map(({ id }, i) => ({
      id,
      name: names[i]!,
      parents: parentsOf(new Set([i]), kinds),
    })),
  };
}

/** Leaves at or below each synset. */
function leavesBySynset(
  classes: readonly ImageNetClass[],
  wordnet: WordNet,
): (offset: string) => ReadonlySet<number> {
  const below = new Map<string, Set<number>>();
  for (const [i, synset] of matchSynsets(classes, wordnet).entries()) {
    for (const { offset } of [synset, ...wordnet.ancestors(synset.offset)]) {
      below.set(offset, (below.get(offset) ?? new Set()).add(i));
    }
  }
  return (offset) => below.get(offset) ?? new Set();
}

function equal(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}

/** The kinds just above a set of leaves: none of them above another. The most specific first. */
function parentsOf(leaves: ReadonlySet<number>, kinds: readonly LeafSet[]): string[] {
  const above = kinds.filter((kind) =>
    kind.leaves.size > leaves.size && leaves.isSubsetOf(kind.leaves)
  );
  return above
    .filter((kind) =>
      !above.some((other) => other !== kind && other.leaves.isSubsetOf(kind.leaves))
    )
    .sort((a, b) => a.leaves.size - b.leaves.size)
    .map(({ name }) => name);
}

/**
 * The first word of each class; where an earlier class or a kind has it already (crane the bird
 * and crane the machine), the next word, or else the first one with its kind.
 */
function leafNames(classes: readonly ImageNetClass[], kinds: readonly LeafSet[]): string[] {
  const taken = new Set(kinds.map(({ name }) => name.toLowerCase()));
  return classes.map(({ lemmas }, i) => {
    const [parent] = parentsOf(new Set([i]), kinds);
    const name = [...lemmas, `${lemmas[0]} (${parent})`]
      .find((candidate) => !taken.has(candidate.toLowerCase()));
    if (name === undefined) throw new RangeError(`No name is left for ${lemmas.join(", ")}.`);
    taken.add(name.toLowerCase());
    return name;
  });
}

/** One kind or leaf a line, so that a change can be read. */
function format(file: HierarchyFile): string {
  const lines = (items: readonly unknown[]) =>
    items.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
  return `{
  "format": ${file.format},
  "sources": ${JSON.stringify(file.sources)},
  "kinds": [
${lines(file.kinds)}
  ],
  "leaves": [
${lines(file.leaves)}
  ]
}
`;
}

/** The database opens with its licence, in numbered lines. */
function licence(dataNoun: string): string {
  return dataNoun.split("\n")
    .filter((line) => /^ {2}\d/.test(line))
    .map((line) => line.replace(/^ {2}\d+ ?/, "").trimEnd())
    .join("\n").trim() + "\n";
}

const FILE = "hierarchy.json";
const LICENCE_FILE = "LICENSES/WordNet.txt";

/** Makes and stores the hierarchy, and the licence that its data comes under. */
export const recipe: Recipe = {
  name: "hierarchy",
  purpose: "everyday kinds above the network's classes, from WordNet",
  async run({ cache, log, models }) {
    const sources = await fetchHierarchySources(cache);
    const wordnet = parseWordNet(sources.dataNoun, sources.indexNoun);
    const classes = parseImageNetClasses(sources.ids, sources.lemmas, sources.definitions);
    const file = buildHierarchy(classes, wordnet, NAMED_KINDS);
    const { kindCount, leafCount } = parseHierarchy(file);
    const bytes = new TextEncoder().encode(format(file));
    await writeAtomically(join(models, FILE), bytes);
    await writeAtomically(join(models, LICENCE_FILE), licence(sources.dataNoun));
    await updateManifest("hierarchy", {
      file: FILE,
      sha256: await sha256Hex(bytes),
      licence: "LicenseRef-WordNet",
      licenceFile: LICENCE_FILE,
      sources: file.sources,
      made: { command: "deno task train hierarchy" },
    }, join(models, "manifest.json"));
    log(`${kindCount} kinds above ${leafCount} leaves`);
  },
};
