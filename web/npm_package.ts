/**
 * Where Deno keeps a package of the import map, for tools that read its files.
 *
 * @module
 */

interface Info {
  readonly npmPackages: Readonly<Record<string, { readonly localPath?: string }>>;
}

/**
 * The folder of a package that `deno.json` pins to an exact version.
 *
 * @param name as in the import map, like "hono"
 * @throws {TypeError} when the import map does not pin that name
 * @throws {Error} when Deno cannot say where the package lies
 */
export async function npmPackage(name: string): Promise<string> {
  const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url))) as {
    imports: Record<string, string>;
  };
  const pin = /^npm:((?:@[^/]+\/)?[^@/]+@[^/]+)$/.exec(config.imports[name] ?? "")?.[1];
  if (pin === undefined) {
    throw new TypeError(`deno.json should pin "${name}" as npm:…@version, it has ${pin}`);
  }
  // `info` also fetches it on a machine that has not got it yet.
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `npm:${pin}`],
    cwd: new URL("..", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`deno info npm:${pin} failed: ${text.decode(stderr)}`);
  const { npmPackages } = JSON.parse(text.decode(stdout)) as Info;
  const folder = npmPackages[pin]?.localPath;
  if (folder === undefined) throw new Error(`deno info names no folder for npm:${pin}`);
  return folder;
}
