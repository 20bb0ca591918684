/**
 * Rules that people write: what must hold of an answer, and what is answered instead.
 *
 * @module
 */

/** What one field of the facts is compared with. */
export type Test =
  | string
  | number
  | boolean
  | null
  | {
    readonly is?: string | number | boolean | null;
    readonly not?: string | number | boolean | null;
    /** One of these. */
    readonly in?: readonly (string | number | boolean | null)[];
    readonly lt?: number | string;
    readonly lte?: number | string;
    readonly gt?: number | string;
    readonly gte?: number | string;
    /** Text that begins so. */
    readonly starts?: string;
    readonly exists?: boolean;
  };

/** All fields must hold; `path` holds where any of its words does. */
export type Conditions = Readonly<Record<string, Test>>;

/** What follows. */
export type Consequence =
  | { readonly label: string }
  | { readonly not: string }
  | { readonly review: true };

/** What a person writes. */
export interface RuleText {
  readonly when: Conditions;
  readonly then: Consequence;
  /** −1000 to 1000; the highest is asked first, among equals the oldest. */
  readonly priority: number;
  readonly enabled: boolean;
  /** What it is for; at most 500 characters. */
  readonly note: string;
}

/** A rule as it is stored. */
export interface Rule extends RuleText {
  /** ULID. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
