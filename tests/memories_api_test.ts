/**
 * Teaching, listing and importing over HTTP: what a request must not be able to break.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DEMO_MEMORIES } from "../functions/core/demo.ts";
import { formOf, samplePhoto, serviceTest, type TestService } from "./support/service.ts";
import { randomUnit, seeded } from "./support/vectors.ts";

const CAT = "chelsea_cat.jpg";
const CUP = "coffee_cup.jpg";

/** Sends a request and takes the reply apart. */
async function ask(service: TestService, path: string, init?: RequestInit, from?: string) {
  const reply = await service.request(path, init, from);
  return { status: reply.status, body: await reply.json() };
}

function teach(service: TestService, fields: Record<string, string>, photo = CAT, from?: string) {
  const body = formOf(fields, samplePhoto(photo));
  return ask(service, "/memories", { method: "POST", body }, from);
}

function take(service: TestService, space: string, lines: readonly object[], from?: string) {
  const header = {
    xolo: "memories",
    version: 1,
    space: "elsewhere",
    exportedAt: "2026-01-01T00:00:00Z",
  };
  const body = [header, ...lines].map((line) => JSON.stringify(line)).join("\n");
  return ask(service, `/import?space=${space}`, { method: "POST", body }, from);
}

/** A line of an export that a number makes. */
function line(n: number, model: string, dimension: number, fields: object = {}) {
  const embedding = new Uint8Array(randomUnit(dimension, seeded(n)).slice().buffer);
  const hash = n.toString(16).padStart(64, "0");
  return {
    label: "Rex",
    kind: "thing",
    scope: "individual",
    not: false,
    model,
    embedding: embedding.toBase64(),
    bytes: hash,
    fingerprint: null,
    image: { width: 640, height: 480 },
    path: [],
    createdAt: "2020-01-01T00:00:00Z",
    ...fields,
  };
}

/** Names what makes looks, as the service's own memories say. */
async function modelOf(service: TestService): Promise<string> {
  const { body } = await teach(service, { label: "anything", space: "elsewhere" }, CUP);
  return body.memories[0].model;
}

serviceTest(
  "POST /import refuses embeddings that the network cannot have made",
  async (service) => {
    const refused = await take(service, "default", [line(1, await modelOf(service), 8)]);
    assertEquals(refused.status, 422);
    assertMatch(refused.body.detail, /line 2 .*embedding.*1280/);
    assertEquals((await ask(service, "/spaces/default")).status, 404);
    // Another network's are taken in and stand in nobody's way.
    const foreign = await take(service, "default", [line(1, "another", 8)]);
    assertEquals(foreign.body, { imported: 1, known: 0 });
    assertEquals((await teach(service, { label: "Chelsea" })).status, 201);
    const photo = samplePhoto(CUP);
    assertEquals((await ask(service, "/classify", { method: "POST", body: photo })).status, 200);
  },
);

serviceTest("labels that come in by an import can be forgotten", async (service) => {
  const id = await modelOf(service);
  const bad = await take(service, "default", [line(1, id, 1280, { label: "bad\nlabel" })]);
  assertEquals(bad.status, 422);
  assertStringIncludes(bad.body.detail, "label");
  const label = "e\u0301tienne";
  assertEquals((await take(service, "default", [line(1, id, 1280, { label })])).status, 200);
  const path = `/labels/${encodeURIComponent(label)}`;
  const forgotten = await ask(service, path, { method: "DELETE" });
  assertEquals([forgotten.status, forgotten.body.forgotten], [200, 1]);
});

serviceTest(
  "a cursor that is none is a bad request or names a place, never an error",
  async (service) => {
    await teach(service, { label: "Chelsea" });
    for (const cursor of ["abc", "", "%00", "u".repeat(26)]) {
      assertEquals((await ask(service, `/memories?cursor=${cursor}`)).status, 400, cursor);
    }
    const { status, body } = await ask(service, `/memories?cursor=${"8".repeat(26)}`);
    assertEquals([status, body.memories], [200, []]);
    for (const cursor of ["abc", "", "%00", "%F0%9F%90%95"]) {
      assertEquals((await ask(service, `/labels?cursor=${cursor}`)).status, 200, cursor);
    }
  },
);

serviceTest("teaching again renews what another network was taught", async (service) => {
  const { body: first } = await teach(service, { label: "Chelsea", keepPhoto: "true" });
  const [header, text] = (await (await service.request("/export")).text()).split("\n") as [
    string,
    string,
  ];
  assert(header.includes("memories"));
  await ask(service, "/spaces/default", { method: "DELETE" });
  const old = line(1, "old", 8);
  const taken = await take(service, "default", [
    { ...JSON.parse(text), model: "old", embedding: old.embedding },
  ]);
  assertEquals(taken.body, { imported: 1, known: 0 });
  const again = await teach(service, { label: "Chelsea" });
  assertEquals([again.status, again.body.created], [201, 1]);
  const { body } = await ask(service, "/memories");
  assertEquals(body.memories, again.body.memories);
  const [{ id, model, hasPhoto, createdAt }] = body.memories;
  assertEquals([model, hasPhoto], [first.memories[0].model, true]);
  assertEquals(createdAt, first.memories[0].createdAt);
  const photo = await service.request(`/memories/${id}/photo`);
  assertEquals((await photo.bytes()).toBase64(), JSON.parse(text).photo);
});

serviceTest("names of demo spaces cannot be taught in by anybody", async (service) => {
  const taught = await teach(service, { label: "Chelsea", space: "demo-family" });
  assertEquals(taught.status, 422);
  assertStringIncludes(taught.body.detail, "kept for demo spaces");
  assertEquals((await take(service, "demo-family", [line(1, "other", 8)])).status, 422);
  assertEquals((await ask(service, "/spaces/demo-family")).status, 404);
});

serviceTest("a demo space holds no more than its quota, however it is asked", async (service) => {
  const away = "192.0.2.7";
  const { space } = (await ask(service, "/spaces", { method: "POST" }, away)).body;
  const lines = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => line(from + i, "other", 8));
  const count = async () => (await ask(service, `/spaces/${space}`, {}, away)).body.memories;
  const replies = await Promise.all(
    [0, 1, 2, 3].map((n) => take(service, space, lines(50 * n + 1, 50), away)),
  );
  assertEquals(replies.map((one) => one.status).toSorted(), [200, 200, 429, 429]);
  assertEquals(await count(), DEMO_MEMORIES);
  assertEquals((await teach(service, { label: "Chelsea", space }, CAT, away)).status, 429);
  const { body } = await ask(service, `/memories?space=${space}&limit=1`, {}, away);
  const path = `/memories/${body.memories[0].id}?space=${space}`;
  await ask(service, path, { method: "DELETE" }, away);
  assertEquals((await teach(service, { label: "Chelsea", space }, CAT, away)).status, 201);
  const again = await teach(service, { label: "Chelsea", space }, CAT, away);
  assertEquals([again.status, again.body.created], [200, 0]);
  assertEquals(await count(), DEMO_MEMORIES);
  // The owner keeps to it too, and to names that were opened.
  assertEquals((await teach(service, { label: "Mug", space }, CUP)).status, 429);
  assertEquals((await teach(service, { label: "Mug", space: "demo-family" }, CUP)).status, 404);
}, { XOLO_DEMO: "1" });
