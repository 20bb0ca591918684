/**
 * The 1,000 classes of ImageNet-1k in the order of a network's logits, and which synset of
 * WordNet 3.1 each of them is.
 *
 * ImageNet's ids are offsets of WordNet 3.0, which no registry carries as a database; its words
 * and definitions are therefore looked up in 3.1.
 *
 * @module
 */
import type { Synset, WordNet } from "./wordnet.ts";

/** One class. */
export interface ImageNetClass {
  /** "n" and the offset in WordNet 3.0. */
  readonly id: string;
  /** The most usual first. */
  readonly lemmas: readonly string[];
  readonly definition: string;
}

/**
 * Reads the three lists as the package `timm` carries them.
 *
 * @param ids `imagenet_synsets.txt`: an id a line
 * @param lemmas `imagenet_synset_to_lemma.txt`: id, tab, words with commas between
 * @param definitions `imagenet_synset_to_definition.txt`: id, tab, definition
 * @throws {RangeError} when there are not 1,000 classes in ascending order, or one lacks its words
 */
export function parseImageNetClasses(
  ids: string,
  lemmas: string,
  definitions: string,
): ImageNetClass[] {
  const words = table(lemmas);
  const meanings = table(definitions);
  const classes = ids.trim().split("\n").map((id) => {
    const list = words.get(id);
    const definition = meanings.get(id);
    if (list === undefined || definition === undefined) {
      throw new RangeError(`The class ${id} has no words or no definition.`);
    }
    return { id, lemmas: list.split(",").map((word) => word.trim()), definition };
  });
  // Sorted ids are what defines the order of the logits, so this proves the list's order.
  if (classes.length !== 1000 || classes.some(({ id }, i) => i > 0 && id <= classes[i - 1]!.id)) {
    throw new RangeError(`Expected 1000 classes in ascending order of id, got ${classes.length}.`);
  }
  return classes;
}

function table(text: string): Map<string, string> {
  return new Map(
    text.trim().split("\n").map((line) => {
      const [key = "", value = ""] = line.split("\t");
      return [key, value];
    }),
  );
}

const lower = (words: readonly string[]) => words.map((word) => word.toLowerCase());
const key = (words: readonly string[]) => lower(words).sort().join(",");
const tokens = (text: string) => new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);

/** A gloss without the examples that follow it in quotes. */
const definitionOf = ({ gloss }: Synset) => gloss.split('; "')[0]!.trim();

/** Jaccard similarity of the words of two definitions, 0 to 1. */
function likeness(a: string, b: string): number {
  const left = tokens(a);
  const right = tokens(b);
  const both = [...left].filter((token) => right.has(token)).length;
  return both / (left.size + right.size - both);
}

/**
 * Finds the synset of each class: the only one with exactly its words; among several, or where
 * WordNet 3.1 changed the words, the one that shares a word and whose definition is most alike.
 *
 * @throws {RangeError} when a class finds none, or two classes find the same
 */
export function matchSynsets(classes: readonly ImageNetClass[], wordnet: WordNet): Synset[] {
  const bySet = new Map<string, Synset[]>();
  const byWord = new Map<string, Synset[]>();
  for (const synset of wordnet.synsets.values()) {
    append(bySet, key(synset.lemmas), synset);
    for (const word of new Set(lower(synset.lemmas))) append(byWord, word, synset);
  }

  const taken = new Map<string, string>();
  return classes.map(({ id, lemmas, definition }) => {
    const same = bySet.get(key(lemmas)) ?? [];
    const candidates = same.length > 0
      ? same
      : [...new Set(lower(lemmas).flatMap((word) => byWord.get(word) ?? []))];
    const [best] = candidates
      .map((synset) => ({ synset, score: likeness(definition, definitionOf(synset)) }))
      .sort((a, b) => b.score - a.score);
    if (!best || (same.length !== 1 && best.score < 0.4)) {
      throw new RangeError(`No synset of WordNet fits ${id} (${lemmas.join(", ")}).`);
    }
    const other = taken.get(best.synset.offset);
    if (other) throw new RangeError(`${id} and ${other} are both synset ${best.synset.offset}.`);
    taken.set(best.synset.offset, id);
    return best.synset;
  });
}

function append(map: Map<string, Synset[]>, key: string, synset: Synset): void {
  const list = map.get(key);
  if (list) list.push(synset);
  else map.set(key, [synset]);
}
