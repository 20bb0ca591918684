/**
 * Bundles the page into `web/dist`: what the server sends from `/`, `/assets/*` and `/docs`.
 *
 * ```sh
 * deno task build
 * ```
 *
 * The same sources give the same bytes.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { basename, join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import { sha256Hex } from "../models/sha256.ts";
import { bundleForTab } from "./bundle_for_tab.ts";
import { npmPackage } from "./npm_package.ts";
import { strings } from "./strings.ts";

const WEB = fromFileUrl(new URL(".", import.meta.url));

/** What Swagger UI needs to draw the API reference, of the many builds in its package. */
const SWAGGER_FILES = ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"];

/** The engines that answer in a browser, without and with its graphics processor. */
const ENGINES = ["ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.asyncify.wasm"];

/** The programs that answer in a browser, one for each engine. */
const WORKERS = [
  ["worker.ts", "private_worker.js"],
  ["worker_webgpu.ts", "private_worker_webgpu.js"],
] as const;

/** Browsers of 2022 and later; the page uses nothing that would have to be rewritten for them. */
const TARGET = "es2022";

/**
 * Lets esbuild find `hono` where Deno keeps it: a package may import itself by name, so resolving
 * from its own folder honours its `exports`.
 */
function denoPackage(name: string, folder: string): esbuild.Plugin {
  const resolving = Symbol();
  return {
    name: `deno-package-${name}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}(/|$)`) }, ({ path, kind, pluginData }) => {
        if (pluginData === resolving) return undefined;
        return build.resolve(path, { kind, resolveDir: folder, pluginData: resolving });
      });
    },
  };
}

/**
 * Puts texts into a page's placeholders, as `{{title}}`.
 *
 * @throws {RangeError} for a placeholder that there is no text for
 *
 * @example
 * ```ts
 * import { fillFrame } from "./build.ts";
 *
 * console.assert(fillFrame("<h1>{{title}}</h1>", { title: "R&D" }) === "<h1>R&amp;D</h1>");
 * ```
 */
export function fillFrame(html: string, texts: Readonly<Record<string, string>>): string {
  return html.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const text = texts[name];
    if (text === undefined) {
      throw new RangeError(
        `"{{${name}}}" should be one of: ${Object.keys(texts).join(", ")}`,
      );
    }
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  });
}

/** The files that `main.js` cannot start without: the browser is told of them before it asks. */
function startOf({ outputs }: esbuild.Metafile): readonly string[] {
  const named = new Map(Object.entries(outputs).map(([path, out]) => [basename(path), out]));
  const needed = new Set<string>();
  const visit = (file: string) => {
    for (const { path, kind } of named.get(file)?.imports ?? []) {
      if (kind !== "import-statement" || needed.has(basename(path))) continue;
      needed.add(basename(path));
      visit(basename(path));
    }
  };
  visit("main.js");
  return [...needed];
}

/**
 * Builds the page.
 *
 * @param dist folder to build into; what it held is replaced
 */
export async function buildPage(dist: string): Promise<void> {
  const [hono, swagger] = await Promise.all([npmPackage("hono"), npmPackage("swagger-ui-dist")]);
  await Deno.remove(dist, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(join(dist, "assets/samples"), { recursive: true });
  await Deno.mkdir(join(dist, "docs"), { recursive: true });

  let preloads: readonly string[] = [];
  try {
    const { metafile } = await esbuild.build({
      entryPoints: [join(WEB, "main.tsx"), join(WEB, "style.css")],
      outdir: join(dist, "assets"),
      // What only a later view needs is loaded when that view is opened.
      splitting: true,
      chunkNames: "[name]-[hash]",
      metafile: true,
      absWorkingDir: WEB,
      bundle: true,
      minify: true,
      format: "esm",
      target: TARGET,
      charset: "utf8",
      legalComments: "none",
      jsx: "automatic",
      jsxImportSource: "hono/jsx/dom",
      plugins: [denoPackage("hono", hono)],
      logLevel: "warning",
    });
    preloads = startOf(metafile);
  } finally {
    await esbuild.stop();
  }

  await Deno.mkdir(join(dist, "runtime"));
  for (const [entry, output] of WORKERS) {
    await bundleForTab(join(WEB, "private", entry), join(dist, "assets", output));
  }
  const runtime = await npmPackage("onnxruntime-web");
  const copies: [from: string, to: string][] = [
    ...ENGINES.map((file): [string, string] => [join(runtime, "dist", file), `runtime/${file}`]),
    [join(WEB, "icon.svg"), "assets/icon.svg"],
    [join(WEB, "docs/index.html"), "docs/index.html"],
    [join(WEB, "docs/start.js"), "docs/start.js"],
    [join(WEB, "docs/docs.css"), "docs/docs.css"],
    ...SWAGGER_FILES.map((file): [string, string] => [join(swagger, file), `docs/${file}`]),
  ];
  for (const { name } of Deno.readDirSync(join(WEB, "samples"))) {
    if (name.endsWith(".jpg")) copies.push([join(WEB, "samples", name), `assets/samples/${name}`]);
  }
  const frame = await Deno.readTextFile(join(WEB, "index.html"));
  const links = preloads.map((file) => `    <link rel="modulepreload" href="/assets/${file}">\n`);
  const page = fillFrame(frame, strings.frame).replace(/(?=^ *<script)/m, links.join(""));
  await Deno.writeTextFile(join(dist, "index.html"), page);
  await Promise.all(copies.map(([from, to]) => Deno.copyFile(from, join(dist, to))));
  await buildServiceWorker(dist);
}

/** The service worker knows which files the page is of, and its cache is named by what is in them. */
async function buildServiceWorker(dist: string): Promise<void> {
  const shell = ["/"];
  const hashes: string[] = [];
  async function note(file: string): Promise<void> {
    hashes.push(await sha256Hex(await Deno.readFile(file)));
  }
  await note(join(dist, "index.html"));
  await note(join(WEB, "../models/manifest.json"));
  async function list(folder: string): Promise<void> {
    const entries = await Array.fromAsync(Deno.readDir(join(dist, folder)));
    for (const { name, isDirectory } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${name}`;
      if (isDirectory) await list(path);
      else {
        shell.push(`/${path}`);
        await note(join(dist, path));
      }
    }
  }
  await list("assets");
  const build = await sha256Hex(new TextEncoder().encode(hashes.join()));
  try {
    await esbuild.build({
      entryPoints: [join(WEB, "private/service_worker.ts")],
      outfile: join(dist, "service_worker.js"),
      bundle: true,
      minify: true,
      format: "iife",
      target: TARGET,
      define: { BUILD: JSON.stringify(build.slice(0, 16)), SHELL: JSON.stringify(shell) },
      logLevel: "warning",
    });
  } finally {
    await esbuild.stop();
  }
}

if (import.meta.main) await buildPage(join(WEB, "dist"));
