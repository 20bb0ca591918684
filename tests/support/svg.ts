/**
 * What every chart must be.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

/** Tags of an SVG, each opened one closed; what stands in quotes or between tags is escaped. */
export function assertWellFormed(svg: string): void {
  const open: string[] = [];
  let at = 0;
  for (
    const { 0: tag, 1: end, 2: name, 3: attributes, 4: alone, index } of svg.matchAll(
      /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<&]*")*)\s*(\/?)>/g,
    )
  ) {
    assert(!/[<>]|&(?!amp;|lt;|gt;)/.test(svg.slice(at, index)), `odd text before ${tag}`);
    at = index + tag.length;
    if (end) assertEquals(open.pop(), name);
    else if (!alone) open.push(name!);
    assert(!/NaN|Infinity|undefined/.test(attributes!), tag);
  }
  assertEquals(svg.slice(at).trim(), "");
  assertEquals(open, []);
}
