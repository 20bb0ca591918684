/**
 * Judges the committed models and the memory on photos that they were not made from, prints the
 * tables and writes them to `training/reports/`.
 *
 *     deno task eval                   # everything
 *     deno task eval recall            # one part; also: people, network
 *     deno task eval --data DIR        # photos from elsewhere than ../shared/data
 *
 * @module
 */
import { parseArgs } from "node:util";
import { openParts, type Parts } from "../functions/open.ts";
import { createGeneralizer } from "../functions/core/generalize.ts";
import { parseHierarchy } from "../models/hierarchy.ts";
import { parseManifest } from "../models/manifest.ts";
import { root, sharedPath } from "./collections.ts";
import { openInProcessEncoder } from "./eval/in_process_encoder.ts";
import { evaluateNetwork, formatNetwork } from "./eval/network.ts";
import { evaluatePeople, formatPeople } from "./eval/people.ts";
import { evaluateRecall, formatRecall } from "./eval/recall.ts";
import { join } from "./paths.ts";

/** Memory that the evaluation's Workers and tables are sized by, in MiB. */
const MEMORY_MB = 1024;

const models = join(root, "models");

/** Opens the service's parts over a memory of their own, and closes them. */
async function withParts(judge: (parts: Parts) => Promise<string>): Promise<string> {
  const parts = await openParts({
    data: ":memory:",
    runtime: undefined,
    memoryMb: MEMORY_MB,
    faceAge: true,
  });
  try {
    return await judge(parts);
  } finally {
    await parts.close();
  }
}

/** Parts of the report: what each writes, as Markdown. */
const PARTS = {
  recall: (data: string) =>
    withParts(async (parts) => formatRecall(await evaluateRecall(parts, data))),
  people: (data: string) =>
    withParts(async (parts) =>
      formatPeople(await evaluatePeople(parts, data, join(root, ".cache/faces")))
    ),
  network: async (data: string) => {
    const manifest = parseManifest(
      JSON.parse(await Deno.readTextFile(join(models, "manifest.json"))),
    );
    const hierarchy = parseHierarchy(
      JSON.parse(await Deno.readTextFile(join(models, manifest.hierarchy.file))),
    );
    const encoder = await openInProcessEncoder(manifest, models);
    try {
      const generalize = createGeneralizer(hierarchy, manifest.network);
      const cache = join(root, ".cache/features");
      return formatNetwork(
        await evaluateNetwork({ encoder, hierarchy, generalize }, data, { cache }),
      );
    } finally {
      await encoder.close();
    }
  },
} as const;

const USAGE = `deno task eval [part...] [--data DIR]

Parts: recall, people, network; all when none is named. Each prints its tables and writes them to
training/reports/. --data DIR holds the photos: instances, imagenet-samples, breeds, novel-breeds,
caltech101, pacs, faces, demo.`;

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { data: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  const data = values.data ?? sharedPath("data");
  if (data === undefined) {
    console.error("eval needs photos: give --data DIR with instances, imagenet-samples, …");
    Deno.exit(2);
  }
  const names = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const unknown = positionals.filter((name) => !names.some((known) => known === name));
  if (unknown.length > 0) {
    console.error(`there is no part ${unknown.join(", ")}; there is: ${names.join(", ")}`);
    Deno.exit(2);
  }
  const reports = join(root, "training/reports");
  await Deno.mkdir(reports, { recursive: true });
  for (const name of names) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const text = await PARTS[name](data).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.error(`${name} needs photos that are not in ${data}: ${error.message}`);
      return Deno.exit(2);
    });
    console.log(text);
    await Deno.writeTextFile(join(reports, `${name}.md`), text);
  }
}
