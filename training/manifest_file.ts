/**
 * Writes `models/manifest.json`.
 *
 * @module
 */
import { parseSection, type Section, type SectionName } from "../models/manifest.ts";
import { root } from "./collections.ts";
import { join } from "./paths.ts";

/** Where the manifest lies. */
export const manifestPath: string = join(root, "models/manifest.json");

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Keys in code-unit order at every level, so that a file differs only where its content does. */
function sorted(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sorted);
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.keys(json).sort().map((key) => [key, sorted(json[key])]));
}

async function readManifest(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  const json: unknown = JSON.parse(text);
  if (!isObject(json)) {
    throw new TypeError(`Expected an object in ${path}, got ${text.slice(0, 20)}`);
  }
  return json;
}

/**
 * Sets one section of the manifest and leaves the others as they are, in one step: a reader sees
 * the file before or after, never half of it.
 *
 * @param section its name
 * @param value checked by the section's schema before anything is written
 * @param path of another manifest than the project's
 * @throws {TypeError} when the value is not as the section should be
 */
export async function updateManifest<N extends SectionName>(
  section: N,
  value: Section<N>,
  path: string = manifestPath,
): Promise<void> {
  const checked = parseSection(section, value);
  const manifest = { ...await readManifest(path), [section]: checked };
  await writeAtomically(path, `${JSON.stringify(sorted(manifest), null, 2)}\n`);
}

/** Writes a file in one step, by renaming a finished one. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(temporary, content);
    else await Deno.writeFile(temporary, content);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
