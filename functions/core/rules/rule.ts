/**
 * Rules that people write: what must hold of an answer, and what is answered instead.
 *
 * @module
 */

/** What a field can hold. */
export type Scalar = string | number | boolean | null;

/**
 * What one field of the facts is compared with; a bare value is `is`. Of several, all must hold.
 *
 * Text is compared without regard to case, and ordered by its characters, as suits ISO dates. Values
 * of another type are never equal, less or greater. What is absent is null.
 */
export type Test =
  | Scalar
  | {
    readonly is?: Scalar;
    /** Anything else, null too. */
    readonly not?: Scalar;
    /** One of these. */
    readonly in?: readonly Scalar[];
    readonly lt?: number | string;
    readonly lte?: number | string;
    readonly gt?: number | string;
    readonly gte?: number | string;
    /** Text that begins so. */
    readonly starts?: string;
    /** Whether it is not null. */
    readonly exists?: boolean;
  };

/**
 * All fields must hold; `path` holds where any of its words does, and its `not` where no word is
 * that.
 */
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
