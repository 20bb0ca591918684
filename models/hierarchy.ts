/**
 * The hierarchy of everyday kinds above the network's leaf classes, made by
 * `training/recipes/hierarchy.ts` from WordNet and stored in `hierarchy.json`.
 *
 * It is a directed acyclic graph, not a tree: a grand piano is a stringed, a percussion and a
 * keyboard instrument. A kind is the set of leaves below it, so its probability is their sum.
 *
 * @module
 */

/** What `hierarchy.json` holds. */
export interface HierarchyFile {
  readonly format: 1;
  /** Packages that it was made from, as "name version". */
  readonly sources: readonly string[];
  /** General before specific; names are unique, those of the leaves included. */
  readonly kinds: readonly {
    readonly name: string;
    /** Names of the next more general kinds; the first is the one that a path goes through. */
    readonly parents: readonly string[];
  }[];
  /** In the order of the network's logits. */
  readonly leaves: readonly {
    /** WordNet 3.0 id as ImageNet writes it, "n02085620". */
    readonly id: string;
    readonly name: string;
    /** As those of a kind. */
    readonly parents: readonly string[];
  }[];
}

/** A kind or a leaf. */
export interface HierarchyNode {
  /** Position in {@linkcode Hierarchy.nodes}. */
  readonly index: number;
  readonly name: string;
  /** WordNet 3.0 id of a leaf; null for a kind. */
  readonly id: string | null;
  /** Indices of the logits at or below it, ascending; one for a leaf, at least two for a kind. */
  readonly leaves: readonly number[];
  /** Positions of the next more general kinds. */
  readonly parents: readonly number[];
  /** Positions of all more general kinds, general before specific. */
  readonly above: readonly number[];
  /** One chain of names, general → specific, that ends in `name`. */
  readonly path: readonly string[];
}

/** The hierarchy, ready to use. */
export interface Hierarchy {
  /** Kinds, general before specific, then the leaves in the order of the logits. */
  readonly nodes: readonly HierarchyNode[];
  /** How many of `nodes` are kinds: leaf i is `nodes[kindCount + i]`. */
  readonly kindCount: number;
  /** How many logits there are. */
  readonly leafCount: number;
  /** The node of that name, exactly as it is written. */
  find(name: string): HierarchyNode | undefined;
  /** The node of a logit. @throws {RangeError} when there is none */
  leaf(logit: number): HierarchyNode;
}

/**
 * Builds the hierarchy from what `hierarchy.json` holds.
 *
 * @throws {TypeError} when it has another format
 * @throws {RangeError} when a name is used twice, or a parent is no kind listed before its child
 *
 * @example
 * ```ts
 * import { parseHierarchy } from "./hierarchy.ts";
 *
 * const { find } = parseHierarchy({
 *   format: 1,
 *   sources: [],
 *   kinds: [{ name: "animal", parents: [] }, { name: "dog", parents: ["animal"] }],
 *   leaves: [
 *     { id: "n1", name: "pug", parents: ["dog"] },
 *     { id: "n2", name: "chow", parents: ["dog"] },
 *     { id: "n3", name: "tench", parents: ["animal"] },
 *   ],
 * });
 * console.assert(find("dog")?.leaves.join() === "0,1");
 * console.assert(find("chow")?.path.join(" > ") === "animal > dog > chow");
 * ```
 */
export function parseHierarchy(file: HierarchyFile): Hierarchy {
  if (file.format !== 1) {
    throw new TypeError(`The hierarchy's format is ${file.format}; this version reads format 1.`);
  }
  const kindCount = file.kinds.length;
  const byName = new Map<string, number>();
  const below: number[][] = [];
  const nodes: HierarchyNode[] = [];

  const all = [...file.kinds.map((kind) => ({ ...kind, id: null })), ...file.leaves];
  for (const [index, { id, name, parents }] of all.entries()) {
    if (byName.has(name)) throw new RangeError(`The hierarchy names "${name}" twice.`);
    const up = parents.map((parent) => {
      const found = byName.get(parent);
      if (found === undefined || found >= kindCount) {
        throw new RangeError(`"${parent}", a parent of "${name}", is no kind listed before it.`);
      }
      return found;
    });
    byName.set(name, index);

    const above = [...new Set(up.flatMap((parent) => [...nodes[parent]!.above, parent]))]
      .sort((a, b) => a - b);
    const leaves = below[index] = index < kindCount ? [] : [index - kindCount];
    for (const node of index < kindCount ? [] : above) below[node]!.push(index - kindCount);
    const through = up[0] === undefined ? [] : nodes[up[0]]!.path;
    nodes.push({ index, name, id, leaves, parents: up, above, path: [...through, name] });
  }

  const empty = nodes.find((node) => node.index < kindCount && node.leaves.length < 2);
  if (empty) throw new RangeError(`The kind "${empty.name}" has fewer than two leaves.`);

  return {
    nodes,
    kindCount,
    leafCount: file.leaves.length,
    find(name) {
      const index = byName.get(name);
      return index === undefined ? undefined : nodes[index];
    },
    leaf(logit) {
      const node = Number.isInteger(logit) && logit >= 0 ? nodes[kindCount + logit] : undefined;
      if (!node) {
        throw new RangeError(
          `There is no leaf ${logit}; leaves are 0 to ${file.leaves.length - 1}.`,
        );
      }
      return node;
    },
  };
}
