/**
 * What a space could do without, or say better: memories that the network makes needless, labels
 * that have become types, rules that repeat or are missing, and memories that contradict each other.
 *
 * Nothing is changed here. Each finding is a proposal for a person to decide on.
 *
 * @module
 */
import { cosine } from "../cosine.ts";
import type { Memory } from "../memory.ts";
import type { Rule, RuleText } from "../rules/rule.ts";
import type { Judgement } from "./judgement.ts";
import { createStandings, labelKey, type Standings } from "./standing.ts";
import { wilson } from "./wilson.ts";

/** What of a memory is looked at. */
export type KnownMemory = Pick<
  Memory,
  "id" | "label" | "kind" | "scope" | "not" | "model" | "embedding" | "bytes" | "face" | "path"
>;

/** A rule that says nothing that another does not say already. */
export interface RuleProblem {
  /** Id of the rule. */
  readonly rule: string;
  /** Id of the one that makes it needless; null where it is not told. */
  readonly by: string | null;
  /** A sentence. */
  readonly says: string;
}

/** What would be changed. */
export type Change =
  /** Ids of memories to forget. */
  | { readonly drop: readonly string[] }
  /** Memories that become examples of a type. */
  | { readonly type: { readonly label: string; readonly ids: readonly string[] } }
  /** A rule to write. */
  | { readonly rule: RuleText }
  /** Ids of rules to delete. */
  | { readonly dropRules: readonly string[] };

/** What a proposal is about. */
export type ProposalKind = "needless" | "type" | "repeat" | "rule" | "contradiction";

/** Something to decide. */
export interface Proposal {
  readonly kind: ProposalKind;
  /** A sentence. */
  readonly says: string;
  /** The figures behind it. */
  readonly why: string;
  /** Null where only a person can know what is right. */
  readonly change: Change | null;
}

/** What is consolidated. */
export interface Consolidated {
  readonly memories: readonly KnownMemory[];
  /** In the order of their ids. */
  readonly judgements: readonly Judgement[];
  readonly rules: readonly Rule[];
  /** What a check of the rules found. Rules that say the very same are found without it. */
  readonly problems?: readonly RuleProblem[];
  /** What the network alone says now, general → specific, by memory id; else what it said when taught. */
  readonly paths?: ReadonlyMap<string, readonly string[]>;
}

/** By what measures. */
export interface ConsolidateOptions {
  /** Precision that is promised, as that of the standings. */
  readonly floor?: number;
  readonly z?: number;
  readonly window?: number;
  /** Cosine from which two looks are of one picture: the manifest's `look.copy.cosine`. */
  readonly copyCosine?: number;
  /** The look model in use: only its embeddings tell a type by {@linkcode COHESION}; all when left out. */
  readonly look?: string;
}

/**
 * Mean pairwise cosine of looks below which a label's photos are taken to show several individuals.
 *
 * Measured on the looks of the shipped backbone, as they are taught: of 20 individuals (4 to 6 photos each)
 * the means are .63 to .82, so none is below; of 143 breeds and classes with 5 photos or more they are
 * .49 to .78, and 90 are. A cut of .65 would find 111, and one of the individuals. It is also where the
 * thresholds of the manifest lie: in the surroundings of those individuals (a crowd of .48 to .67)
 * recall asks two photos for .48 to .65 before it takes them for one individual at all.
 */
export const COHESION = 0.62;

/** Fewest memories that make a prototype worth more than single examples. */
const FEWEST_OF_TYPE = 5;

/** Fewest answers with one mistake that a rule is written for. */
const FEWEST_MISTAKES = 5;

/** Pairs that a contradiction is shown by. */
const SHOWN = 3;

/**
 * Looks for what can be consolidated. What contradicts itself is first to be settled: such memories are
 * in no other proposal. Compares all memories of one look model with each other where their labels
 * could contradict: 10,000 are some 50 million cosines.
 *
 * @throws {RangeError} when an option is out of range
 *
 * @example
 * ```ts
 * import { consolidate } from "./consolidate.ts";
 *
 * console.assert(consolidate({ memories: [], judgements: [], rules: [] }).length === 0);
 * ```
 */
export function consolidate(
  { memories, judgements, rules, problems = [], paths = new Map() }: Consolidated,
  { floor = 0.92, z = 1.2816, window = 200, copyCosine = 0.95, look }: ConsolidateOptions = {},
): Proposal[] {
  const standings = createStandings({ floor, z, window });
  for (const judgement of judgements) standings.add(judgement);
  const { proposals: contradictions, disputed } = contradictionsOf(memories, copyCosine);
  const settled = memories.filter(({ id, not }) => !not && !disputed.has(id));
  const needless = needlessOf(settled, paths, standings);
  const gone = new Set(needless.flatMap(({ ids }) => ids));
  const kept = settled.filter(({ id, model }) =>
    !gone.has(id) && (look === undefined || model === look)
  );
  return [
    ...needless.map(({ proposal }) => proposal),
    ...typesOf(kept),
    ...repeatsOf(rules, problems),
    ...missingRulesOf(judgements, rules, floor, z),
    ...contradictions,
  ];
}

/** Memories of things that the network names as they were taught. */
function needlessOf(
  memories: readonly KnownMemory[],
  paths: NonNullable<Consolidated["paths"]>,
  standings: Standings,
): { ids: string[]; proposal: Proposal }[] {
  const things = memories.filter(({ kind }) => kind === "thing");
  return [...Map.groupBy(things, ({ label }) => label)].flatMap(([label, all]) => {
    const known = all.flatMap(({ id, path }) => {
      const now = paths.get(id) ?? path;
      const name = now.at(-1);
      // What the network says badly is better remembered.
      return name !== undefined && isNamed(label, now) &&
          standings.demotionOf({ route: "network", label: name, by: null }, null) === null
        ? [{ id, name }]
        : [];
    });
    if (known.length === 0) return [];
    const ids = known.map(({ id }) => id);
    const names = [...new Set(known.map(({ name }) => name))];
    const records = names.map((name) => recordWords(standings, name));
    return [{
      ids,
      proposal: {
        kind: "needless",
        says: `The network alone knows ${count(ids.length, "memory", "memories")} of ${
          quoted(label)
        }: forget ${ids.length === 1 ? "it" : "them"}.`,
        why: `It says ${names.map(quoted).join(", ")} of ${ids.length} of ${all.length}; ${
          records.join("; ")
        }.`,
        change: { drop: ids },
      },
    }];
  });
}

/**
 * Whether a path gives the label: its most specific name is it, or is a kind of it that says so itself
 * ("Siamese cat" below "cat"; but a "hot dog" is below no "dog").
 */
function isNamed(label: string, path: readonly string[]): boolean {
  const name = label.toLowerCase();
  const words = path.map((word) => word.toLowerCase());
  const last = words.at(-1);
  return last === name || (words.includes(name) && last!.endsWith(` ${name}`));
}

function recordWords(standings: Standings, name: string): string {
  const { judged, right, lower } = standings.of("label", labelKey("network", name));
  return judged === 0
    ? `its answers with ${quoted(name)} were not judged yet`
    : `its answers with ${quoted(name)} were right in ${right} of ${judged}, lower bound ${
      lower.toFixed(2)
    }`;
}

/** Labels of individuals whose photos are less alike than those of one. */
function typesOf(memories: readonly KnownMemory[]): Proposal[] {
  const individuals = memories.filter(({ kind, scope }) =>
    kind === "thing" && scope === "individual"
  );
  return [...Map.groupBy(individuals, ({ label, model }) => JSON.stringify([label, model]))]
    .flatMap(([, all]): Proposal[] => {
      if (all.length < FEWEST_OF_TYPE) return [];
      const cohesion = cohesionOf(all.map(({ embedding }) => embedding));
      if (cohesion >= COHESION) return [];
      const { label } = all[0]!;
      return [{
        kind: "type",
        says: `${quoted(label)} looks like a type and not like an individual: make its ${
          count(all.length, "memory", "memories")
        } a prototype.`,
        why: `Mean cosine of two of them ${cohesion.toFixed(2)}; photos of one individual have ${
          COHESION.toFixed(2)
        } and more.`,
        change: { type: { label, ids: all.map(({ id }) => id) } },
      }];
    });
}

/** Mean cosine of two different ones of n unit vectors: (|Σ v|² − n) / (n (n − 1)). */
function cohesionOf(looks: readonly Float32Array[]): number {
  const sum = new Float32Array(looks[0]!.length);
  for (const look of looks) {
    for (let d = 0; d < sum.length; d++) sum[d]! += look[d]!;
  }
  const n = looks.length;
  return (cosine(sum, sum) - n) / (n * (n - 1));
}

/** Rules that can go, for another says the same before them. */
function repeatsOf(rules: readonly Rule[], problems: readonly RuleProblem[]): Proposal[] {
  const proposals: Proposal[] = [];
  const gone = new Set<string>();
  for (const same of Map.groupBy(rules, meaningOf).values()) {
    // Of those that hold together, the one that is asked first is the only one that ever answers.
    const [first, ...others] = same.toSorted((a, b) =>
      Number(b.enabled) - Number(a.enabled) || b.priority - a.priority || (a.id < b.id ? -1 : 1)
    );
    if (others.length === 0) continue;
    for (const { id } of others) gone.add(id);
    proposals.push({
      kind: "repeat",
      says: `${count(others.length, "rule says", "rules say")} what rule ${
        first!.id
      } says already: delete ${others.length === 1 ? "it" : "them"}.`,
      why: `${others.map(({ id }) => id).join(", ")}: the same conditions and consequence, ${
        first!.enabled ? "asked later" : "all switched off"
      }.`,
      change: { dropRules: others.map(({ id }) => id) },
    });
  }
  const known = new Set(rules.map(({ id }) => id));
  // The youngest first, so that of two that make each other needless the older stays.
  for (const { rule, by, says } of problems.toSorted((a, b) => a.rule < b.rule ? 1 : -1)) {
    if (gone.has(rule) || !known.has(rule) || (by !== null && gone.has(by))) continue;
    const isSure = by !== null && by !== rule && known.has(by);
    if (isSure) gone.add(rule);
    proposals.push({
      kind: "repeat",
      says: isSure
        ? `Rule ${rule} is needless beside rule ${by}: delete it.`
        : `Rule ${rule} may be needless: look at it.`,
      why: says,
      change: isSure ? { dropRules: [rule] } : null,
    });
  }
  return proposals;
}

/** The same for rules that hold of the same answers and do the same: `x` is short for `{"is": x}`. */
function meaningOf({ when, then }: Pick<RuleText, "when" | "then">): string {
  const sorted = (record: object) =>
    Object.entries(record).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  const conditions = sorted(when).map(([field, test]) => [
    field,
    sorted(typeof test === "object" && test !== null ? test : { is: test }),
  ]);
  return JSON.stringify([conditions, sorted(then)]);
}

/** Rules that would set the network's steady mistakes right. */
function missingRulesOf(
  judgements: readonly Judgement[],
  rules: readonly Rule[],
  floor: number,
  z: number,
): Proposal[] {
  const written = new Set(rules.map(meaningOf));
  const answers = judgements.filter(({ facts }) =>
    facts.route === "network" && facts.label !== null
  );
  return [...Map.groupBy(answers, ({ facts }) => facts.label!)].flatMap(
    ([label, all]): Proposal[] => {
      const truths = Map.groupBy(
        all.filter(({ right, truth }) => !right && truth !== null && truth !== label),
        ({ truth }) => truth!,
      );
      const [best] = [...truths].sort(([, a], [, b]) => b.length - a.length);
      if (best === undefined) return [];
      const [truth, wrong] = best;
      const { lower } = wilson(wrong.length, all.length, z);
      if (wrong.length < FEWEST_MISTAKES || lower < floor) return [];
      // Doubtful answers are judged more often than sure ones, and should not speak for those.
      const sure = all.filter(({ claimed }) => claimed === "is");
      const agreed = sure.filter((one) => !one.right && one.truth === truth).length;
      if (agreed < floor * sure.length) return [];
      const rule: RuleText = {
        when: { route: "network", label },
        then: { label: truth },
        priority: 0,
        enabled: true,
        note: `judged ${wrong.length} of ${all.length} times`,
      };
      if (written.has(meaningOf(rule))) return [];
      return [{
        kind: "rule",
        says: `What the network calls ${quoted(label)} is ${quoted(truth)} here: write a rule.`,
        why: `So it was judged in ${wrong.length} of ${all.length} answers, lower bound ${
          lower.toFixed(2)
        }; ${agreed} of ${sure.length} where the network was sure.`,
        change: { rule },
      }];
    },
  );
}

/** Two memories that cannot both be right, and how alike they are. */
interface Dispute {
  readonly a: KnownMemory;
  readonly b: KnownMemory;
  /** Null for the same bytes. */
  readonly similarity: number | null;
}

/** Memories of one picture or face that say different things of it. */
function contradictionsOf(
  memories: readonly KnownMemory[],
  copyCosine: number,
): { proposals: Proposal[]; disputed: Set<string> } {
  const disputes: Dispute[] = [];
  for (const [i, a] of memories.entries()) {
    for (let j = 0; j < i; j++) {
      const b = memories[j]!;
      if (!couldContradict(a, b)) continue;
      const similarity = likenessOf(a, b);
      if (similarity === null || similarity >= copyCosine) {
        disputes.push({ a: b, b: a, similarity });
      }
    }
  }
  const disputed = new Set(disputes.flatMap(({ a, b }) => [a.id, b.id]));
  const claims = Map.groupBy(
    disputes,
    ({ a, b }) => JSON.stringify([a.kind, a.scope, ...[claimOf(a), claimOf(b)].sort()]),
  );
  const proposals = [...claims.values()].map((all): Proposal => {
    const [first] = all;
    const pairs = all.slice(0, SHOWN).map(({ a, b, similarity }) =>
      `${a.id} and ${b.id} (${
        similarity === null ? "the same file" : `cosine ${similarity.toFixed(3)}`
      })`
    );
    const more = all.length - pairs.length;
    return {
      kind: "contradiction",
      says: `${all.length === 1 ? "One picture was" : `${all.length} pictures were`} taught as ${
        claimOf(first!.a)
      } and as ${claimOf(first!.b)}: forget what is wrong.`,
      why: `${pairs.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`,
      change: null,
    };
  });
  return { proposals, disputed };
}

function couldContradict(a: KnownMemory, b: KnownMemory): boolean {
  if (a.kind !== b.kind) return false;
  if (a.not && b.not) return false;
  // Rex can be a dog, but not Max as well.
  return a.not || b.not ? a.label === b.label : a.label !== b.label && a.scope === b.scope;
}

/**
 * How alike two memories are, −1 to 1; null for the same example. Two faces that are alike are no
 * contradiction: siblings and poor photos are for the judge of faces.
 */
function likenessOf(a: KnownMemory, b: KnownMemory): number | null {
  if (a.bytes === b.bytes && a.face?.index === b.face?.index) return null;
  const isComparable = a.kind === "thing" && a.model === b.model &&
    a.embedding.length === b.embedding.length;
  return isComparable ? cosine(a.embedding, b.embedding) : -1;
}

const claimOf = ({ label, not }: KnownMemory) => `${not ? "not " : ""}${quoted(label)}`;

const quoted = (label: string) => `"${label}"`;

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
