/**
 * What the page and the Worker of private mode say to each other.
 *
 * @module
 */

/** What has come of all that is loaded before the first answer, in bytes. */
export interface Loaded {
  /** What is being loaded. */
  readonly file: string;
  readonly bytes: number;
  /** Of all that is known to be needed so far. */
  readonly of: number;
}

/** A request, without what only a page can send. */
export interface Asked {
  readonly id: number;
  /** With the query. */
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: ArrayBuffer | null;
}

/** What the Worker says. */
export type Said =
  | { readonly type: "loaded"; readonly loaded: Loaded }
  | { readonly type: "open" }
  | { readonly type: "failed"; readonly message: string }
  | {
    readonly type: "reply";
    readonly id: number;
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: ArrayBuffer;
  };
