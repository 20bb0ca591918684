/**
 * The trained paradigms through the service.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import sharp from "sharp";
import { type AnswerParts, createAnswer } from "../functions/core/answer.ts";
import type { Answer, JointParts, SequentialParts } from "../functions/core/answer_type.ts";
import { createCompare } from "../functions/core/compare.ts";
import type { EncodeOptions } from "../functions/core/encoder.ts";
import { openParts } from "../functions/open.ts";
import {
  CLASSES,
  type SmallModels,
  smallModels,
  withoutParadigms,
  withParadigms,
} from "./support/paradigm_models.ts";
import { formOf, samplePhoto, type TestService, withService } from "./support/service.ts";

const CAT = samplePhoto("chelsea_cat.jpg");
const CUP = samplePhoto("coffee_cup.jpg");
const PERSON = samplePhoto("eileen_collins.jpg");

/** Registers a test against a service on small models. */
function paradigmTest(
  name: string,
  fn: (service: TestService, folder: URL) => Promise<void>,
  { models = smallModels(), env = {} }: {
    readonly models?: SmallModels;
    readonly env?: Record<string, string>;
  } = {},
): void {
  Deno.test({
    name,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      withParadigms(
        (folder) => withService(folder, (service) => fn(service, folder), env),
        models,
      ),
  });
}

async function classify<T = Answer>(
  service: TestService,
  photo: Uint8Array<ArrayBuffer>,
  fields: Record<string, string>,
  from?: string,
): Promise<T> {
  const body = formOf(fields, photo);
  const reply = await service.request("/classify", { method: "POST", body }, from);
  assertEquals(reply.status, 200, await reply.clone().text());
  return await reply.json();
}

type Answers = { answers: Record<"sequential" | "joint" | "human", Answer> };

async function teach(
  service: TestService,
  fields: Record<string, string>,
  photo: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const body = formOf(fields, photo);
  const reply = await service.request("/memories", { method: "POST", body });
  assertEquals(reply.status, 201, await reply.text());
}

/** What an answer says, without the paradigm and the time. */
function said({ paradigm: _p, model: _m, timings: _t, ...answer }: Answer) {
  return answer;
}

paradigmTest(
  "POST /classify answers by the paradigm that is asked for",
  async (service, folder) => {
    const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", folder)));
    for (const paradigm of ["sequential", "joint"] as const) {
      const answer = await classify(service, CAT, { paradigm });
      assertEquals([answer.paradigm, answer.route], [paradigm, "network"]);
      assert(CLASSES.includes(answer.label as typeof CLASSES[number]), `${answer.label}`);
      assertEquals(
        answer.model,
        { id: paradigm, version: manifest.paradigms[paradigm].sha256.slice(0, 12) },
      );
      assertEquals([answer.path, answer.novel, answer.evidence], [[], false, []]);
      assertEquals(answer.alternatives.length, CLASSES.length - 1);
      const sum = answer.alternatives.reduce((sum, one) => sum + one.confidence, answer.confidence);
      assertAlmostEquals(sum, 1, 1e-9);
      assertEquals(answer.subjects, [{
        kind: "thing",
        label: answer.label,
        certainty: answer.certainty,
        confidence: answer.confidence,
        similarity: null,
        box: { x: 0, y: 0, ...answer.image },
      }]);
      assertGreater(answer.timings.encode, 0);
      assertEquals(answer.timings.faces, 0);
    }
    const sequential = await classify(service, CAT, { paradigm: "sequential" });
    assertEquals(sequential.parts, { known: 0.25, head: "generalizer" });
    assertStringIncludes(sequential.reason, "stands out by 0.25, 0.41 needed");
    assert(sequential.novelty > 0 && sequential.novelty < 1);
    const { deep, wide } = (await classify(service, CAT, { paradigm: "joint" }))
      .parts as JointParts;
    assertGreater(deep + wide, 0);
    for (const fields of [{}, { paradigm: "human" }]) {
      const human = await classify(service, CAT, fields);
      assertEquals([human.paradigm, human.parts], ["human", undefined]);
    }
  },
);

paradigmTest(
  "POST /classify takes the paradigm from a form, a query and JSON alike",
  async (service) => {
    const headers = { "content-type": "application/json" };
    const image = CAT.toBase64();
    for (const paradigm of ["sequential", "compare"]) {
      const body = JSON.stringify({ image, paradigm });
      const replies = await Promise.all([
        service.request("/classify", { method: "POST", body: formOf({ paradigm }, CAT) }),
        service.request(`/classify?paradigm=${paradigm}`, { method: "POST", body: CAT }),
        service.request("/classify", { method: "POST", body, headers }),
      ]);
      const answers = await Promise.all(replies.map((reply) => reply.json()));
      const of = (reply: Answer & Answers) => said(reply.answers?.sequential ?? reply);
      for (const answer of answers) assertEquals(of(answer), of(answers[0]));
      assertEquals(of(answers[0]).parts, { known: 0.25, head: "generalizer" });
    }
  },
);

paradigmTest("POST /classify lets the memorizer answer what the router knows", async (service) => {
  const answer = await classify(service, CAT, { paradigm: "sequential" });
  assertEquals((answer.parts as SequentialParts).head, "memorizer");
  assertEquals(answer.novelty, 0);
  assertStringIncludes(
    answer.reason,
    "seen in training: a group of training photos stands out by 0.5",
  );
}, { models: smallModels(0.5) });

paradigmTest(
  "the exact table comes first in all paradigms, and nothing by its look",
  async (service) => {
    await teach(service, { label: "Chelsea" }, CAT);
    await teach(service, { label: "Eileen" }, PERSON);
    for (const paradigm of ["sequential", "joint"]) {
      const same = await classify(service, CAT, { paradigm });
      assertEquals([same.label, same.route, same.certainty], ["Chelsea", "memory", "is"]);
      assertEquals([same.evidence[0]!.by, same.timings.encode], ["bytes", 0]);
      assertEquals([same.paradigm, same.parts], [paradigm, undefined]);
      assertEquals(said(same), said(await classify(service, CAT, {})));
      assertEquals(
        said(await classify(service, PERSON, { paradigm })),
        said(await classify(service, PERSON, {})),
      );

      const copy = new Uint8Array(await sharp(CAT).resize(220).flop().jpeg().toBuffer());
      const copied = await classify(service, copy, { paradigm });
      assertEquals([copied.label, copied.route], ["Chelsea", "memory"]);
      assertEquals(copied.evidence[0]!.by, "copy");
      // All but how new it is, which each paradigm tells of its own classes.
      const { novelty, ...others } = said(copied);
      const human = said(await classify(service, copy, {}));
      assertEquals({ ...others, novelty: human.novelty }, human);
      assert(novelty >= 0 && novelty <= 1 && novelty !== human.novelty);

      // Known by the look and by the face, and so by people's table alone.
      const { width, height } = await sharp(CAT).metadata();
      const crop = { left: 40, top: 30, width: width - 80, height: height - 60 };
      const cropped = new Uint8Array(await sharp(CAT).extract(crop).jpeg().toBuffer());
      assertEquals((await classify(service, cropped, {})).label, "Chelsea");
      assertEquals((await classify(service, cropped, { paradigm })).route, "network");
      const face = new Uint8Array(await sharp(PERSON).resize(300).png().toBuffer());
      assertEquals((await classify(service, face, {})).label, "Eileen");
      assertEquals((await classify(service, face, { paradigm })).route, "network");
    }
    // In another space nothing was taught.
    const elsewhere = await classify(service, CAT, { paradigm: "joint", space: "shop" });
    assertEquals(elsewhere.route, "network");
    await teach(service, { label: "Chelsea", not: "true" }, CAT);
    assertEquals(
      (await classify(service, CAT, { paradigm: "joint" })).route,
      "network",
      "taken back",
    );
  },
);

paradigmTest(
  "POST /classify compares the three, each as if it were asked alone",
  async (service) => {
    await teach(service, { label: "Chelsea" }, CAT);
    for (const photo of [CAT, CUP, PERSON]) {
      const { answers } = await classify<Answers>(service, photo, { paradigm: "compare" });
      assertEquals(Object.keys(answers), ["sequential", "joint", "human"]);
      for (const [paradigm, answer] of Object.entries(answers)) {
        assertEquals(answer.paradigm, paradigm);
        assertEquals(said(answer), said(await classify(service, photo, { paradigm })));
        assertLess(answer.timings.decode + answer.timings.encode, answer.timings.total);
      }
      assertEquals(answers.human.label === "Chelsea", photo === CAT);
    }
    const preview = { paradigm: "compare", preview: "true" };
    assertEquals(
      Object.keys((await classify<Answers>(service, PERSON, preview)).answers).length,
      3,
    );
  },
);

paradigmTest("callers who may not recall compare the networks alone", async (service) => {
  await teach(service, { label: "Chelsea" }, CAT);
  const fields = { paradigm: "compare" };
  const { answers } = await classify<Answers>(service, CAT, fields, "192.0.2.7");
  assertEquals(Object.values(answers).map(({ route }) => route), ["network", "network", "network"]);
  assertEquals(Object.values(answers).flatMap(({ evidence }) => evidence), []);
});

Deno.test({
  name: "compare() encodes once, and not at all what is known by its bytes",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withParadigms(async (folder) => {
      const settings = {
        data: ":memory:",
        runtime: "native",
        memoryMb: 512,
        faceAge: true,
      } as const;
      const parts = await openParts(settings, folder);
      try {
        const asked: EncodeOptions[] = [];
        const { encoder, manifest: { paradigms } } = parts;
        const counting: AnswerParts = {
          ...parts,
          paradigms: paradigms!,
          encoder: {
            ...encoder,
            encode(photo, options = {}) {
              asked.push(options);
              return encoder.encode(photo, options);
            },
          },
        };
        const compare = createCompare(counting);
        const ask = { space: "home", recall: true };
        await compare(CAT, ask);
        assertEquals(asked, [{ faces: "full", paradigms: ["sequential", "joint"] }]);
        const lesson = {
          space: "home",
          label: "Chelsea",
          kind: "auto",
          scope: "individual",
        } as const;
        await parts.teach([CAT], { ...lesson, not: false, keepPhoto: false, force: false });
        assertEquals((await compare(CAT, ask)).joint.label, "Chelsea");
        assertEquals(asked.length, 1);
        await createAnswer(counting)(CUP, { ...ask, paradigm: "joint" });
        assertEquals(asked[1], { faces: "none", paradigms: ["joint"], owned: false });
      } finally {
        await parts.close();
      }
    }),
});

paradigmTest("a service that is never asked for a paradigm opens none", async (service, folder) => {
  for (const file of ["sequential.onnx", "joint.onnx"]) await Deno.remove(new URL(file, folder));
  assertEquals((await classify(service, CAT, {})).route, "network");
  assertEquals((await (await service.request("/health")).json()).paradigms, [
    "human",
    "sequential",
    "joint",
  ]);
});

Deno.test({
  name: "without the manifest's section only people's paradigm is served",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withoutParadigms((folder) =>
      withService(folder, async (service) => {
        assertEquals((await (await service.request("/health")).json()).paradigms, ["human"]);
        assertEquals((await classify(service, CAT, { paradigm: "human" })).paradigm, "human");
        for (const paradigm of ["sequential", "joint", "compare"]) {
          const reply = await service.request(`/classify?paradigm=${paradigm}`, {
            method: "POST",
            body: CAT,
          });
          assertEquals(reply.status, 422);
          assertStringIncludes(
            (await reply.json()).detail,
            `"${paradigm}" is not served here; there is: human`,
          );
        }
        const body = formOf({ paradigm: "best" }, CAT);
        const unknown = await service.request("/classify", { method: "POST", body });
        assertEquals(unknown.status, 400);
        await unknown.body?.cancel();
      })
    ),
});

paradigmTest("GET /openapi.json describes one answer and three", async (service) => {
  const { paths, components: { schemas } } = await (await service.request("/openapi.json")).json();
  const { schema } = paths["/classify"].post.responses[200].content["application/json"];
  const [one, three] = ["Answer", "Comparison"].map((name) => ({
    $ref: `#/components/schemas/${name}`,
  }));
  assertEquals(schema.anyOf, [one, three]);
  assertEquals(schemas.Comparison.properties.answers.properties.joint, one);
  assertEquals(schemas.Answer.required.includes("parts"), false);
  assertEquals(schemas.Answer.properties.parts.anyOf.length, 2);
});
