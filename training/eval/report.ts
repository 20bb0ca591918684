/**
 * What a part of the evaluation writes.
 *
 * @module
 */

/** A report and the charts that it shows. */
export interface Report {
  readonly markdown: string;
  /** Further Markdown documents by the name of their file, without its ending. */
  readonly files?: Readonly<Record<string, string>>;
  /** SVG documents by the name of their file, without its ending. */
  readonly charts?: Readonly<Record<string, string>>;
}
