/**
 * How much a value takes where it is stored.
 *
 * @module
 */

/** What every value, and every field's name, takes beside its content. */
const FRAMING = 9;

/**
 * Bytes that a plain value (text, numbers, arrays, objects, typed arrays) takes at most about when
 * it is cloned by structure.
 */
export function weigh(value: unknown): number {
  if (typeof value === "string") {
    // Text beyond Latin-1 is stored in two bytes a character.
    // deno-lint-ignore no-control-regex
    return FRAMING + (/^[\u0000-\u00ff]*$/.test(value) ? 1 : 2) * value.length;
  }
  if (typeof value !== "object" || value === null) return FRAMING;
  if (ArrayBuffer.isView(value)) return FRAMING + value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + weigh(one), FRAMING);
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + weigh(name) + weigh(one),
    FRAMING,
  );
}
