/**
 * Which individuals are fitted on, and which are judged on.
 *
 * @module
 */

/**
 * Whether an individual's photos may be fitted on; what was fitted is judged on the others.
 *
 * @param name of the individual's folder
 */
export function isForFitting(name: string): boolean {
  let hash = 0;
  for (const char of name) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0;
  return hash % 2 === 0;
}
