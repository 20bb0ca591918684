/**
 * Compiles the inner loops of the pixel routines: `training/kernels/pixels.as` into
 * `models/simd_kernel_wasm.ts`, as text, so that server, Worker and browser have it without a fetch.
 *
 * `deno task train kernels`
 *
 * AssemblyScript, because its vectors are the engine's own instructions under readable names, and
 * its compiler is an npm package: nothing to install. It is needed here alone, never at run time.
 *
 * @module
 */
import { main as compile } from "assemblyscript/asc";
import { root } from "../collections.ts";
import { writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";

const SOURCE = "training/kernels/pixels.as";
const FILE = "simd_kernel_wasm.ts";
/** Under which the compiler, who knows no other ending, sees the source. */
const ENTRY = "pixels.ts";
const WASM = "pixels.wasm";

/**
 * Compiles an AssemblyScript source that imports nothing.
 *
 * @returns the WebAssembly module, the same bytes for the same source
 * @throws {SyntaxError} with the compiler's report when the source does not compile
 */
export async function compileKernel(source: string): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await compile([
    ENTRY,
    "-O3",
    "--enable=simd",
    "--runtime=stub",
    "--noAssert",
    `--outFile=${WASM}`,
  ], {
    readFile: (name) => name === ENTRY ? source : null,
    writeFile(name, content) {
      if (name === WASM && typeof content !== "string") wasm = content;
    },
    listFiles: () => [],
  });
  if (error || !wasm) throw new SyntaxError(`${SOURCE} does not compile:\n${stderr.toString()}`);
  return new Uint8Array(wasm);
}

/** The TypeScript module that holds a compiled kernel. */
export function kernelModule(wasm: Uint8Array<ArrayBuffer>): string {
  const lines = wasm.toBase64().match(/.{1,92}/g) ?? [];
  return [
    "/**",
    ` * Made from \`${SOURCE}\` by \`deno task train kernels\`; not edited by hand.`,
    " *",
    " * @module",
    " */",
    "",
    `/** A WebAssembly module of ${wasm.length} bytes in base64. */`,
    `export const wasm: string =`,
    `${lines.map((line) => `  "${line}"`).join(" +\n")};`,
    "",
  ].join("\n");
}

/** The module's text as it should be, made from the source on disk. */
export async function buildKernels(): Promise<string> {
  return kernelModule(await compileKernel(await Deno.readTextFile(join(root, SOURCE))));
}

/** Makes and stores the module. */
export const recipe: Recipe = {
  name: "kernels",
  purpose: "compile the inner loops of the pixel routines",
  async run({ models, log }) {
    const text = await buildKernels();
    await writeAtomically(join(models, FILE), text);
    log(`${FILE}: ${text.length} characters`);
  },
};
