/**
 * What all charts have in common.
 *
 * @module
 */

/** Text as it may stand inside an SVG document. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * A whole SVG document, readable on light and on dark.
 *
 * @param left where the title begins, in pixels
 * @param top its baseline, in pixels
 * @param parts elements, one a line
 */
export function svgDocument(
  { title, width, height, left, top }: {
    readonly title: string;
    readonly width: number;
    readonly height: number;
    readonly left: number;
    readonly top: number;
  },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" role="img" font-family="sans-serif" font-size="11" fill="#888">`,
    `<title>${escaped(title)}</title>`,
    `<text x="${left}" y="${top}" font-size="13">${escaped(title)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
