/**
 * Keeps the import arrows: models ← functions/core ← functions/routes ← app.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { filesBelow, root } from "./support/data.ts";
import { relative } from "../training/paths.ts";

/** Rooms of the house, the most specific first, and the rooms that each may import. */
const ROOMS: readonly [room: string, pattern: RegExp, may: readonly string[]][] = [
  ["models", /^models\//, []],
  ["core", /^functions\/core\//, ["models"]],
  ["photo", /^functions\/photo\//, ["models", "core"]],
  ["memory", /^functions\/memory\//, ["models", "core"]],
  ["routes", /^functions\/routes\//, ["models", "core"]],
  ["app", /^functions\/(app|settings)\.ts$/, ["routes", "core"]],
  ["assembly", /^functions\/assemble\.ts$/, ["models", "core", "routes"]],
  ["opening", /^functions\/open\.ts$/, ["models", "core", "photo", "memory", "app", "assembly"]],
  ["composition", /^functions\/[a-z_]+\.ts$/, [
    "models",
    "core",
    "photo",
    "memory",
    "routes",
    "app",
    "assembly",
    "opening",
  ]],
  ["evaluation", /^training\/(eval\/|data\/|eval\.ts$|recipes\/)/, [
    "models",
    "core",
    "photo",
    "memory",
    "assembly",
    "opening",
    "training",
  ]],
  ["training", /^training\//, ["models", "core", "evaluation"]],
  // The service as it runs in a tab: a composition of its own.
  ["private", /^web\/private\//, [
    "models",
    "core",
    "photo",
    "memory",
    "routes",
    "app",
    "assembly",
    "web",
  ]],
  ["web", /^web\//, ["models", "core", "private"]],
  ["tests", /^tests\//, [
    "models",
    "core",
    "photo",
    "memory",
    "routes",
    "app",
    "assembly",
    "opening",
    "composition",
    "evaluation",
    "training",
    "private",
    "web",
  ]],
];

function roomOf(path: string): readonly [string, RegExp, readonly string[]] {
  const room = ROOMS.find(([, pattern]) => pattern.test(path));
  assert(room, `${path} lies in no room of the house`);
  return room;
}

interface Dependency {
  readonly specifier: string;
  readonly isTypeOnly?: boolean;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

/** All modules that a file leads to, as Deno itself sees them. */
async function modulesOf(file: string): Promise<readonly Module[]> {
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return (JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] }).modules;
}

const sources = ["functions", "models", "training", "web", "tests"]
  .flatMap((folder) => filesBelow(`${root}/${folder}`))
  .map((path) => relative(root, path))
  .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("web/dist/"));

/** Every local import of the project, once, with whether only types are taken. */
async function arrows(): Promise<{ from: string; to: string; types: boolean }[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      sources.map((path) => `import "file://${root}/${path}";`).join("\n"),
    );
    const prefix = `file://${root}/`;
    const found: { from: string; to: string; types: boolean }[] = [];
    for (const module of await modulesOf(entry)) {
      if (!module.specifier.startsWith(prefix)) continue;
      const from = module.specifier.slice(prefix.length);
      const text = await Deno.readTextFile(`${root}/${from}`);
      for (const { specifier, code, type } of module.dependencies ?? []) {
        const target = code?.specifier ?? type?.specifier;
        if (!target?.startsWith(prefix)) continue;
        const escaped = specifier.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        const values = new RegExp(
          `(import|export)\\s(?!type\\s)[^;]*?["']${escaped}["']|import\\(\\s*["']${escaped}["']`,
        ).test(text);
        found.push({ from, to: target.slice(prefix.length), types: !values });
      }
    }
    return found;
  } finally {
    await Deno.remove(entry);
  }
}

Deno.test("imports follow the data's way through the house", async () => {
  const wrong: string[] = [];
  const all = await arrows();
  assert(all.length > 50, `expected the project's imports, found ${all.length}`);
  for (const { from, to, types } of all) {
    const [room, , may] = roomOf(from);
    const [target] = roomOf(to);
    if (room === target || may.includes(target)) continue;
    if (room === "web" && to === "functions/app.ts" && types) continue;
    // What the page may know of the routes is their shapes.
    if (room === "web" && target === "routes" && types) continue;
    wrong.push(`${from} imports ${to}: ${room} may not reach ${target}`);
  }
  assertEquals(wrong, []);
});

Deno.test("models, core and routes know no platform", async () => {
  const wrong: string[] = [];
  for (const path of sources) {
    if (!/^(models|functions\/(core|routes))\/|^functions\/assemble\.ts$/.test(path)) continue;
    const text = (await Deno.readTextFile(`${root}/${path}`)).replaceAll(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      "",
    );
    if (/\bDeno\./.test(text) || /["']node:/.test(text)) wrong.push(path);
  }
  assertEquals(wrong, []);
});

Deno.test("only composition files read the environment", async () => {
  const allowed = /^(functions\/[a-z_]+\.ts|training\/.*|web\/build\.ts|tests\/.*)$/;
  const wrong: string[] = [];
  for (const path of sources) {
    if (allowed.test(path)) continue;
    if (/Deno\.env|process\.env/.test(await Deno.readTextFile(`${root}/${path}`))) wrong.push(path);
  }
  assertEquals(wrong, []);
});
