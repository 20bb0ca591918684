import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import sharp from "sharp";
import type { Answer } from "../functions/core/answer_type.ts";
import { formOf, samplePhoto, serviceTest, type TestService } from "./support/service.ts";

const CAT = "chelsea_cat.jpg";
const CUP = "coffee_cup.jpg";
const PERSON = "eileen_collins.jpg";

async function classify(
  service: TestService,
  photo: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const reply = await service.request("/classify", { method: "POST", body: formOf(fields, photo) });
  assertEquals(reply.status, 200, await reply.clone().text());
  return await reply.json();
}

async function teach(
  service: TestService,
  fields: Record<string, string>,
  ...photos: Uint8Array<ArrayBuffer>[]
): Promise<Response> {
  return await service.request("/memories", { method: "POST", body: formOf(fields, ...photos) });
}

async function problemOf(reply: Response, status: number): Promise<Record<string, unknown>> {
  const text = await reply.text();
  assertEquals(reply.status, status, text);
  assertEquals(reply.headers.get("content-type"), "application/problem+json");
  const problem = JSON.parse(text);
  assertEquals(problem.status, status);
  for (const field of ["type", "title", "detail", "requestId"]) {
    assertEquals(typeof problem[field], "string", field);
  }
  return problem;
}

serviceTest("POST /classify says cat for a cat and cup for a cup", async (service) => {
  const cat = await classify(service, samplePhoto(CAT));
  assertEquals(cat.route, "network");
  assert(cat.path.includes("cat"), cat.path.join(" → "));
  assertEquals(cat.path.at(-1), cat.label);
  assertGreater(cat.confidence, 0.5);
  assertEquals(cat.evidence, []);
  assertGreater(cat.timings.encode, 0);
  const cup = await classify(service, samplePhoto(CUP));
  assert(
    cup.path.some((kind) => /cup|container|utensil|espresso|dish|food/.test(kind)),
    cup.path.join(" → "),
  );
});

serviceTest("POST /classify takes a form, raw bytes and JSON alike", async (service) => {
  const photo = samplePhoto(CAT);
  const replies = await Promise.all([
    service.request("/classify", { method: "POST", body: formOf({}, photo) }),
    service.request("/classify?space=default", {
      method: "POST",
      body: photo,
      headers: { "content-type": "image/jpeg" },
    }),
    service.request("/classify", {
      method: "POST",
      body: photo,
      headers: { "content-type": "application/octet-stream" },
    }),
    service.request("/classify", { method: "POST", body: photo }),
    ...[photo.toBase64(), `data:image/jpeg;base64,${photo.toBase64()}`].map((image) =>
      service.request("/classify", {
        method: "POST",
        body: JSON.stringify({ image, context: { album: "home" } }),
        headers: { "content-type": "application/json" },
      })
    ),
  ]);
  const answers: Answer[] = await Promise.all(replies.map((reply) => reply.json()));
  assertEquals(replies.map(({ status }) => status), [200, 200, 200, 200, 200, 200]);
  for (const answer of answers) {
    assertEquals(answer.label, answers[0]!.label);
    assertEquals(answer.confidence, answers[0]!.confidence);
  }
});

serviceTest("a taught photo is recalled by bytes, its copies as copies", async (service) => {
  const photo = samplePhoto(CAT);
  const taught = await teach(service, { label: "Chelsea" }, photo);
  assertEquals(taught.status, 201, await taught.clone().text());
  const { memories, created } = await taught.json();
  assertEquals(created, 1);
  assertObjectMatch(memories[0], { label: "Chelsea", kind: "thing", space: "default", not: false });
  assert(memories[0].path.includes("cat"));
  assertEquals(memories[0].embedding, undefined);

  const same = await classify(service, photo);
  assertObjectMatch(same as never, { label: "Chelsea", route: "memory", certainty: "is" });
  assertEquals(same.evidence[0]!.by, "bytes");
  assertEquals(same.evidence[0]!.memory, memories[0].id);
  assertEquals(same.timings.encode, 0, "no inference");
  assertEquals(same.image, memories[0].image);

  for (
    const copy of [
      await sharp(photo).jpeg({ quality: 50 }).toBuffer(),
      await sharp(photo).resize(200).webp().toBuffer(),
      await sharp(photo).flop().png().toBuffer(),
    ]
  ) {
    const answer = await classify(service, new Uint8Array(copy));
    assertObjectMatch(answer as never, { label: "Chelsea", route: "memory", certainty: "is" });
    assertEquals(answer.evidence[0]!.by, "copy");
  }
  const other = await classify(service, samplePhoto(CUP));
  assertEquals(other.route, "network", "what was not taught answers as if nothing had been");
});

serviceTest("teaching the same again doubles nothing", async (service) => {
  const photo = samplePhoto(CAT);
  const first = await (await teach(service, { label: "Chelsea" }, photo)).json();
  const reply = await teach(service, { label: "Chelsea" }, photo);
  assertEquals(reply.status, 200);
  const again = await reply.json();
  assertEquals(again.created, 0);
  assertEquals(again.memories[0].id, first.memories[0].id);
  const { labels } = await (await service.request("/labels")).json();
  assertEquals(labels.length, 1);
  assertEquals(labels[0].memories, 1);
});

serviceTest("teaching the same again with its photo keeps it now", async (service) => {
  const photo = samplePhoto(CAT);
  await (await teach(service, { label: "Chelsea" }, photo)).body?.cancel();
  const reply = await teach(service, { label: "Chelsea", keepPhoto: "true" }, photo);
  assertEquals(reply.status, 200);
  const { memories, created } = await reply.json();
  assertEquals([created, memories[0].hasPhoto], [0, true]);
  const kept = await service.request(`/memories/${memories[0].id}/photo`);
  assertEquals(kept.status, 200);
  await kept.body?.cancel();
  const { labels } = await (await service.request("/labels")).json();
  assertEquals([labels.length, labels[0].memories, labels[0].photos], [1, 1, 1]);
  const again = await teach(service, { label: "Chelsea", keepPhoto: "true" }, photo);
  assertEquals((await again.json()).memories[0].id, memories[0].id);
});

serviceTest("a correction wins over what was taught before", async (service) => {
  const photo = samplePhoto(CAT);
  await (await teach(service, { label: "Tom" }, photo)).body?.cancel();
  await (await teach(service, { label: "Chelsea" }, photo)).body?.cancel();
  assertEquals((await classify(service, photo)).label, "Chelsea", "taught last");
  await (await teach(service, { label: "Chelsea", not: "true" }, photo)).body?.cancel();
  assertEquals((await classify(service, photo)).label, "Tom", "not Chelsea");
  await (await teach(service, { label: "Tom", not: "true" }, photo)).body?.cancel();
  const neither = await classify(service, photo);
  assertEquals(neither.route, "network");
  const copy = new Uint8Array(await sharp(photo).jpeg({ quality: 60 }).toBuffer());
  assertEquals((await classify(service, copy)).route, "network", "nor is a copy");
});

serviceTest("several photos are taught all or not at all", async (service) => {
  const good = samplePhoto(CAT);
  const bad = good.slice(0, 2000);
  const tiny = new Uint8Array(
    await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } }).png()
      .toBuffer(),
  );
  const blank = new Uint8Array(
    await sharp({ create: { width: 90, height: 90, channels: 3, background: "navy" } }).png()
      .toBuffer(),
  );
  const problem = await problemOf(
    await teach(service, { label: "Chelsea" }, good, bad, tiny, blank),
    422,
  );
  const refusals = problem.refusals as { image: number; reason: string }[];
  assertEquals(refusals.map((r) => r.image), [1, 2, 3]);
  assertStringIncludes(refusals[1]!.reason, "8×8");
  assertStringIncludes(refusals[2]!.reason, "blank");
  const { labels } = await (await service.request("/labels")).json();
  assertEquals(labels, []);
  const forced = await teach(service, { label: "Red", force: "true" }, tiny);
  assertEquals(forced.status, 201, await forced.text());
});

serviceTest("spaces do not see each other", async (service) => {
  const photo = samplePhoto(CAT);
  await (await teach(service, { label: "Chelsea", space: "family" }, photo)).body?.cancel();
  assertEquals((await classify(service, photo)).route, "network");
  assertEquals((await classify(service, photo, { space: "family" })).label, "Chelsea");
  assertEquals((await (await service.request("/labels")).json()).labels, []);
  assertEquals((await service.request("/spaces/family", { method: "DELETE" })).status, 200);
  assertEquals((await classify(service, photo, { space: "family" })).route, "network");
});

serviceTest("memories are listed, read, renamed and forgotten", async (service) => {
  await (await teach(service, { label: "A" }, samplePhoto(CAT))).body?.cancel();
  const kept = await (await teach(service, { label: "B", keepPhoto: "true" }, samplePhoto(CUP)))
    .json();
  await (await teach(service, { label: "C" }, samplePhoto(PERSON))).body?.cancel();

  const first = await (await service.request("/memories?limit=2")).json();
  assertEquals(first.memories.map((m: { label: string }) => m.label), ["A", "B"]);
  const second = await (await service.request(`/memories?limit=2&cursor=${first.next}`)).json();
  assertEquals(second.memories.map((m: { label: string }) => m.label), ["C"]);
  assertEquals(second.next, undefined);

  const { id } = kept.memories[0];
  const photo = await service.request(`/memories/${id}/photo`);
  assertEquals(photo.headers.get("content-type"), "image/jpeg");
  const { width } = await sharp(await photo.arrayBuffer()).metadata();
  assertEquals(width, kept.memories[0].image.width);
  await problemOf(await service.request(`/memories/${first.memories[0].id}/photo`), 404);

  const renamed = await service.request(`/memories/${id}`, {
    method: "PATCH",
    body: JSON.stringify({ label: "Bee" }),
    headers: { "content-type": "application/json" },
  });
  assertEquals((await renamed.json()).label, "Bee");
  assertEquals((await classify(service, samplePhoto(CUP))).label, "Bee");
  assertEquals((await (await service.request(`/memories/${id}`)).json()).label, "Bee");

  const forgotten = await service.request(`/memories/${id}`, { method: "DELETE" });
  assertObjectMatch(await forgotten.json(), { forgotten: 1 });
  await problemOf(await service.request(`/memories/${id}`), 404);
  await problemOf(await service.request(`/memories/${id}`, { method: "DELETE" }), 404);
  assertEquals((await classify(service, samplePhoto(CUP))).route, "network");
});

serviceTest("labels of all scripts survive the way in, out and through a path", async (service) => {
  const labels = ["Großmutter", "祖母", "a/b?c#d%20e", "👩‍👧", "__proto__", 'O\'Neill & "co"'];
  for (const label of labels) {
    const reply = await teach(service, { label }, samplePhoto(CAT));
    assertEquals((await reply.json()).memories[0].label, label);
    const gone = await service.request(`/labels/${encodeURIComponent(label)}`, {
      method: "DELETE",
    });
    assertEquals(gone.status, 200, label);
    await gone.body?.cancel();
  }
  assertEquals((await (await service.request("/labels")).json()).labels, []);
});

serviceTest("an export taken in elsewhere answers alike", async (service) => {
  const photo = samplePhoto(CAT);
  await (await teach(service, { label: "Chelsea", keepPhoto: "true" }, photo)).body?.cancel();
  await (await teach(service, { label: "Mug", not: "true" }, samplePhoto(CUP))).body?.cancel();
  const reply = await service.request("/export");
  assertMatch(reply.headers.get("content-type")!, /^application\/x-ndjson/);
  const lines = await reply.text();
  assertEquals(lines.trimEnd().split("\n").length, 3);

  const take = () =>
    service.request("/import?space=copy", { method: "POST", body: lines }).then((r) => r.json());
  assertEquals(await take(), { imported: 2, known: 0 });
  assertEquals(await take(), { imported: 0, known: 2 });
  assertEquals((await classify(service, photo, { space: "copy" })).label, "Chelsea");
  const again = await (await service.request("/export?space=copy")).text();
  const body = (text: string) =>
    text.trimEnd().split("\n").slice(1).map((line) => line.replace(/"id":"[^"]*",/, "")).sort();
  assertEquals(body(again), body(lines), "what went in comes out");

  const broken = lines.replace('"label":"Mug"', '"label":7');
  const problem = await problemOf(
    await service.request("/import?space=other", { method: "POST", body: broken }),
    422,
  );
  assertMatch(problem.detail as string, /line \d/);
  await problemOf(await service.request("/spaces/other"), 404);
});

serviceTest("bad requests are problems that name what was and what should be", async (service) => {
  const photo = samplePhoto(CAT);
  const post = (path: string, body: BodyInit, type?: string) =>
    service.request(path, {
      method: "POST",
      body,
      ...(type ? { headers: { "content-type": type } } : {}),
    });
  const json = (value: unknown) => post("/classify", JSON.stringify(value), "application/json");

  await problemOf(await post("/classify", formOf({})), 400);
  await problemOf(await post("/classify", ""), 400);
  await problemOf(await json({}), 400);
  await problemOf(await json({ image: "***" }), 400);
  await problemOf(await post("/classify", "{", "application/json"), 400);
  await problemOf(await post("/classify", formOf({ specificity: "2" }, photo)), 400);
  await problemOf(await post("/classify", formOf({ context: "[1]" }, photo)), 400);
  await problemOf(await post("/classify?space=../etc", photo), 400);
  const typo = await problemOf(await post("/classify", formOf({ spcae: "x" }, photo)), 400);
  assertStringIncludes(typo.detail as string, "spcae");
  await problemOf(await post("/classify", "<svg xmlns='http://www.w3.org/2000/svg'/>"), 415);
  await problemOf(await post("/classify", new TextEncoder().encode("not a photo at all")), 415);
  await problemOf(await post("/classify", photo.slice(0, 3000)), 422);

  await problemOf(await teach(service, { label: "" }, photo), 400);
  await problemOf(await teach(service, { label: "x".repeat(201) }, photo), 400);
  await problemOf(await teach(service, { label: "a\u0000b" }, photo), 400);
  await problemOf(await teach(service, {}, photo), 400);
  await problemOf(await teach(service, { label: "A" }), 400);
  await problemOf(await teach(service, { label: "A", face: "0" }, photo), 422);
  await problemOf(await teach(service, { label: "A", kind: "person" }, photo), 422);
  await problemOf(await service.request("/memories/not-an-id"), 400);
  await problemOf(await service.request("/memories?limit=0"), 400);
  await problemOf(await service.request("/labels/Nobody", { method: "DELETE" }), 404);
  await problemOf(await service.request("/nowhere"), 404);
  await problemOf(await service.request("/spaces", { method: "POST" }), 403);
});

serviceTest("refusals say the value that was and what should be", async (service) => {
  const photo = samplePhoto(CAT);
  const detail = async (path: string, method: string, body: BodyInit, type?: string) => {
    const headers: HeadersInit = type ? { "content-type": type } : {};
    const reply = await service.request(path, { method, body, headers });
    const problem = await problemOf(reply, reply.status);
    return `${reply.status} ${problem.detail}`;
  };
  const ask = (fields: Record<string, string>) =>
    detail("/classify", "POST", formOf(fields, photo));
  const lesson = (fields: Record<string, string>, ...photos: Uint8Array<ArrayBuffer>[]) =>
    detail("/memories", "POST", formOf(fields, ...photos));

  assertEquals(
    await ask({ specificity: "2" }),
    "400 specificity: should be at most 0.999, it is 2",
  );
  assertEquals(
    await ask({ specificity: "much" }),
    '400 specificity: should be a number, it is "much"',
  );
  assertEquals(
    await ask({ paradigm: "best" }),
    '400 paradigm: should be "human", "sequential", "joint" or "compare", it is "best"',
  );
  assertMatch(
    await ask({ review: "maybe" }),
    /^400 review: should be true or false or .* "maybe"$/,
  );
  assertEquals(await ask({ spcae: "x" }), "400 spcae: is not known here");
  assertEquals(
    await detail("/classify", "POST", formOf({}, photo, photo)),
    "400 image: one photo is expected, there are 2",
  );
  assertEquals(await lesson({}, photo), "400 label: is missing");
  assertEquals(await lesson({ label: "A" }), "400 image: is missing");
  assertEquals(
    await lesson({ label: "A", image: "text" }),
    '400 image: should be a file: send it as multipart/form-data with a file name, it is "text"',
  );
  assertEquals(
    await detail("/memories", "POST", "label=A", "text/plain"),
    '415 the content type should be multipart/form-data, it is "text/plain"',
  );
  assertEquals(
    await detail("/memories/01JD0ZQ4Z8N6V0S0Q3M4X9T7WK", "PATCH", photo),
    "415 the content type should be application/json, it is missing",
  );
  assertEquals(
    await detail("/classify", "POST", "{", "application/json"),
    "400 the body should be JSON in UTF-8, it cannot be read as such",
  );
  assertEquals(
    await detail("/memories", "POST", "--x\r\n", "multipart/form-data; boundary=x"),
    "400 the body should be a whole multipart/form-data in UTF-8: Multipart stream not finished",
  );
});

serviceTest("a path that is there for other methods says which", async (service) => {
  for (const method of ["PUT", "OPTIONS"]) {
    const reply = await service.request("/labels", { method });
    assertEquals(reply.headers.get("allow"), "GET, HEAD");
    await problemOf(reply, 405);
  }
  const classify = await service.request("/classify");
  assertEquals(classify.headers.get("allow"), "POST");
  await problemOf(classify, 405);
  const memory = await service.request("/memories/x", { method: "POST" });
  assertEquals(memory.headers.get("allow"), "GET, HEAD, PATCH, DELETE");
  await problemOf(memory, 405);
  await problemOf(await service.request("/labels/%E0%A4%A", { method: "DELETE" }), 400);
  await problemOf(await service.request("/nowhere", { method: "PUT" }), 404);
});

serviceTest("who may teach nowhere is refused before the request is looked at", async (service) => {
  const away = "192.0.2.7";
  let read = 0;
  const body = new ReadableStream({
    pull(controller) {
      read++;
      controller.enqueue(new Uint8Array(65_536));
    },
  }, { highWaterMark: 0 });
  await problemOf(await service.request("/memories", { method: "POST", body }, away), 401);
  assertEquals(read, 0);
  for (const path of ["/memories?limit=0", "/labels?x", "/memories/x", "/export?space=..%2F"]) {
    await problemOf(await service.request(path, {}, away), 401);
  }
}, { XOLO_TOKEN: "a-long-secret" });

serviceTest("another's authorization does not shut what is open to all", async (service) => {
  const headers = { authorization: "Basic YTpi" };
  for (const path of ["/health", "/ready", "/openapi.json"]) {
    const reply = await service.request(path, { headers });
    assertEquals(reply.status, 200, path);
    await reply.body?.cancel();
  }
  const body = samplePhoto(CAT);
  await problemOf(await service.request("/classify", { method: "POST", body, headers }), 401);
}, { XOLO_TOKEN: "a-long-secret" });

serviceTest("a visitor of a demo has a quota of questions, its owner none", async (service) => {
  const ask = async (from: string) => {
    const reply = await service.request("/classify", { method: "POST", body: "no photo" }, from);
    await reply.body?.cancel();
    return reply;
  };
  for (let i = 0; i < 600; i++) assertEquals((await ask(`2001:db8:1:2::${i}`)).status, 415);
  const refused = await ask("2001:db8:1:2:ffff::1");
  assertEquals(refused.status, 429);
  assertGreater(Number(refused.headers.get("retry-after")), 60);
  assertEquals((await ask("2001:db8:1:3::1")).status, 415);
  for (let i = 0; i < 601; i++) assertEquals((await ask("127.0.0.1")).status, 415);
}, { XOLO_DEMO: "1" });

serviceTest("the photo's byte limit holds in every way in", async (service) => {
  const large = new Uint8Array(26 * 2 ** 20);
  for (const body of [large, formOf({}, large)]) {
    await problemOf(await service.request("/classify", { method: "POST", body }), 413);
  }
  const huge = new Uint8Array(65 * 2 ** 20);
  await problemOf(await service.request("/classify", { method: "POST", body: huge }), 413);
});

serviceTest("every reply carries the security headers and a request id", async (service) => {
  for (const path of ["/health", "/nowhere", "/openapi.json"]) {
    const reply = await service.request(path);
    await reply.body?.cancel();
    assertStringIncludes(reply.headers.get("content-security-policy")!, "default-src 'none'");
    assertEquals(reply.headers.get("cross-origin-opener-policy"), "same-origin");
    assertEquals(reply.headers.get("cross-origin-embedder-policy"), "require-corp");
    assertEquals(reply.headers.get("x-content-type-options"), "nosniff");
    assert(reply.headers.get("x-request-id"));
  }
  const answer = await service.request("/classify", { method: "POST", body: samplePhoto(CAT) });
  await answer.body?.cancel();
  assertMatch(answer.headers.get("server-timing")!, /encode;dur=/);
});

serviceTest("GET /openapi.json describes every route that there is", async (service) => {
  const spec = await (await service.request("/openapi.json")).json();
  assertEquals(spec.openapi, "3.1.0");
  for (
    const path of [
      "/classify",
      "/memories",
      "/memories/{id}",
      "/labels",
      "/labels/{label}",
      "/spaces/{space}",
      "/export",
      "/import",
      "/review",
      "/review/leases",
      "/review/{id}",
      "/review/{id}/photo",
      "/rules",
      "/rules/dry-run",
      "/rules/{id}",
      "/quality",
      "/quality/judgements",
      "/events",
      "/undo",
      "/paradigms",
      "/paradigms/{id}",
      "/health",
      "/ready",
    ]
  ) assert(spec.paths[path], path);
  assert(spec.components.schemas.Answer);
  const form = spec.paths["/memories"].post.requestBody.content["multipart/form-data"].schema;
  assertEquals(form.properties.face.type, "integer");
  assertEquals(form.properties.image.anyOf[0], { type: "string", format: "binary" });
  const { parameters } = spec.paths["/classify"].post;
  const review = parameters.find(({ name }: { name: string }) => name === "review");
  assertEquals(review.schema.type, "boolean");
  const ids = Object.values(spec.paths).flatMap((methods) =>
    Object.values(methods as object).map(({ operationId }) => operationId)
  );
  assertEquals(new Set(ids).size, ids.length);
  const named = new Set(JSON.stringify(spec).match(/(?<=#\/components\/schemas\/)\w+/g));
  for (const name of named) assert(spec.components.schemas[name], `${name} is not described`);
  const headers = spec.paths["/undo"].post.parameters.map(({ name }: { name: string }) => name);
  assert(headers.includes("xolo-actor"));
  assert(ids.every((id) => typeof id === "string"), ids.join());
});

serviceTest("GET /health and /ready answer", async (service) => {
  assertObjectMatch(await (await service.request("/health")).json(), { status: "ok", demo: false });
  assertEquals(await (await service.request("/ready")).json(), { status: "ready" });
});

serviceTest(
  "callers from elsewhere get the network alone when no token is set",
  async (service) => {
    const photo = samplePhoto(CAT);
    await (await teach(service, { label: "Chelsea" }, photo)).body?.cancel();
    const away = "192.0.2.7";
    const answer = await service.request("/classify", { method: "POST", body: photo }, away);
    assertEquals((await answer.json()).route, "network");
    const form = formOf({ label: "X" }, photo);
    await problemOf(await service.request("/memories", { method: "POST", body: form }, away), 403);
    for (const path of ["/memories", "/labels", "/export", "/spaces/default"]) {
      await problemOf(await service.request(path, {}, away), 403);
    }
    await problemOf(await service.request("/labels/Chelsea", { method: "DELETE" }, away), 403);
    await problemOf(
      await service.request("/labels", { headers: { origin: "https://evil.example" } }),
      403,
    );
  },
);

serviceTest("with a token, its bearer alone may teach", async (service) => {
  const photo = samplePhoto(CAT);
  const bearer = { headers: { authorization: "Bearer a-long-secret" } };
  const refused = await teach(service, { label: "Chelsea" }, photo);
  assertMatch(refused.headers.get("www-authenticate")!, /^Bearer/);
  await problemOf(refused, 401);
  for (const space of ["default", "shop"]) {
    const body = formOf({ label: "Chelsea", space }, photo);
    const taught = await service.request(
      "/memories",
      { method: "POST", body, ...bearer },
      "192.0.2.7",
    );
    assertEquals(taught.status, 201);
    await taught.body?.cancel();
  }
  assertEquals((await classify(service, photo)).route, "network");
  assertEquals((await classify(service, photo, { space: "shop" })).label, "Chelsea", "public");
  const wrong = { headers: { authorization: "Bearer wrong" } };
  await problemOf(await service.request("/labels", wrong), 401);
}, { XOLO_TOKEN: "a-long-secret", XOLO_PUBLIC_SPACES: "shop" });

serviceTest("visitors of a demo get a space of their own that expires", async (service) => {
  const away = "192.0.2.7";
  const photo = samplePhoto(CAT);
  const opened = await service.request("/spaces", { method: "POST" }, away);
  assertEquals(opened.status, 201);
  const { space, expiresAt } = await opened.json();
  assertMatch(space, /^demo-[0-9a-f]{32}$/);
  assertGreater(Date.parse(expiresAt), Date.now());
  const form = () => formOf({ label: "Chelsea", space }, photo);
  const taught = await service.request("/memories", { method: "POST", body: form() }, away);
  assertEquals(taught.status, 201);
  await taught.body?.cancel();
  const answer = await service.request("/classify", {
    method: "POST",
    body: formOf({ space }, photo),
  }, away);
  assertEquals((await answer.json()).label, "Chelsea");

  const stranger = formOf({ label: "X", space: "demo-00" }, photo);
  await problemOf(
    await service.request("/memories", { method: "POST", body: stranger }, away),
    404,
  );
  await problemOf(await service.request("/labels", {}, away), 403);
}, { XOLO_DEMO: "1" });
