/**
 * Files that are sent as they lie on the disk: the models that the manifest names, and the engine for
 * browsers. They are read as they are sent, since they are megabytes.
 *
 * @module
 */
import type { ServedFiles } from "./routes/services.ts";

const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  wasm: "application/wasm",
};

/** Finds every file that a manifest names with its hash, whatever section it is in. */
export function filesOf(manifest: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { file, sha256 } = value as { file?: unknown; sha256?: unknown };
    if (typeof file === "string" && typeof sha256 === "string") found.set(file, sha256);
    Object.values(value).forEach(visit);
  };
  visit(manifest);
  return found;
}

/**
 * Makes what opens them.
 *
 * @param models folder of the manifest and its files
 * @param runtime folder of the engine's files, as the build leaves them
 */
export async function createServedFiles(models: URL, runtime: URL): Promise<ServedFiles> {
  const text = await Deno.readTextFile(new URL("manifest.json", models));
  const hashes = filesOf(JSON.parse(text));
  const manifest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  ).toHex();
  const known = new Map<string, { readonly url: URL; readonly version: string }>([
    ["/models/manifest.json", { url: new URL("manifest.json", models), version: manifest }],
    ...[...hashes].map(([file, sha256]) =>
      [`/models/${file}`, { url: new URL(file, models), version: sha256 }] as const
    ),
  ]);
  try {
    for await (const { name, isFile } of Deno.readDir(runtime)) {
      if (!isFile) continue;
      const url = new URL(encodeURIComponent(name), runtime);
      const { size, mtime } = await Deno.stat(url);
      known.set(`/runtime/${name}`, { url, version: `${size}-${mtime?.getTime() ?? 0}` });
    }
  } catch (error) {
    // The page is not built: then nobody asks for it.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return {
    async open(path) {
      const found = known.get(path);
      if (found === undefined) return undefined;
      const file = await Deno.open(found.url).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      });
      if (file === undefined) return undefined;
      const { size } = await file.stat();
      const type = TYPES[path.split(".").at(-1)!] ?? "application/octet-stream";
      return {
        etag: `"${found.version.slice(0, 32)}"`,
        type,
        bytes: size,
        body: file.readable,
      };
    },
  };
}
