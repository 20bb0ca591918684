/**
 * Judges the models and the memory on photos, as far apart from what was fitted as each report says,
 * prints the tables and writes them to `training/reports/`.
 *
 *     deno task eval                   # everything
 *     deno task eval recall            # one part; also: people, generalization, likeness, paradigms,
 *                                  # practice
 *     deno task eval --data DIR        # photos from elsewhere than ../shared/data
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { ALIKE_FACES, type Parts } from "../functions/assemble.ts";
import { openParts } from "../functions/open.ts";
import { type Hierarchy, parseHierarchy } from "../models/hierarchy.ts";
import { createKinds, type ScoreKinds } from "../models/kinds.ts";
import { cohortOf } from "../models/look.ts";
import { type Manifest, parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { root, sharedPath } from "./collections.ts";
import { evaluateGeneralization } from "./eval/generalization.ts";
import { formatGeneralization } from "./eval/generalization_report.ts";
import { labelledPhotos } from "./eval/labelled_photos.ts";
import { evaluateLikeness } from "./eval/likeness.ts";
import { formatLikeness } from "./eval/likeness_report.ts";
import { lookPhotos } from "./eval/look_photos.ts";
import { evaluatePeople, formatPeople } from "./eval/people.ts";
import { evaluatePractice } from "./eval/practice/evaluate.ts";
import { formatPractice } from "./eval/practice/report.ts";
import { streamPhotos } from "./eval/practice/stream_photos.ts";
import { evaluateRecall, formatRecall } from "./eval/recall.ts";
import type { Report } from "./eval/report.ts";
import { seenPhotos } from "./eval/seen_photos.ts";
import { styledPhotos } from "./eval/styled_photos.ts";
import { openViewReader, type ViewReader } from "./eval/view_reader.ts";
import { join } from "./paths.ts";
import { openEmbeddingReader } from "./data/embedding_reader.ts";
import { measureCosts } from "./eval/paradigms/costs.ts";
import { evaluateParadigms } from "./eval/paradigms/evaluate.ts";
import { evaluationOf, formatParadigms } from "./eval/paradigms/report.ts";
import { writeAtomically } from "./manifest_file.ts";
import { startEngine } from "./nets/engine.ts";
import { FEATURES } from "./sketch/sketch.ts";
import { createBackboneHead } from "./paradigms/backbone_head.ts";
import { CLUTTER } from "./paradigms/training_data.ts";
import { readCollection } from "./paradigms/world.ts";
import { readClassifier } from "./recipes/classifier.ts";
import { HUMAN } from "./recipes/human.ts";
import { JOINT } from "./recipes/joint.ts";
import { SEQUENTIAL } from "./recipes/sequential.ts";

/** Memory that the evaluation's Workers and tables are sized by, in MiB. */
const MEMORY_MB = 1024;

const models = join(root, "models");
const features = join(root, ".cache/features");

/** Opens the service's parts over a memory of their own, and closes them. */
async function withParts(judge: (parts: Parts) => Promise<Report>): Promise<Report> {
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

/** What is judged without the service: the networks, and what they see in every view. */
interface Networks {
  readonly manifest: Manifest;
  readonly hierarchy: Hierarchy;
  readonly reader: ViewReader;
  readonly scoreKinds: ScoreKinds;
  /** Tells what is going on, apart from the report. */
  readonly log: (line: string) => void;
}

/** Opens the committed networks and closes them. */
async function withNetworks(judge: (networks: Networks) => Promise<Report>): Promise<Report> {
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(join(models, "manifest.json"))),
  );
  const hierarchy = parseHierarchy(
    JSON.parse(await Deno.readTextFile(join(models, manifest.hierarchy.file))),
  );
  const reader = await openViewReader(manifest.backbone, models);
  const graph = await openNative(await Deno.readFile(join(models, manifest.kinds.file)));
  try {
    return await judge({
      manifest,
      hierarchy,
      reader,
      scoreKinds: createKinds(graph, manifest.kinds),
      log: (line) => console.error(line),
    });
  } finally {
    await reader.close();
    await graph.release();
  }
}

/** Parts of the report: what each writes. */
const PARTS = {
  recall: (data: string) =>
    withParts(async (parts) => ({ markdown: formatRecall(await evaluateRecall(parts, data)) })),
  people: (data: string) =>
    withParts(async (parts) => ({
      markdown: formatPeople(await evaluatePeople(parts, data, join(root, ".cache/faces"))),
    })),
  generalization: (data: string) =>
    withNetworks(async ({ manifest, hierarchy, reader, scoreKinds, log }) =>
      formatGeneralization(
        await evaluateGeneralization(
          {
            hierarchy,
            classifier: readClassifier(await Deno.readFile(join(models, manifest.backbone.file))),
            committed: {
              kinds: { scoreKinds, decided: manifest.kinds.decided },
              network: manifest.network,
              photos: manifest.kinds.made.photos,
            },
          },
          await seenPhotos(await labelledPhotos(data, hierarchy), reader, { cache: features }),
          await seenPhotos(styledPhotos(join(data, "pacs"), hierarchy), reader, {
            cache: features,
          }),
          log,
        ),
      )
    ),
  likeness: (data: string) =>
    withNetworks(async ({ manifest, hierarchy, reader, scoreKinds, log }) => {
      const photos = await lookPhotos(data, hierarchy, {
        reader,
        scoreKinds,
        cache: features,
        log,
      });
      if (photos === null) {
        throw new Deno.errors.NotFound("breeds, novel-breeds, caltech101 and instances");
      }
      return formatLikeness(
        await evaluateLikeness(
          {
            hierarchy,
            network: manifest.network,
            committed: manifest.look,
            cohort: cohortOf(await Deno.readFile(join(models, manifest.look.cohort.file))),
          },
          { ...photos, others: await photos.others() },
          log,
        ),
      );
    }),
  paradigms: judgeParadigms,
  practice: (data: string) =>
    withParts(async ({ manifest, encoder, generalize, judge, faces }) => {
      const log = (line: string) => console.error(line);
      const photos = await streamPhotos(data, {
        encoder,
        cache: join(root, ".cache/practice"),
        log,
      });
      return formatPractice(
        await evaluatePractice(
          photos,
          {
            models: encoder,
            generalize,
            judge,
            faces,
            openTable: () => createInProcessTable({ tableBytes: MEMORY_MB * 2 ** 20 / 4 }),
            alike: { person: ALIKE_FACES, thing: manifest.look.copy.cosine },
          },
          log,
        ),
      );
    }),
} satisfies Record<string, (data: string) => Promise<Report>>;

/** Seeds that the paradigms are trained with; each takes about 25 minutes on two cores. */
const SEEDS = [1, 2, 3];

/**
 * Trains and judges the paradigms with several seeds, and leaves the benchmark where the service
 * tells of it. What was computed before on the same photos is not computed again.
 */
async function judgeParadigms(data: string): Promise<Report> {
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(join(models, "manifest.json"))),
  );
  const begun = performance.now();
  const log = (line: string) =>
    console.error(`${((performance.now() - begun) / 1000).toFixed(0)} s: ${line}`);
  const cache = join(root, ".cache");
  const reader = await openEmbeddingReader(manifest.backbone, models);
  try {
    const collection = await readCollection(join(data, "caltech101"), {
      reader,
      cache: join(cache, "embeddings"),
      leaveOut: [CLUTTER],
      log,
    });
    await startEngine();
    const backbone = createBackboneHead(
      readClassifier(await Deno.readFile(join(models, manifest.backbone.file))),
    );
    const findings = await evaluateParadigms(
      { collection, reader, backbone, cache, seeds: SEEDS, log },
      { sequential: SEQUENTIAL, joint: JOINT, human: HUMAN },
    );
    const committed = [manifest.paradigms?.sequential, manifest.paradigms?.joint];
    const networks: Record<string, Uint8Array> = {};
    for (const section of committed) {
      if (section) networks[section.file] = await Deno.readFile(join(models, section.file));
    }
    const facts = {
      photos: collection.paths.length,
      digest: collection.photos,
      classes: collection.classes.length,
      seeds: SEEDS,
      costs: await measureCosts(networks, {
        dim: collection.dim,
        width: manifest.backbone.outputs.logits.dim,
        hidden: SEQUENTIAL.hidden,
        classes: collection.classes.length,
        photos: collection.paths.length,
        features: FEATURES,
      }),
    };
    await Deno.mkdir(join(models, "paradigms"), { recursive: true });
    await writeAtomically(
      join(models, "paradigms/evaluation.json"),
      `${JSON.stringify(evaluationOf(findings, facts), null, 2)}\n`,
    );
    return formatParadigms(findings, facts);
  } finally {
    await reader.close();
  }
}

const USAGE = `deno task eval [part...] [--data DIR]

Parts: recall, people, generalization, likeness, paradigms, practice; all when none is named. Each prints its tables and writes them to
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
    const report = await PARTS[name](data).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.error(`${name} needs photos that are not in ${data}: ${error.message}`);
      return Deno.exit(2);
    });
    console.log(report.markdown);
    await Deno.writeTextFile(join(reports, `${name}.md`), report.markdown);
    for (const [file, markdown] of Object.entries(report.files ?? {})) {
      await Deno.writeTextFile(join(reports, `${file}.md`), markdown);
    }
    for (const [chart, svg] of Object.entries(report.charts ?? {})) {
      await Deno.writeTextFile(join(reports, `${chart}.svg`), svg);
    }
  }
  // The training engine's Workers would keep the process alive.
  Deno.exit(0);
}
