/**
 * Maps that fill themselves.
 *
 * @module
 */

/** The value of a key; where there is none, it is made and stored. */
export function setDefault<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
