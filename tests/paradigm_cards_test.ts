/**
 * What is told of the paradigms at `/paradigms`.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createParadigmCards } from "../functions/paradigm_cards.ts";
import { type ParadigmCard, paradigmCard, paradigmEvaluation } from "../models/paradigm_card.ts";
import { filesBelow, root } from "./support/data.ts";
import { withoutParadigms, withParadigms } from "./support/paradigm_models.ts";
import { type TestService, withService } from "./support/service.ts";

const card: ParadigmCard = {
  id: "sequential",
  title: "Generalize first, memorize later",
  what: "One network at two moments of its training.",
  trained: { seed: 45, data: "Caltech-101", classes: 86, noise: 0.05, settled: true, of: ["a"] },
  figures: [
    { name: "Q3", value: 0.9, spread: 0.01, from: "deno task eval paradigms" },
    { name: "one answer", value: 0.2, unit: "ms", from: "deno task bench" },
  ],
  limits: ["It knows its classes alone."],
  paper: {
    authors: "Tänzer, Ruder & Rei",
    title: "Memorisation versus Generalisation in Pre-trained Language Models",
    year: 2022,
    link: "https://arxiv.org/abs/2105.00828",
  },
  curves: [{ name: "test", x: [1, 2, 3], y: [0.3, 0.8, 0.87] }],
  phases: [{ name: "settling", from: 6, to: 12 }],
};

const evaluation = {
  command: "deno task eval paradigms",
  seeds: [1, 2, 3],
  rows: [
    { system: "table alone", q2: 0.99, q3: 0.19, q4: 0.7, d: 0.21, q2Spread: 0.01, facts: 0.05 },
  ],
  exceptions: 0.05,
  notes: ["one of several"],
};

async function write(folder: URL, files: Readonly<Record<string, unknown>>): Promise<void> {
  await Deno.mkdir(new URL("paradigms/", folder), { recursive: true });
  for (const [name, value] of Object.entries(files)) {
    await Deno.writeTextFile(new URL(`paradigms/${name}.json`, folder), JSON.stringify(value));
  }
}

function cardsTest(
  name: string,
  folder: (fn: (folder: URL) => Promise<void>) => Promise<void>,
  files: Readonly<Record<string, unknown>>,
  fn: (service: TestService, folder: URL) => Promise<void>,
): void {
  Deno.test({
    name,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      folder(async (folder) => {
        await write(folder, files);
        await withService(folder, (service) => fn(service, folder));
      }),
  });
}

const human = { ...card, id: "human", curves: [], phases: undefined };

cardsTest(
  "GET /paradigms tells of those that there are, with their curves one by one",
  withParadigms,
  { sequential: card, human, evaluation },
  async (service, folder) => {
    const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", folder)));
    const { bytes } = manifest.paradigms.sequential;
    const listed = await (await service.request("/paradigms", {}, "192.0.2.7")).json();
    const { curves: _, ...summary } = card;
    const { curves: _none, phases: _no, ...ofPeople } = human;
    assertEquals(listed, {
      paradigms: [
        { ...summary, served: true, bytes },
        { ...ofPeople, served: true, bytes: null },
      ],
      evaluation,
    });
    assertEquals(
      await (await service.request("/paradigms/sequential")).json(),
      { ...card, served: true, bytes },
    );
    for (const id of ["joint", "best"]) {
      const reply = await service.request(`/paradigms/${id}`);
      assertEquals(reply.status, 404);
      assertEquals(reply.headers.get("content-type"), "application/problem+json");
      const { detail } = await reply.json();
      assertEquals(detail, `there is no paradigm "${id}"; there is: sequential, human`);
    }
  },
);

cardsTest(
  "GET /paradigms is known again by its validator, and read once",
  withParadigms,
  { sequential: card },
  async (service, folder) => {
    for (const path of ["/paradigms", "/paradigms/sequential"]) {
      const first = await service.request(path);
      const etag = first.headers.get("etag")!;
      assertEquals(first.headers.get("cache-control"), "no-cache");
      await first.body?.cancel();
      await Deno.remove(new URL("paradigms/sequential.json", folder)).catch(() => {});
      const again = await service.request(path, { headers: { "if-none-match": etag } });
      assertEquals([again.status, await again.text()], [304, ""]);
      const other = await service.request(path, { headers: { "if-none-match": '"other"' } });
      assertEquals(other.status, 200);
      await other.body?.cancel();
    }
    const zipped = await service.request("/paradigms", { headers: { "accept-encoding": "gzip" } });
    await zipped.body?.cancel();
    const headers = { "accept-encoding": "gzip", "if-none-match": zipped.headers.get("etag")! };
    const again = await service.request("/paradigms", { headers });
    assertEquals([again.status, await again.text()], [304, ""]);
  },
);

cardsTest(
  "GET /paradigms tells of what is not served, too",
  withoutParadigms,
  { sequential: card, human },
  async (service) => {
    const { paradigms, evaluation } = await (await service.request("/paradigms")).json();
    assertEquals(evaluation, null);
    assertEquals(
      paradigms.map(({ id, served, bytes }: Record<string, unknown>) => [id, served, bytes]),
      [["sequential", false, null], ["human", true, null]],
    );
  },
);

cardsTest(
  "GET /paradigms is empty where there are no cards, and described all the same",
  withoutParadigms,
  {},
  async (service) => {
    const listed = await (await service.request("/paradigms")).json();
    assertEquals(listed, { paradigms: [], evaluation: null });
    const reply = await service.request("/paradigms/human");
    assertStringIncludes((await reply.json()).detail, "there is: none yet");
    const { paths, components: { schemas } } = await (await service.request("/openapi.json"))
      .json();
    assert(paths["/paradigms"].get && paths["/paradigms/{id}"].get);
    assert(schemas.Paradigm.properties.curves);
    assertEquals(schemas.ParadigmSummary.properties.curves, undefined);
    assertStringIncludes(schemas.ParadigmEvaluation.description, "q4 refused");
    const row = schemas.ParadigmEvaluation.properties.rows.items;
    assertEquals(row.required, ["system", "q2", "q3", "q4", "d"]);
  },
);

Deno.test("createParadigmCards() names every field that is not as it should be, and reads again", async () => {
  await withoutParadigms(async (folder) => {
    const { cards, evaluation: read } = createParadigmCards(new URL("paradigms/", folder));
    const curves = [{ name: "test", x: [1, 2], y: [1] }];
    const broken = { ...card, figures: [{ ...card.figures[0]!, from: "" }], curves };
    await write(folder, { sequential: broken, evaluation: { ...evaluation, rows: [{ q2: 1 }] } });
    const error = await assertRejects(cards, TypeError, "paradigms/sequential.json");
    assertStringIncludes(error.message, "figures.0.from");
    assertStringIncludes(error.message, "curves.0.y: must be as long as x");
    await assertRejects(read, TypeError, "rows.0.system");
    await write(folder, { joint: card, sequential: card });
    await assertRejects(cards, TypeError, "joint.json should be the card of joint");
    await write(folder, { joint: { ...card, id: "joint" }, evaluation });
    assertEquals((await cards()).map(({ id }) => id), ["sequential", "joint"]);
    assertEquals(await read(), evaluation);
  });
});

Deno.test("the committed cards are as they should be", async () => {
  const folder = `${root}/models/paradigms`;
  const isThere = await Deno.stat(folder).then(() => true, () => false);
  for (const path of isThere ? filesBelow(folder) : []) {
    const value = JSON.parse(await Deno.readTextFile(path));
    if (path.endsWith("evaluation.json")) paradigmEvaluation.parse(value);
    else assert(path.endsWith(`${paradigmCard.parse(value).id}.json`), path);
  }
});
