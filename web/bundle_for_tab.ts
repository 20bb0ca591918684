/**
 * Bundles a program that runs in a tab with all that it imports, by Deno's own bundler: it finds
 * packages, and theirs, where Deno keeps them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/**
 * Writes one module.
 *
 * @param entry file of the program
 * @param output file to be written
 * @param importMap file that is asked instead of the project's
 * @throws {Error} when something cannot be found or read
 */
export async function bundleForTab(
  entry: string,
  output: string,
  importMap?: string,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      ...(importMap === undefined ? [] : [`--import-map=${importMap}`]),
      `--output=${output}`,
      entry,
    ],
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`${entry} could not be bundled: ${new TextDecoder().decode(stderr)}`);
  }
}
