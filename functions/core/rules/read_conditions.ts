/**
 * What a rule's conditions come to, field by field.
 *
 * @module
 */
import { fieldOf } from "./fields.ts";
import type { Conditions, Scalar, Test } from "./rule.ts";
import { fold, intersect, keyOfSet, listed, toValueSet, type ValueSet } from "./value_set.ts";

/** What is asked of the path. */
export interface PathDemand {
  /** One of its words is in here; null when none has to be. */
  readonly some: ValueSet | null;
  /** None of its words is in here. */
  readonly none: ReadonlySet<Scalar>;
}

/** Conditions, ready to be compared. */
export interface Demands {
  /** By field, the path aside. */
  readonly fields: ReadonlyMap<string, ValueSet>;
  readonly path: PathDemand | null;
}

/** Reads the conditions. What can be listed is: of the certainty, not "is" are the other two. */
export function readConditions(when: Conditions): Demands {
  const fields = new Map<string, ValueSet>();
  let path: PathDemand | null = null;
  for (const [name, test] of Object.entries(when)) {
    if (name === "path") path = readPath(test);
    else fields.set(name, within(name, toValueSet(test)));
  }
  return { fields, path };
}

function within(name: string, set: ValueSet): ValueSet {
  const field = fieldOf(name);
  if (field?.type === "flag") return intersect(listed([true, false]), set);
  if (field?.type !== "choice") return set;
  return intersect(listed(field.nullable ? [...field.choices, null] : field.choices), set);
}

function readPath(test: Test): PathDemand {
  if (typeof test !== "object" || test === null) return { some: listed([test]), none: new Set() };
  const { not, ...rest } = test;
  const none = new Set<Scalar>(not === undefined ? [] : [fold(not)]);
  if (Object.values(rest).every((value) => value === undefined)) return { some: null, none };
  const some = toValueSet(test);
  return { some, none };
}

/** Demands have the same key only when they are the same. */
export function keyOfDemands({ fields, path }: Demands): string {
  const keys = [...fields].map(([name, set]) => [name, keyOfSet(set)].join("\n")).sort();
  return JSON.stringify([
    keys,
    path && [path.some && keyOfSet(path.some), [...path.none].sort()],
  ]);
}
