/**
 * The recipes of the trained paradigms, small, from folders of photos to answers of the service.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import type { Answer, JointParts, SequentialParts } from "../functions/core/answer_type.ts";
import { parseManifest } from "../models/manifest.ts";
import { paradigmCard } from "../models/paradigm_card.ts";
import { sha256Hex } from "../models/sha256.ts";
import { createRandom } from "../training/eval/random.ts";
import { VARIANTS } from "../training/eval/variants.ts";
import { startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import { quantizeInt8 } from "../training/onnx/int8_weight.ts";
import type { HumanSettings } from "../training/paradigms/human.ts";
import type { JointSettings } from "../training/paradigms/joint.ts";
import type { SequentialSettings } from "../training/paradigms/sequential.ts";
import { fromFileUrl, join } from "../training/paths.ts";
import type { Recipe } from "../training/recipe.ts";
import { createRecipe as createHuman, HUMAN } from "../training/recipes/human.ts";
import { createRecipe as createJoint, JOINT } from "../training/recipes/joint.ts";
import { createRecipe as createSequential, SEQUENTIAL } from "../training/recipes/sequential.ts";
import type { Whitening } from "../training/sketch/whitening.ts";
import { FEATURES, withoutParadigms } from "./support/paradigm_models.ts";
import { formOf, samplePhoto, type TestService, withService } from "./support/service.ts";
import { withFolder } from "./support/temp_folder.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

/** Folders of classes, and the photo that each one's photos are copies of. */
const SAMPLES = {
  cat: "chelsea_cat.jpg",
  coffee_cup: "coffee_cup.jpg",
  portrait: "grace_hopper.jpg",
  rocket: "rocket.jpg",
} as const;
const CLASSES = ["cat", "coffee cup", "portrait", "rocket"];

/** Writes an album: of each class the photo and copies of it. */
async function writeAlbum(
  folder: string,
  classes: readonly (keyof typeof SAMPLES)[],
  copies = VARIANTS,
): Promise<void> {
  for (const name of classes) {
    const photo = samplePhoto(SAMPLES[name]);
    await Deno.mkdir(join(folder, name), { recursive: true });
    await Deno.writeFile(join(folder, name, "0.jpg"), photo);
    for (const [i, variant] of copies.entries()) {
      await Deno.writeFile(join(folder, name, `${i + 1}.jpg`), await variant.make(photo));
    }
  }
}

/** A random one: fitting it takes seconds, however few photos there are. */
function randomWhitening(features: number): Whitening {
  const draw = gaussian(createRandom(1));
  const data = Float32Array.from({ length: features * FEATURES }, draw);
  return {
    mean: new Float32Array(FEATURES).fill(0.5),
    projection: quantizeInt8({ dims: [features, FEATURES], data }),
  };
}

const sketch = { whitening: randomWhitening(24), tables: 40, comparisons: 2, among: 4 };

const SMALL_SEQUENTIAL: SequentialSettings = {
  ...SEQUENTIAL,
  hidden: [12],
  settling: { epochs: 6, rate: 5e-3, dropout: 0.5 },
  memorizing: { ...SEQUENTIAL.memorizing, epochs: 4, rate: 5e-3, averaged: 3 },
  batch: 8,
  seed: 3,
  sketch,
};

const SMALL_JOINT: JointSettings = {
  ...JOINT,
  hidden: [12],
  epochs: 10,
  rate: 5e-3,
  dropout: 0.5,
  // Few photos give small sums of gradients.
  ftrl: { alpha: 5, l1: 0.01 },
  levels: [0, 0.5],
  batch: 8,
  seed: 3,
  sketch,
};

const SMALL_HUMAN: HumanSettings = {
  ...HUMAN,
  network: {
    ...SMALL_SEQUENTIAL,
    memorizing: { ...SMALL_SEQUENTIAL.memorizing, epochs: 0 },
  },
  exceptions: 0.1,
};

interface Trial {
  /** Runs a recipe into a folder of models. */
  run(
    recipe: Recipe,
    models: URL,
    given?: { data?: string; log?: (line: string) => void },
  ): Promise<void>;
  readonly folder: string;
}

/** Runs a test on an album of four classes. */
async function withAlbum(test: (trial: Trial) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const album = join(folder, "album");
    await writeAlbum(album, Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]);
    await test({
      folder,
      run: (recipe, models, { data = album, log = () => {} } = {}) =>
        recipe.run({
          data,
          cache: join(folder, "cache"),
          models: fromFileUrl(models).replace(/[/\\]$/, ""),
          log,
        }),
    });
  });
}

/** Digests of the files that the recipes write, by name. */
async function writtenTo(models: URL): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const names = [
    "manifest.json",
    "sequential.onnx",
    "joint.onnx",
    "paradigms/sequential.json",
    "paradigms/joint.json",
    "paradigms/human.json",
  ];
  for (const name of names) {
    try {
      digests[name] = await sha256Hex(await Deno.readFile(new URL(name, models)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return digests;
}

async function manifestOf(models: URL) {
  return parseManifest(JSON.parse(await Deno.readTextFile(new URL("manifest.json", models))));
}

function recipeTest(name: string, fn: (trial: Trial) => Promise<void>): void {
  Deno.test({
    name,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => withAlbum(fn),
  });
}

async function classify<T>(
  service: TestService,
  paradigm: string,
  photo: Uint8Array<ArrayBuffer>,
): Promise<T> {
  const request = { method: "POST", body: photo };
  const reply = await service.request(`/classify?paradigm=${paradigm}`, request);
  assertEquals(reply.status, 200, await reply.clone().text());
  return await reply.json();
}

recipeTest(
  "what the recipes make of an album is served, and answers by its classes",
  async ({ run }) => {
    await withoutParadigms(async (models) => {
      const lines: string[] = [];
      await run(createSequential(SMALL_SEQUENTIAL), models, { log: (line) => lines.push(line) });
      await run(createJoint(SMALL_JOINT), models);
      assertEquals(
        lines.filter((line) => /^sequential [█░]{20} \d+\/10, loss /.test(line)).length,
        10,
      );

      const { paradigms } = await manifestOf(models);
      assertEquals(paradigms!.classes, CLASSES);
      for (const id of ["sequential", "joint"] as const) {
        const { file, bytes, sha256, made } = paradigms![id]!;
        const model = await Deno.readFile(new URL(file, models));
        assertEquals([model.length, await sha256Hex(model)], [bytes, sha256]);
        assertEquals([made.seed, made.command], [3, `deno task train ${id}`]);
        // 9 photos of each class, of which one is for validation and one for the test.
        assertEquals(made.data, "28 photos of 4 classes: the user's photos");
        const text = await Deno.readTextFile(new URL(`paradigms/${id}.json`, models));
        const card = paradigmCard.parse(JSON.parse(text));
        assertEquals([card.id, card.trained.seed, card.trained.photos], [id, 3, made.photos]);
        assertEquals(card.curves.map(({ name, x }) => [name, x.length]), [
          ["train", 10],
          ["validation", 10],
          ["test", 10],
        ]);
        for (const { value } of card.figures) assert(value >= 0 && value <= 1, `${value}`);
      }
      assertEquals(paradigms!.sequential!.made.photos, paradigms!.joint!.made.photos);

      await withService(models, async (service) => {
        const { paradigms: cards } = await (await service.request("/paradigms")).json();
        const told = cards.map((
          { id, served, bytes }: Record<string, unknown>,
        ) => [id, served, bytes]);
        for (const id of ["sequential", "joint"] as const) {
          assert(
            told.some((card: unknown[]) =>
              card[0] === id && card[1] === true && card[2] === paradigms![id]!.bytes
            ),
            JSON.stringify(told),
          );
          const card = await (await service.request(`/paradigms/${id}`)).json();
          assertEquals(card.curves.length, 3);
        }
        let spoken = 0;
        for (const [i, sample] of Object.values(SAMPLES).entries()) {
          const photo = samplePhoto(sample);
          const [sequential, joint] = [
            await classify<Answer>(service, "sequential", photo),
            await classify<Answer>(service, "joint", photo),
          ];
          for (const answer of [sequential, joint]) {
            assertEquals([answer.label, answer.route], [CLASSES[i], "network"]);
            const others = answer.alternatives.map(({ label }) => label);
            assertEquals([answer.label, ...others].sort(), CLASSES);
          }
          const { known, head } = sequential.parts as SequentialParts;
          const least = paradigms!.sequential!.known;
          assertEquals(head, known >= least ? "memorizer" : "generalizer");
          const { deep, wide } = joint.parts as JointParts;
          assert(Number.isFinite(deep));
          if (wide !== 0) spoken++;
          const { answers } = await classify<{ answers: Record<string, Answer> }>(
            service,
            "compare",
            photo,
          );
          assertEquals(Object.keys(answers), ["sequential", "joint", "human"]);
          assertEquals(
            ["sequential", "joint"].map((id) => answers[id]!.label),
            [CLASSES[i]!, CLASSES[i]!],
          );
          assertEquals(answers.sequential!.parts, sequential.parts);
          assertEquals(answers.joint!.parts, joint.parts);
        }
        assertGreater(spoken, 0, "the wide part says nothing of any photo");
        // What it never saw is answered by one of its classes, too.
        const body = formOf({ paradigm: "joint" }, samplePhoto("eileen_collins.jpg"));
        const reply = await service.request("/classify", { method: "POST", body });
        assert(CLASSES.includes((await reply.json()).label));
      });
    });
  },
);

recipeTest(
  "a recipe gives the same bytes for the same seed, stopped in between or not",
  async ({ run, folder }) => {
    const recipes = [createSequential(SMALL_SEQUENTIAL), createJoint(SMALL_JOINT)];
    await withoutParadigms(async (models) => {
      for (const recipe of recipes) await run(recipe, models);
      const made = await writtenTo(models);
      assertEquals(Object.keys(made).length, 5);
      const runs = join(folder, "cache", "runs");
      const folders = [...Deno.readDirSync(runs)].map(({ name }) => name).sort();
      assertEquals(folders.map((name) => name.split("-")[0]), ["joint", "sequential"]);
      for (const name of folders) {
        assertEquals([...Deno.readDirSync(join(runs, name))].map(({ name }) => name).sort(), [
          "curves.json",
          "curves.svg",
          "report.md",
          "weights.bin",
        ]);
      }

      await withoutParadigms(async (again) => {
        for (const recipe of recipes) {
          // Stopped at the end of the ninth epoch, before it is saved: among those that are averaged.
          const stop = (line: string) => {
            if (line.includes(" 9/10,")) throw new Deno.errors.Interrupted("stopped");
          };
          await assertRejects(() => run(recipe, again, { log: stop }), Deno.errors.Interrupted);
          const lines: string[] = [];
          await run(recipe, again, { log: (line) => lines.push(line) });
          const first = lines.find((line) => line.includes("/10,"))!;
          assert(first.includes(" 9/10,"), first);
        }
        assertEquals(await writtenTo(again), made);
      });

      await withoutParadigms(async (other) => {
        await run(createSequential({ ...SMALL_SEQUENTIAL, seed: 4 }), other);
        await run(createJoint({ ...SMALL_JOINT, seed: 4 }), other);
        const differing = await writtenTo(other);
        for (const [name, digest] of Object.entries(made)) assertNotEquals(differing[name], digest);
      });
    });
  },
);

recipeTest(
  "a recipe with the project's own sketch takes an album of few photos",
  async ({ run }) => {
    const { sketch: _, ...settings } = SMALL_SEQUENTIAL;
    await withoutParadigms(async (models) => {
      await run(createSequential(settings), models);
      const { paradigms } = await manifestOf(models);
      const { sequential } = paradigms!;
      assertGreater(sequential!.known, 0);
      assertLess(sequential!.bytes, 3_000_000);
    });
  },
);

recipeTest("the recipe of the third paradigm writes its card alone", async ({ run }) => {
  await withoutParadigms(async (models) => {
    const before = await writtenTo(models);
    const lines: string[] = [];
    await run(createHuman(SMALL_HUMAN), models, { log: (line) => lines.push(line) });
    assertMatch(lines.at(-1)!, /^exceptions \d\.\d{3}, unchanged \d\.\d{3}$/);
    const { "paradigms/human.json": digest, ...others } = await writtenTo(models);
    assert(digest);
    assertEquals(others, before);
    const written = JSON.parse(
      await Deno.readTextFile(new URL("paradigms/human.json", models)),
    );
    const card = paradigmCard.parse(written);
    assertEquals(card, written);
    assertEquals(card.id, "human");
    const { seed, data, photos, exceptions, threshold } = card.trained;
    assertEquals([seed, data, exceptions], [
      3,
      "28 photos of 4 classes: the user's photos",
      "3 photos, 10 %, taught with another label",
    ]);
    assertMatch(String(photos), /^[0-9a-f]{64}$/);
    assert(typeof threshold === "number" && threshold >= -1, `${threshold}`);
    assertEquals(card.figures.map(({ name }) => name), [
      "exceptions answered as taught",
      "right of 4 photos not trained on",
      "the same, network alone",
      "new photos answered as if nothing had been taught",
    ]);
    for (const { value, from } of card.figures) {
      assert(value >= 0 && value <= 1, `${value}`);
      assertEquals(from, "deno task train human");
    }
    assert(card.limits.length > 0 && card.curves.length === 0);
    await withService(models, async (service) => {
      const told = await (await service.request("/paradigms/human")).json();
      assertEquals(told, { ...card, served: true, bytes: null });
    });
  });
});

recipeTest("a paradigm of other classes takes the place of both", async ({ run, folder }) => {
  const data = join(folder, "other");
  await writeAlbum(data, ["cat", "rocket"]);
  await withoutParadigms(async (models) => {
    await run(createSequential(SMALL_SEQUENTIAL), models);
    await run(createJoint(SMALL_JOINT), models, { data });
    const { paradigms } = await manifestOf(models);
    assertEquals(Object.keys(paradigms!).sort(), ["classes", "joint"]);
    assertEquals(paradigms!.classes, ["cat", "rocket"]);
    await withService(models, async (service) => {
      assertEquals((await (await service.request("/health")).json()).paradigms, ["human", "joint"]);
      const { label } = await classify<Answer>(service, "joint", samplePhoto("rocket.jpg"));
      assertEquals(label, "rocket");
    });
  });
});

recipeTest(
  "a recipe refuses an album of which nothing is left to validate by",
  async ({ run, folder }) => {
    const data = join(folder, "few");
    await writeAlbum(data, ["cat", "rocket"], VARIANTS.slice(0, 4));
    await withoutParadigms(async (models) => {
      const before = await writtenTo(models);
      for (
        const recipe of [
          createSequential(SMALL_SEQUENTIAL),
          createJoint(SMALL_JOINT),
          createHuman(SMALL_HUMAN),
        ]
      ) {
        await assertRejects(
          () => run(recipe, models, { data }),
          RangeError,
          "at least 7 photos",
        );
      }
      assertEquals(await writtenTo(models), before);
    });
  },
);
