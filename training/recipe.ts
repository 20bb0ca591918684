/**
 * The interface of the recipes: each makes one part of `models/`.
 *
 * @module
 */

/** What a recipe may use; the command line fills it (`training/train.ts`). */
export interface RecipeContext {
  /** Folder whose sub-folders are classes of photos, when the user has one of their own. */
  readonly data?: string;
  /** Which size of network to import, as "lite0". */
  readonly variant?: string;
  /** A Python wheel that is at hand already. */
  readonly wheel?: string;
  /** Folder for what is downloaded; not tracked. */
  readonly cache: string;
  /** Folder that the results go into: the project's `models/`. */
  readonly models: string;
  /** Tells what is going on, a line at a time. */
  readonly log: (line: string) => void;
}

/** Makes one part of `models/`, the same bytes for the same input. */
export interface Recipe {
  /** What it is called on the command line. */
  readonly name: string;
  /** One line for `--help`. */
  readonly purpose: string;
  run(context: RecipeContext): Promise<void>;
}
