/**
 * One space in compact columns: everything that searching needs, nothing that a record holds
 * exactly.
 *
 * @module
 */
import type { HashMatch, Kind, LabelSummary, Memory } from "../core/memory.ts";
import { Labels } from "./labels.ts";
import { NearestIndex } from "./nearest.ts";
import type { Removal } from "./store.ts";
import { compareUlids, readUlid, ulidTime, writeUlid } from "./ulid_bytes.ts";

const LIVE = 1;
const NOT = 2;
const PERSON = 4;
const PHOTO = 8;
const PRINT = 16;

/** Bytes a row takes beside its codes. */
const ROW_BYTES = 16 + 4 + 1 + 4 + 32 + 4 + 2 + 4;

/** Words of a 256-bit hash. */
const WORDS = 8;

/** A row that a fingerprint came near to. */
export type PrintMatch = Omit<HashMatch, "memory"> & { readonly id: string };

/** The vectors of one model and sign, and the memory a slot stands for while it is there. */
export interface ModelVectors {
  readonly index: NearestIndex;
  readonly idOf: (slot: number) => string | undefined;
}

/** Vectors of one model, dimension and sign: what outnumbers the other sign must not crowd it out. */
interface Model {
  readonly id: string;
  readonly not: boolean;
  readonly index: NearestIndex;
  /** The row of each slot. */
  rows: Uint32Array<ArrayBuffer>;
}

/** The columns of one space at one revision. */
export class SpaceIndex {
  /** Of the head that the columns agree with. */
  readonly generation: string;
  revision: number;

  readonly #labels = new Labels();
  readonly #models: Model[] = [];
  readonly #free: number[] = [];
  /** Positive examples of a person by the label's number. */
  readonly #people = new Map<number, number>();
  #rows = 0;
  #size = 0;

  #ids = new Uint32Array(0);
  #label = new Uint32Array(0);
  #flags = new Uint8Array(0);
  /** First 32 bits of the SHA-256; a match is verified on the record. */
  #bytes = new Uint32Array(0);
  #prints = new Uint32Array(0);
  #slots = new Uint32Array(0);
  #model = new Uint16Array(0);
  /** Live rows in the order of their ids. */
  #order = new Uint32Array(0);

  constructor(generation: string, revision: number) {
    this.generation = generation;
    this.revision = revision;
  }

  /** Memories. */
  get size(): number {
    return this.#size;
  }

  /** Labels with a positive example of a person. */
  get people(): number {
    return this.#people.size;
  }

  /** Bytes held. */
  get bytes(): number {
    const columns = this.#flags.length * ROW_BYTES;
    return this.#models.reduce(
      (sum, model) => sum + model.index.bytes + model.rows.byteLength,
      columns,
    );
  }

  /** Bytes that the memories need, without the room that the columns keep to grow into. */
  get need(): number {
    return this.#models.reduce(
      (sum, model) => sum + model.index.size * SpaceIndex.memoryBytes(model.index.dimension),
      0,
    );
  }

  /** Bytes that one memory needs. */
  static memoryBytes(dimension: number): number {
    return ROW_BYTES + 4 + NearestIndex.rowBytes(dimension);
  }

  /** Dimension of a model's embeddings, or undefined while there is none. */
  dimensionOf(model: string): number | undefined {
    // Of either sign, but not of one that is empty: what is forgotten must not decide.
    return this.#models.find(({ id, index }) => id === model && index.size > 0)?.index.dimension;
  }

  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Adds a memory, or does nothing when it is there. @returns false when its embedding does not fit its model's */
  add(memory: Memory): boolean {
    if (this.has(memory.id)) return true;
    const { not, embedding: { length: dimension } } = memory;
    if ((this.dimensionOf(memory.model) ?? dimension) !== dimension) return false;
    let number = this.#models.findIndex(({ id, not: sign, index }) =>
      id === memory.model && sign === not && index.dimension === dimension
    );
    if (number < 0) {
      const index = new NearestIndex(dimension);
      number = this.#models.push({ id: memory.model, not, index, rows: new Uint32Array(16) }) - 1;
    }
    const model = this.#models[number]!;
    const row = this.#free.pop() ?? this.#rows++;
    this.#reserve(row + 1);
    if (!writeUlid(memory.id, this.#ids, 4 * row)) {
      this.#free.push(row);
      return false;
    }
    const slot = model.index.add(memory.embedding);
    if (slot >= model.rows.length) model.rows = grow(model.rows, slot + 1);
    model.rows[slot] = row;
    this.#slots[row] = slot;
    this.#model[row] = number;
    this.#label[row] = this.#labels.acquire(memory.label);
    this.#bytes[row] = prefixOf(memory.bytes);
    let flags = LIVE;
    if (memory.not) flags |= NOT;
    if (memory.kind === "person") flags |= PERSON;
    if (memory.hasPhoto) flags |= PHOTO;
    if (memory.fingerprint !== null) {
      flags |= PRINT;
      this.#prints.set(wordsOf(memory.fingerprint), WORDS * row);
    }
    this.#flags[row] = flags;
    this.#countPerson(row, 1);
    const place = this.#placeOf(this.#ids, 4 * row);
    this.#order.copyWithin(place + 1, place, this.#size);
    this.#order[place] = row;
    this.#size++;
    return true;
  }

  /** Drops memories; those that are not there are passed over. */
  remove(ids: readonly string[]): void {
    let removed = 0;
    for (const id of ids) {
      const row = this.#find(id);
      if (row === undefined || !this.#live(row)) continue;
      this.#models[this.#model[row]!]!.index.remove(this.#slots[row]!);
      this.#countPerson(row, -1);
      this.#labels.release(this.#label[row]!);
      this.#flags[row] = 0;
      this.#bytes[row] = 0;
      this.#prints.fill(0, WORDS * row, WORDS * (row + 1));
      this.#free.push(row);
      removed++;
    }
    if (removed === 0) return;
    // One pass however many went; ids stay readable until here because the search needs them.
    let kept = 0;
    for (let i = 0; i < this.#size; i++) {
      const row = this.#order[i]!;
      if (this.#live(row)) this.#order[kept++] = row;
    }
    this.#size = kept;
  }

  /** Gives a memory another label. */
  relabel(id: string, label: string): void {
    const row = this.#find(id);
    if (row === undefined) return;
    const number = this.#labels.acquire(label);
    this.#countPerson(row, -1);
    this.#labels.release(this.#label[row]!);
    this.#label[row] = number;
    this.#countPerson(row, 1);
  }

  /** Ids after a cursor, oldest first, at most `limit`; all labels when none is given. */
  list(options: { label?: string; after?: string; limit: number }): string[] {
    const wanted = options.label === undefined ? undefined : this.#labels.find(options.label);
    if (options.label !== undefined && wanted === undefined) return [];
    let at = options.after === undefined ? 0 : this.#placeAfter(options.after);
    const ids: string[] = [];
    for (; at < this.#size && ids.length < options.limit; at++) {
      const row = this.#order[at]!;
      if (wanted === undefined || this.#label[row] === wanted) ids.push(this.#id(row));
    }
    return ids;
  }

  /** What is to be forgotten under a label. */
  under(label: string): Removal[] {
    const number = this.#labels.find(label);
    const found: Removal[] = [];
    if (number === undefined) return found;
    for (let i = 0; i < this.#size; i++) {
      const row = this.#order[i]!;
      if (this.#label[row] !== number) continue;
      found.push({ id: this.#id(row), hasPhoto: (this.#flags[row]! & PHOTO) !== 0 });
    }
    return found;
  }

  /**
   * Ids of the labels' memories of one kind, label by label: positive ones, then negative ones, at
   * most `limit` of each, newest first.
   */
  references(
    labels: readonly string[],
    { kind, limit }: { kind: Kind; limit: number },
  ): string[] {
    const numbers = [...new Set(labels)].map((label) => this.#labels.find(label))
      .filter((number) => number !== undefined);
    if (numbers.length === 0) return [];
    // Where a label's number stands among those asked for, from 1: one pass serves them all.
    const places = new Uint32Array(Math.max(...numbers) + 1);
    numbers.forEach((number, i) => places[number] = i + 1);
    const found = numbers.map(() => ({ positive: [] as number[], negative: [] as number[] }));
    const person = kind === "person" ? PERSON : 0;
    let full = 0;
    for (let i = this.#size - 1; i >= 0 && full < 2 * found.length; i--) {
      const row = this.#order[i]!;
      const place = places[this.#label[row]!] ?? 0;
      const flags = this.#flags[row]!;
      if (place === 0 || (flags & PERSON) !== person) continue;
      const { positive, negative } = found[place - 1]!;
      const rows = (flags & NOT) === 0 ? positive : negative;
      if (rows.length < limit && rows.push(row) === limit) full++;
    }
    return found.flatMap(({ positive, negative }) => [...positive, ...negative])
      .map((row) => this.#id(row));
  }

  /** Labels after a cursor, in code-unit order, at most `limit`. */
  labels(options: { after?: string; limit: number }): LabelSummary[] {
    const { after } = options;
    const page = this.#labels.sorted().filter((label) => after === undefined || label > after)
      .slice(0, options.limit);
    const counts = new Map(page.map((label) => [this.#labels.find(label)!, {
      label,
      memories: 0,
      negatives: 0,
      photos: 0,
      first: 0,
      last: 0,
    }]));
    for (let i = 0; i < this.#size; i++) {
      const row = this.#order[i]!;
      const count = counts.get(this.#label[row]!);
      if (count === undefined) continue;
      const flags = this.#flags[row]!;
      const time = ulidTime(this.#ids, 4 * row);
      if (count.memories + count.negatives === 0) count.first = time;
      count.last = time;
      if (flags & NOT) count.negatives++;
      else count.memories++;
      if (flags & PHOTO) count.photos++;
    }
    return [...counts].map(([number, count]) => ({
      label: count.label,
      kind: this.#people.has(number) ? "person" as const : "thing" as const,
      memories: count.memories,
      negatives: count.negatives,
      photos: count.photos,
      firstTaughtAt: new Date(count.first).toISOString(),
      lastTaughtAt: new Date(count.last).toISOString(),
    }));
  }

  /** Ids of the memories that may be of these bytes, newest first; the records tell. */
  byBytes(sha256: string): string[] {
    const prefix = prefixOf(sha256);
    const rows: number[] = [];
    // A scan of one column at memory speed (100,000 rows: 0.05 ms) costs less than a map of them holds.
    for (
      let row = this.#bytes.indexOf(prefix);
      row >= 0;
      row = this.#bytes.indexOf(prefix, row + 1)
    ) {
      if (this.#live(row)) rows.push(row);
    }
    return rows.sort((a, b) => compareUlids(this.#ids, 4 * b, this.#ids, 4 * a))
      .map((row) => this.#id(row));
  }

  /** Rows within `maxDistance` bits of one of `hashes`, nearest first, then oldest first. */
  byFingerprint(
    hashes: readonly string[],
    options: { maxDistance: number; limit: number },
  ): PrintMatch[] {
    const queries = hashes.map(wordsOf);
    const found: { row: number; distance: number }[] = [];
    for (let row = 0; row < this.#rows; row++) {
      if ((this.#flags[row]! & (LIVE | PRINT)) !== (LIVE | PRINT)) continue;
      let nearest = options.maxDistance + 1;
      for (const query of queries) {
        let distance = 0;
        for (let i = 0; i < WORDS && distance < nearest; i++) {
          distance += popcount(this.#prints[WORDS * row + i]! ^ query[i]!);
        }
        if (distance < nearest) nearest = distance;
      }
      if (nearest <= options.maxDistance) found.push({ row, distance: nearest });
    }
    return found
      .sort((a, b) =>
        a.distance - b.distance || compareUlids(this.#ids, 4 * a.row, this.#ids, 4 * b.row)
      )
      .slice(0, options.limit)
      .map(({ row, distance }) => ({ id: this.#id(row), distance }));
  }

  /** The vectors of a model: of its positive memories, of its negative ones, or of both when no sign is given. */
  vectors(id: string, not?: boolean): ModelVectors[] {
    return this.#models.flatMap((model, number) => {
      if (model.id !== id || model.index.size === 0) return [];
      if (not !== undefined && model.not !== not) return [];
      const idOf = (slot: number) => {
        const row = model.rows[slot]!;
        // A search that began before a removal may hold a slot whose row is another memory's by now.
        const same = this.#live(row) && this.#model[row] === number && this.#slots[row] === slot;
        return same ? this.#id(row) : undefined;
      };
      return [{ index: model.index, idOf }];
    });
  }

  #countPerson(row: number, change: 1 | -1): void {
    if ((this.#flags[row]! & (LIVE | PERSON | NOT)) !== (LIVE | PERSON)) return;
    const number = this.#label[row]!;
    const count = (this.#people.get(number) ?? 0) + change;
    if (count > 0) this.#people.set(number, count);
    else this.#people.delete(number);
  }

  #live(row: number): boolean {
    return (this.#flags[row]! & LIVE) !== 0;
  }

  #id(row: number): string {
    return readUlid(this.#ids, 4 * row);
  }

  #find(id: string): number | undefined {
    const words = new Uint32Array(4);
    if (!writeUlid(id, words, 0)) return undefined;
    const place = this.#placeOf(words, 0);
    if (place === this.#size) return undefined;
    const row = this.#order[place]!;
    return compareUlids(this.#ids, 4 * row, words, 0) === 0 ? row : undefined;
  }

  /** Where in the order an id belongs: the first place whose id is not less. */
  #placeOf(words: Uint32Array, at: number): number {
    let low = 0;
    let high = this.#size;
    // New ids are nearly always the greatest.
    if (high > 0 && compareUlids(this.#ids, 4 * this.#order[high - 1]!, words, at) < 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareUlids(this.#ids, 4 * this.#order[middle]!, words, at) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where in the order the ids begin that are greater than a text, which need be no id. */
  #placeAfter(text: string): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#id(this.#order[middle]!) <= text) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #reserve(rows: number): void {
    if (rows <= this.#flags.length) return;
    const capacity = Math.max(16, rows, Math.ceil(this.#flags.length * 1.5));
    this.#ids = grow(this.#ids, 4 * capacity, true);
    this.#label = grow(this.#label, capacity, true);
    this.#bytes = grow(this.#bytes, capacity, true);
    this.#prints = grow(this.#prints, WORDS * capacity, true);
    this.#slots = grow(this.#slots, capacity, true);
    this.#order = grow(this.#order, capacity, true);
    const flags = new Uint8Array(capacity);
    flags.set(this.#flags);
    this.#flags = flags;
    const model = new Uint16Array(capacity);
    model.set(this.#model);
    this.#model = model;
  }
}

/** The first 32 bits of a hash. */
function prefixOf(hex: string): number {
  return Number.parseInt(hex.slice(0, 8), 16) >>> 0;
}

/** A 256-bit hash as eight words. */
function wordsOf(hex: string): Uint32Array {
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) words[i] = Number.parseInt(hex.slice(8 * i, 8 * i + 8), 16);
  return words;
}

/** Bits set in a 32-bit word. */
function popcount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function grow(column: Uint32Array<ArrayBuffer>, length: number, exact = false) {
  const larger = new Uint32Array(exact ? length : Math.max(length, Math.ceil(column.length * 1.5)));
  larger.set(column);
  return larger;
}
