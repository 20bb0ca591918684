/**
 * Reads the nouns of a WordNet database (`data.noun` and `index.noun`, formats wndb(5WN)).
 *
 * @module
 */

/** A set of nouns that mean the same. */
export interface Synset {
  /** Byte offset in `data.noun`, eight digits: its id in this release of WordNet. */
  readonly offset: string;
  /** Its words, the most usual first, with blanks instead of underscores. */
  readonly lemmas: readonly string[];
  /** Definition and examples. */
  readonly gloss: string;
  /** Offsets of what it is a kind (`@`) or an instance (`@i`) of. */
  readonly hypernyms: readonly string[];
}

/** The nouns of WordNet. */
export interface WordNet {
  readonly synsets: ReadonlyMap<string, Synset>;
  /**
   * A sense of a word, counted from the most usual.
   *
   * @param name word and number, as "dog#1"; blanks may be underscores
   * @throws {RangeError} when there is no such word or sense
   */
  sense(name: string): Synset;
  /** All that a synset is a kind of, nearest first, without itself. */
  ancestors(offset: string): readonly Synset[];
}

/** One line of `data.noun`: offset, lexicographer's file, type, words, pointers | gloss. */
function parseSynset(line: string): Synset {
  const bar = line.indexOf(" | ");
  const fields = line.slice(0, bar).split(" ");
  const next = () => {
    const field = fields.shift();
    if (field === undefined) throw new SyntaxError(`This line of data.noun is cut short: ${line}`);
    return field;
  };
  const offset = next();
  next();
  next();
  const words = parseInt(next(), 16);
  const lemmas: string[] = [];
  for (let i = 0; i < words; i++) {
    lemmas.push(next().replaceAll("_", " "));
    next();
  }
  const pointers = parseInt(next(), 10);
  const hypernyms: string[] = [];
  for (let i = 0; i < pointers; i++) {
    const symbol = next();
    const target = next();
    const partOfSpeech = next();
    next();
    if ((symbol === "@" || symbol === "@i") && partOfSpeech === "n") hypernyms.push(target);
  }
  return { offset, lemmas, gloss: line.slice(bar + 3).trim(), hypernyms };
}

/** Both files open with the licence, in lines that begin with two blanks. */
function records(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("  "));
}

/**
 * Parses the two files.
 *
 * @param data text of `data.noun`
 * @param index text of `index.noun`
 * @throws {SyntaxError} when a line of `data.noun` is cut short
 */
export function parseWordNet(data: string, index: string): WordNet {
  const synsets = new Map<string, Synset>();
  for (const line of records(data)) {
    const synset = parseSynset(line);
    synsets.set(synset.offset, synset);
  }
  const senses = new Map<string, readonly string[]>();
  for (const line of records(index)) {
    const fields = line.trim().split(" ");
    senses.set(fields[0]!, fields.slice(-Number(fields[2])));
  }

  return {
    synsets,
    sense(name) {
      const [word = "", number = ""] = name.split("#");
      const offsets = senses.get(word.toLowerCase().replaceAll(" ", "_"));
      const synset = synsets.get(offsets?.[Number(number) - 1] ?? "");
      if (!synset) {
        throw new RangeError(
          `WordNet has no sense "${name}"; "${word}" has ${offsets?.length ?? 0} senses.`,
        );
      }
      return synset;
    },
    ancestors(offset) {
      const found = new Map<string, Synset>();
      const queue = [...synsets.get(offset)?.hypernyms ?? []];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const synset = synsets.get(next);
        if (!synset || found.has(next)) continue;
        found.set(next, synset);
        queue.push(...synset.hypernyms);
      }
      return [...found.values()];
    },
  };
}
