/**
 * Review, rules, quality and history over HTTP, through the whole application.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import sharp from "sharp";
import { DEMO_RULES } from "../functions/core/demo.ts";
import { formOf, samplePhoto, serviceTest, type TestService } from "./support/service.ts";

const CAT = samplePhoto("chelsea_cat.jpg");
const CUP = samplePhoto("coffee_cup.jpg");
const ROCKET = samplePhoto("rocket.jpg");
const PERSON = samplePhoto("eileen_collins.jpg");
const AWAY = "192.0.2.7";

/** Has every sure answer judged. */
const ALL = { XOLO_REVIEW_RATE: "1" };
/** Has no sure answer judged by chance. */
const NONE = { XOLO_REVIEW_RATE: "0" };

interface Reply {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** Sends JSON, and takes the reply apart. */
async function ask(
  service: TestService,
  method: string,
  path: string,
  value?: unknown,
  { headers = {}, from }: { headers?: Record<string, string>; from?: string } = {},
): Promise<Reply> {
  const sent = value === undefined
    ? { headers }
    : { body: JSON.stringify(value), headers: { "content-type": "application/json", ...headers } };
  const reply = await service.request(path, { method, ...sent }, from);
  return { status: reply.status, body: await reply.json() };
}

async function done(
  service: TestService,
  method: string,
  path: string,
  value?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply["body"]> {
  const { status, body } = await ask(service, method, path, value, { headers });
  assert(status < 300, `${method} ${path}: ${JSON.stringify(body)}`);
  return body;
}

async function refused(
  service: TestService,
  status: number,
  method: string,
  path: string,
  value?: unknown,
  headers: Record<string, string> = {},
): Promise<string> {
  const reply = await ask(service, method, path, value, { headers });
  assertEquals(reply.status, status, `${method} ${path}: ${JSON.stringify(reply.body)}`);
  return reply.body.detail;
}

async function classify(
  service: TestService,
  photo: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
  from?: string,
): Promise<Reply["body"]> {
  const body = formOf(fields, photo);
  const reply = await service.request("/classify", { method: "POST", body }, from);
  const answer = await reply.json();
  assertEquals(reply.status, 200, JSON.stringify(answer));
  return answer;
}

async function teach(
  service: TestService,
  label: string,
  photo: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Reply["body"]> {
  const body = formOf({ label }, photo);
  const reply = await service.request("/memories", { method: "POST", body, headers });
  assertEquals(reply.status, 201);
  return await reply.json();
}

/** A photo that nobody can be sure of. */
async function blurred(photo: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await sharp(photo).resize(48).blur(2).jpeg().toBuffer());
}

serviceTest(
  "an answer that is not sure waits for a person, and is taught once",
  async (service) => {
    const photo = await blurred(CAT);
    const context = JSON.stringify({ album: "home" });
    const unsure = await classify(service, photo, { keepPhoto: "true", context });
    assertEquals(unsure.certainty, "perhaps");
    assertEquals(unsure.review.reason, "unsure");
    const { item } = unsure.review;
    const again = await classify(service, photo);
    assertEquals(again.review.item, item, "the same photo is one item");

    const { items, open, next } = await done(service, "GET", "/review");
    assertEquals([items.length, open, next], [1, 1, undefined]);
    assertObjectMatch(items[0], {
      id: item,
      kind: "thing",
      reason: "unsure",
      rule: null,
      seen: 1,
      hasPhoto: true,
      box: null,
      image: unsure.image,
      leasedUntil: null,
    });
    assertEquals(items[0].answer.label, unsure.label);
    assertEquals(items[0].answer.context, { album: "home" });
    assertEquals(items[0].suggestions[0].label, unsure.label);
    assertStringIncludes(items[0].says, unsure.label);
    assertEquals(JSON.stringify(items).includes("embedding"), false);
    assertEquals(await done(service, "GET", `/review/${item}`), items[0]);

    const kept = await service.request(`/review/${item}/photo`);
    assertEquals(kept.headers.get("content-type"), "image/jpeg");
    const { width = 0, height = 0 } = await sharp(await kept.arrayBuffer()).metadata();
    assert(Math.max(width, height) <= 128 && width > 0);

    const taught = await done(service, "POST", `/review/${item}`, { label: "Tom" }, {
      "xolo-actor": "Gro%C3%9Fmutter",
    });
    assertObjectMatch(taught, { item, outcome: "taught", right: false });
    assertEquals(taught.memories.length, 1);
    assertEquals([taught.memories[0].label, taught.event.type], ["Tom", "review"]);
    assertEquals(taught.event.by, "Großmutter");
    assertStringIncludes(taught.event.what, '"Tom"');
    const known = await classify(service, photo);
    assertObjectMatch(known, { label: "Tom", route: "memory", certainty: "is" });

    const second = await refused(service, 409, "POST", `/review/${item}`, { label: "Tim" });
    assertStringIncludes(second, "answered already, by Großmutter at ");
    assertStringIncludes(await refused(service, 409, "GET", `/review/${item}`), "answered already");
    assertEquals((await done(service, "GET", "/review")).open, 0);

    const { judgements } = await done(service, "GET", "/quality/judgements");
    assertEquals(judgements.length, 1);
    assertObjectMatch(judgements[0], { by: "Großmutter", right: false, truth: "Tom" });
    await done(service, "POST", "/undo", { event: taught.event.id });
    assertEquals((await classify(service, photo)).label, unsure.label, "as if nobody had said it");
    assertEquals((await done(service, "GET", "/quality/judgements")).judgements, []);
  },
);

serviceTest("an item in somebody's hands is nobody else's", async (service) => {
  for (const photo of [await blurred(CAT), await blurred(PERSON)]) await classify(service, photo);
  const mine = await done(service, "POST", "/review/leases", { limit: 1 });
  const yours = await done(service, "POST", "/review/leases", { minutes: 5 });
  assertEquals([mine.items.length, yours.items.length], [1, 1]);
  const [item] = mine.items;
  assert(item.id !== yours.items[0].id);
  assertEquals(item.leasedUntil, mine.until);
  const { items } = await done(service, "POST", "/review/leases", {});
  assertEquals(items, [], "both are taken");
  const busy = await refused(service, 409, "POST", `/review/${item.id}`, { not: true });
  assertStringIncludes(busy, `in somebody else's hands until ${mine.until}`);
  await refused(service, 409, "POST", `/review/${item.id}`, { skip: true, lease: yours.lease });
  const skipped = await done(service, "POST", `/review/${item.id}`, {
    skip: true,
    lease: mine.lease,
  });
  assertEquals(skipped, {
    item: item.id,
    outcome: "skipped",
    right: null,
    memories: [],
    event: null,
  });
  const [first, last] = (await done(service, "GET", "/review")).items;
  assertEquals([last.id, last.leasedUntil], [item.id, null], "it waits, at the end");
  const page = await done(service, "GET", "/review?limit=1");
  assertEquals([page.items[0].id, page.next], [first.id, first.id]);
  const rest = await done(service, "GET", `/review?limit=1&cursor=${page.next}`);
  assertEquals([rest.items[0].id, rest.next], [last.id, undefined]);
});

serviceTest("not, nothing to recognise and a copy of it", async (service) => {
  const { review: { item } } = await classify(service, await blurred(PERSON));
  const dropped = await done(service, "POST", `/review/${item}`, { subject: false });
  assertObjectMatch(dropped, { outcome: "dropped", right: null, memories: [] });

  const { review } = await classify(service, await blurred(CAT));
  assertEquals((await service.request(`/review/${review.item}/photo`)).status, 404, "none is kept");
  const judged = await done(service, "POST", `/review/${review.item}`, { not: true });
  assertObjectMatch(judged, { outcome: "judged", right: false, memories: [] });

  const most = { specificity: "0.999" };
  const copy = new Uint8Array(await sharp(ROCKET).jpeg({ quality: 70 }).toBuffer());
  const unknown = await classify(service, ROCKET, most);
  assertEquals([unknown.label, unknown.route], [null, "none"]);
  assertEquals((await classify(service, copy, most)).review.item, unknown.review.item);
  assertEquals((await done(service, "GET", "/review")).items[0].seen, 2);
  const both = await done(service, "POST", `/review/${unknown.review.item}`, { label: "Saturn V" });
  assertObjectMatch(both, { outcome: "taught", right: null });
  assertEquals(both.memories.length, 2);
  assertEquals((await classify(service, copy)).label, "Saturn V");
});

serviceTest("nothing waits that should not", async (service) => {
  const photo = await blurred(CAT);
  for (const fields of [{ review: "false" }, { preview: "true" }] as Record<string, string>[]) {
    assertEquals((await classify(service, photo, fields)).review, undefined);
  }
  assertEquals((await classify(service, photo, {}, AWAY)).review, undefined, "a visitor's");
  assertEquals((await done(service, "GET", "/review")).open, 0);
  const unopened = await classify(service, photo, { space: "demo-guess" });
  assertEquals(unopened.review, undefined);
  await refused(service, 404, "GET", "/spaces/demo-guess");
  const rule = { when: { path: "cat" }, then: { label: "Tom" } };
  await refused(service, 422, "POST", "/rules?space=demo-guess", rule);
  await refused(service, 422, "PATCH", "/quality?space=demo-guess", { sampleRate: 1 });
});

serviceTest("XOLO_REVIEW=off puts nothing before anybody", async (service) => {
  assertEquals((await classify(service, await blurred(CAT))).review, undefined);
}, { XOLO_REVIEW: "off" });

serviceTest("a rule answers, counts its hits and is taken back", async (service) => {
  const text = { when: { path: "cat", "context.album": "home" }, then: { label: "Tom" } };
  const home = { context: JSON.stringify({ album: "home" }) };
  const before = await classify(service, CAT, home);
  const trial = await done(service, "POST", "/rules/dry-run", { rule: text });
  assertEquals([trial.answers.looked, trial.answers.changes], [1, 1]);
  assertEquals(trial.answers.changed[0].says, 'is "cat" (network) → is "Tom" (this rule)');
  assertEquals(trial.answers.changed[0].before.label, "cat");
  assertEquals(trial.answers.changed[0].after.route, "rule");
  assertEquals(trial.judged, {
    looked: 0,
    skipped: 0,
    changed: 0,
    becomeRight: 0,
    becomeWrong: 0,
  });

  const rule = await done(service, "POST", "/rules", text, { "xolo-actor": "Ada" });
  assertObjectMatch(rule, {
    ...text,
    priority: 0,
    enabled: true,
    note: "",
    hits: 0,
    lastHitAt: null,
    judged: { n: 0, right: 0, state: "new" },
    problems: [],
    reads: 'when the path has "cat" and album is "home": it is "Tom"',
  });
  const ruled = await classify(service, CAT, home);
  assertObjectMatch(ruled, {
    label: "Tom",
    route: "rule",
    certainty: "is",
    rule: { id: rule.id, reads: rule.reads },
    alternatives: [{ label: "cat" }],
  });
  assertEquals((await classify(service, CAT)).label, "cat", "without the album");
  const { hits, lastHitAt } = await done(service, "GET", `/rules/${rule.id}`);
  assertEquals(hits, 1);
  assertMatch(lastHitAt, /^\d{4}-.*Z$/);

  const { events } = await done(service, "GET", "/events");
  assertObjectMatch(events[0], {
    type: "rule",
    by: "Ada",
    what: `wrote a rule: ${rule.reads}`,
    undoable: true,
  });
  const undo = await done(service, "POST", "/undo", { event: events[0].id, why: "a joke" });
  assertObjectMatch(undo, { type: "undo", undoes: events[0].id, why: "a joke", by: "somebody" });
  assertEquals(
    { ...await classify(service, CAT, home), timings: 0 },
    { ...before, timings: 0 },
    "exactly as before",
  );
  await refused(service, 404, "GET", `/rules/${rule.id}`);
  await done(service, "POST", "/undo", { event: undo.id });
  assertEquals((await classify(service, CAT, home)).label, "Tom", "taken back again");
}, NONE);

serviceTest("rules forbid, ask for review, are rewritten and removed", async (service) => {
  const text = { when: { path: "cat" }, then: { not: "cat" }, priority: 5 };
  const rule = await done(service, "POST", "/rules", text);
  const less = await classify(service, CAT);
  assertEquals(less.label, "cat or relative");
  assertEquals(less.rule.id, rule.id);
  const off = await done(service, "PUT", `/rules/${rule.id}`, { ...text, enabled: false });
  assertEquals([off.enabled, off.createdAt], [false, rule.createdAt]);
  assertEquals((await classify(service, CAT)).rule, undefined);
  const same = await done(service, "PUT", `/rules/${rule.id}`, { ...text, enabled: false });
  assertEquals(same.updatedAt, off.updatedAt, "nothing was changed");

  await done(service, "PUT", `/rules/${rule.id}`, { ...text, then: { review: true } });
  const looked = await classify(service, CAT);
  assertEquals([looked.label, looked.review.reason], ["cat", "rule"]);
  const item = await done(service, "GET", `/review/${looked.review.item}`);
  assertStringIncludes(item.says, "a rule asks for it");

  const twin = await done(service, "POST", "/rules", { ...text, then: { review: true } });
  assertEquals(twin.problems[0].kind, "duplicate");
  assertEquals(twin.problems[0].with, rule.id);
  const { removed, event } = await done(service, "DELETE", `/rules/${twin.id}`);
  assertEquals(removed, twin.id);
  await refused(service, 404, "DELETE", `/rules/${twin.id}`);
  await refused(service, 404, "PUT", `/rules/${twin.id}`, text);
  await refused(service, 404, "POST", "/rules/dry-run", { rule: text, id: twin.id });
  await done(service, "POST", "/undo", { event: event.id });
  const { rules } = await done(service, "GET", "/rules");
  assertEquals(rules.map(({ id }: { id: string }) => id), [rule.id, twin.id]);

  const { events } = await done(service, "GET", "/events");
  assertEquals(
    events.map(({ what }: { what: string }) => what.split(":")[0]),
    [
      "took back",
      "removed a rule",
      "wrote a rule",
      "rewrote a rule",
      "switched a rule off",
      "wrote a rule",
    ],
  );
  const [first, second] = [events[5], events[4]];
  assertStringIncludes(
    await refused(service, 409, "POST", "/undo", { event: first.id }),
    second.id,
    "the later event is named",
  );
}, NONE);

serviceTest("words that never stand in one path are no conflict", async (service) => {
  await done(service, "POST", "/rules", { when: { path: "dog" }, then: { label: "Rex" } });
  const tom = await done(service, "POST", "/rules", {
    when: { path: "cat" },
    then: { label: "Tom" },
  });
  assertEquals(tom.problems, []);
  const large = {
    when: { label: { in: Array.from({ length: 100 }, (_, i) => "x".repeat(150) + i) } },
    then: { review: true },
  };
  assertStringIncludes(
    await refused(service, 422, "POST", "/rules", large),
    "should have at most 12000 bytes, it has ",
  );
});

serviceTest("what is judged wrong is demoted, says so, and comes back", async (service) => {
  // One mistake may be the reviewer's; the second tells.
  let event: { id: string } | undefined;
  for (let n = 0; n < 2; n++) {
    const sure = await classify(service, CAT);
    assertEquals([sure.certainty, sure.review.reason], ["is", "sample"]);
    const judged = await done(service, "POST", `/review/${sure.review.item}`, { not: true });
    assertEquals(judged.right, false);
    event = judged.event;
  }

  const quality = await done(service, "GET", "/quality");
  assertObjectMatch(quality, { floor: 0.92, interval: 0.8, sampleRate: 1, rules: [], open: 0 });
  assertObjectMatch(quality.overall, { judged: 2, right: 0, precision: 0, lower: 0, state: "new" });
  assertObjectMatch(quality.routes[0], { name: "network", judged: 2, state: "demoted" });
  assertStringIncludes(quality.routes[0].says, "right in 0 of 2 judged answers");
  assertObjectMatch(quality.labels[0], { name: "cat", route: "network", state: "demoted" });
  assertGreater(quality.labels[0].needed, 0);
  assertObjectMatch(quality.coverage[0], { answers: 2, covered: 2, coverage: 1, precision: 0 });

  const demoted = await classify(service, CUP);
  assertEquals([demoted.certainty, demoted.review.reason], ["perhaps", "demoted"]);
  assertStringIncludes(demoted.demoted, "route network was right in 0 of 2 judged answers");
  const after = await done(service, "GET", "/quality");
  assertObjectMatch(after.coverage[0], { answers: 3, covered: 2 });
  assertEquals(after.open, 1);
  const tried = await done(service, "POST", "/rules/dry-run", {
    rule: { when: { path: "cat" }, then: { label: "Chelsea" } },
  });
  assertEquals(tried.judged, {
    looked: 2,
    skipped: 0,
    changed: 2,
    becomeRight: 0,
    becomeWrong: 0,
  });

  await done(service, "POST", "/undo", { event: event!.id });
  const back = await classify(service, ROCKET);
  assertEquals([back.certainty, back.demoted], ["is", undefined]);
}, ALL);

serviceTest("a space sets how many answers are judged by chance", async (service) => {
  assertEquals((await classify(service, CAT)).review, undefined);
  const { sampleRate } = await done(service, "PATCH", "/quality", { sampleRate: 1 });
  assertEquals(sampleRate, 1);
  assertEquals((await classify(service, CAT)).review.reason, "sample");
  assertEquals((await classify(service, CAT, { space: "other" })).review, undefined);
  await done(service, "PATCH", "/quality", { sampleRate: 1 });
  const { events } = await done(service, "GET", "/events");
  assertEquals(events.length, 1, "setting the same again is no event");
  assertEquals(
    events[0].what,
    "set the share of sure answers that are judged by chance to 100 %, it was 0 %",
  );
}, NONE);

serviceTest(
  "a confirmed answer of the network is judged, and nothing is taught",
  async (service) => {
    const { review: { item }, label } = await classify(service, CUP);
    const confirmed = await done(service, "POST", `/review/${item}`, {
      label: label.toUpperCase(),
    });
    assertObjectMatch(confirmed, { outcome: "judged", right: true, memories: [] });
    const { review } = await classify(service, CAT);
    const type = await done(service, "POST", `/review/${review.item}`, {
      label: "Tabby",
      scope: "type",
    });
    assertObjectMatch(type, { outcome: "taught", memories: [{ label: "Tabby", scope: "type" }] });
    const first = await done(service, "GET", "/quality/judgements?limit=1");
    assertEquals(first.judgements[0].right, true);
    const next = await done(service, "GET", `/quality/judgements?limit=1&cursor=${first.next}`);
    assertObjectMatch(next, { judgements: [{ right: false, truth: "Tabby" }] });
    assertEquals(next.next, undefined);
  },
  ALL,
);

serviceTest("events are paged, newest first, and name who, what and why", async (service) => {
  const by = { "xolo-actor": encodeURIComponent("祖母 👩‍👧") };
  const { memories: [{ id }] } = await teach(service, "A", CAT, by);
  await done(service, "PATCH", `/memories/${id}`, { scope: "type" });
  await done(service, "PATCH", `/memories/${id}`, { label: "B", scope: "individual" });
  await teach(service, "C", CUP);
  const renamed = await done(service, "PATCH", "/labels/B", { label: "C" }, by);
  assertEquals([renamed.renamed, renamed.event.type], [1, "merge"]);
  assertEquals(renamed.event.by, "祖母 👩‍👧");
  const all = (await done(service, "GET", "/events")).events;
  assertEquals(
    all.map(({ type }: { type: string }) => type),
    ["merge", "teach", "rename", "rename", "teach"],
  );
  const first = await done(service, "GET", "/events?limit=3");
  assertEquals(first.next, all[2].id);
  const rest = await done(service, "GET", `/events?limit=2&cursor=${first.next}`);
  assertEquals([...first.events, ...rest.events], all);
  assertEquals(rest.next, undefined);
  assertEquals((await done(service, "GET", "/events?limit=1000")).events, all);

  const taught = all[4].id;
  const clash = await refused(service, 409, "POST", "/undo", { event: taught });
  assertStringIncludes(clash, all[3].id);
  await done(service, "POST", "/undo", { event: all[1].id });
  const { labels } = await done(service, "GET", "/labels");
  assertEquals(labels.map(({ label }: { label: string }) => label), ["C"]);
  assertStringIncludes(
    await refused(service, 409, "POST", "/undo", { event: all[1].id }),
    "taken back already",
  );
  const unknown = { event: "01JD0ZQ4Z8N6V0S0Q3M4X9T7WK" };
  await refused(service, 404, "POST", "/undo", unknown);
  await refused(service, 404, "POST", "/undo?space=nowhere", unknown);
});

serviceTest("labels are renamed, and what they name is told", async (service) => {
  await refused(service, 404, "PATCH", "/labels/Nobody", { label: "Somebody" });
  await refused(service, 404, "PATCH", "/labels/Nobody", { label: "Nobody" });
  const { memories: [person] } = await teach(service, "Eileen", PERSON);
  const same = await done(service, "PATCH", "/labels/Eileen", { label: "Eileen" });
  assertEquals(same, { renamed: 0, event: null });
  const { renamed } = await done(service, "PATCH", "/labels/Eileen", { label: "Collins" });
  assertEquals(renamed, 1);
  assertEquals((await classify(service, PERSON)).label, "Collins");
  assertStringIncludes(
    await refused(service, 422, "PATCH", `/memories/${person.id}`, { scope: "type" }),
    "a person is an individual",
  );
  assertStringIncludes(
    await refused(service, 400, "PATCH", `/memories/${person.id}`, {}),
    "should have a label or a scope, it has neither",
  );
});

serviceTest("forgetting a label takes all that tells of it", async (service) => {
  await done(service, "POST", "/rules", { when: { path: "cat" }, then: { label: "Ferdinand" } });
  await done(service, "POST", "/rules", {
    when: { label: { in: ["Ferdinand", "Max"] } },
    then: { review: true },
  });
  await done(service, "POST", "/rules", { when: { path: "dog" }, then: { label: "Rex" } });
  assertEquals((await classify(service, CAT)).label, "Ferdinand");
  const { review: { item } } = await classify(service, CUP);
  await done(service, "POST", `/review/${item}`, { label: "Ferdinand" });
  const copy = new Uint8Array(await sharp(CUP).jpeg({ quality: 70 }).toBuffer());
  assertEquals((await classify(service, copy)).label, "Ferdinand", "and noted as such");
  const told = async () => {
    const paths = ["/events", "/rules", "/review", "/quality", "/quality/judgements", "/labels"];
    const all = await Promise.all(paths.map((path) => done(service, "GET", path)));
    const trial = await done(service, "POST", "/rules/dry-run", {
      rule: { when: { width: { gt: 1 } }, then: { review: true } },
    });
    return JSON.stringify([all, trial]);
  };
  assertStringIncludes(await told(), "Ferdinand");
  const by = { "xolo-actor": "Ada" };
  const forgotten = await done(service, "DELETE", "/labels/Ferdinand", undefined, by);
  assertEquals(forgotten.forgotten, 1);
  // An answer that is stored later must not bring back those that were stored with it.
  assertEquals((await classify(service, CAT)).label, "cat");
  assertEquals((await told()).includes("Ferdinand"), false);
  const { events } = await done(service, "GET", "/events");
  const { id: _id, at, ...rest } = events[0];
  assertMatch(at, /Z$/);
  assertEquals(rest, {
    type: "forget",
    by: "Ada",
    what: "",
    why: "",
    count: 1,
    undoable: false,
  });
  assertEquals(events.length, 2, "and the rule of another label");
  await refused(service, 409, "POST", "/undo", { event: events[0].id });
  await refused(service, 404, "DELETE", "/labels/Ferdinand");

  const rule = await done(service, "POST", "/rules", {
    when: { path: "cat" },
    then: { label: "Ferdinand" },
  });
  const purged = await done(service, "DELETE", "/labels/Ferdinand");
  assertEquals(purged.forgotten, 0, "there was a rule alone");
  await refused(service, 404, "GET", `/rules/${rule.id}`);
}, ALL);

const ID = "01JD0ZQ4Z8N6V0S0Q3M4X9T7WK";
const CALLS: readonly [method: string, path: string, value?: unknown][] = [
  ["GET", "/review"],
  ["POST", "/review/leases", {}],
  ["GET", `/review/${ID}`],
  ["GET", `/review/${ID}/photo`],
  ["POST", `/review/${ID}`, { not: true }],
  ["GET", "/rules"],
  ["POST", "/rules", { when: { path: "cat" }, then: { label: "Tom" } }],
  ["POST", "/rules/dry-run", { rule: { when: { path: "cat" }, then: { label: "Tom" } } }],
  ["GET", `/rules/${ID}`],
  ["PUT", `/rules/${ID}`, { when: { path: "cat" }, then: { label: "Tom" } }],
  ["DELETE", `/rules/${ID}`],
  ["GET", "/quality"],
  ["PATCH", "/quality", { sampleRate: 1 }],
  ["GET", "/quality/judgements"],
  ["GET", "/events"],
  ["POST", "/undo", { event: ID }],
  ["PATCH", "/labels/Tom", { label: "Tim" }],
  ["PATCH", `/memories/${ID}`, { scope: "type" }],
];

serviceTest("visitors see and decide nothing", async (service) => {
  for (const [method, path, value] of CALLS) {
    const { status, body } = await ask(service, method, path, value, { from: AWAY });
    assertEquals(status, 403, `${method} ${path}: ${JSON.stringify(body)}`);
  }
});

serviceTest("without the token nobody decides anything", async (service) => {
  for (const [method, path, value] of CALLS) await refused(service, 401, method, path, value);
  const bearer = { authorization: "Bearer a-long-secret" };
  await done(service, "GET", "/rules", undefined, bearer);
}, { XOLO_TOKEN: "a-long-secret" });

serviceTest("what is not there is a 404 that says so", async (service) => {
  for (const [method, path, value] of CALLS) {
    if (!path.includes(ID) && path !== "/undo") continue;
    const detail = await refused(service, 404, method, path, value);
    assertMatch(detail, /01JD0ZQ4Z8N6V0S0Q3M4X9T7WK/, `${method} ${path}: ${detail}`);
  }
});

serviceTest("bad input is told what it was and should be", async (service) => {
  const rule = { when: { path: "cat" }, then: { label: "Tom" } };
  const bad: [method: string, path: string, value: unknown, words: string][] = [
    ["GET", "/review?limit=101", undefined, "limit: should be at most 100, it is 101"],
    ["GET", "/review?cursor=x", undefined, 'cursor: should be a ULID of 26 characters, it is "x"'],
    ["GET", "/review/x", undefined, "id: should be a ULID of 26 characters"],
    ["POST", "/review/leases", { limit: 51 }, "limit: should be at most 50, it is 51"],
    ["POST", "/review/leases", { minutes: 0 }, "minutes: should be at least 1, it is 0"],
    ["POST", "/review/leases", { hours: 1 }, "hours: is not known here"],
    ["POST", `/review/${ID}`, {}, 'should be one of {"label": …}, {"not": true}'],
    ["POST", `/review/${ID}`, { not: true, skip: true }, "it has 2 of them"],
    ["POST", `/review/${ID}`, { not: false }, "not: should be true, it is false"],
    ["POST", `/review/${ID}`, { not: true, scope: "type" }, "scope: should come with a label"],
    ["POST", `/review/${ID}`, { label: " " }, "label: should have 1 to 200 characters"],
    ["POST", "/rules", { then: rule.then }, "when: is missing"],
    ["POST", "/rules", { ...rule, when: {} }, "when: should have 1 to 20 conditions, it has 0"],
    ["POST", "/rules", { ...rule, when: { size: 1 } }, 'there is no field "size"; the fields are'],
    ["POST", "/rules", { ...rule, when: { kind: "cat" } }, 'or "thing", it is "cat"'],
    ["POST", "/rules", { ...rule, when: { label: { lt: 3 } } }, "cannot be tested by lt; it takes"],
    ["POST", "/rules", { ...rule, then: {} }, 'should be one of {"label": …}'],
    ["POST", "/rules", { ...rule, priority: 1001 }, "priority: should be at most 1000"],
    ["POST", "/rules", { ...rule, name: "x" }, "name: is not known here"],
    ["POST", "/rules/dry-run", { rule: { ...rule, when: { kind: 3 } } }, "rule.when.kind: "],
    ["PUT", `/rules/${ID}`, { ...rule, enabled: 1 }, "enabled: should be true or false, it is 1"],
    ["PATCH", "/quality", { sampleRate: 2 }, "sampleRate: should be at most 1, it is 2"],
    ["PATCH", "/quality", {}, "sampleRate: is missing"],
    ["GET", "/quality/judgements?limit=0", undefined, "limit: should be at least 1, it is 0"],
    ["GET", "/events?limit=1001", undefined, "limit: should be at most 1000, it is 1001"],
    ["POST", "/undo", { event: "x" }, "event: should be a ULID"],
    ["POST", "/undo", { event: ID, why: "x".repeat(501) }, "why: should be text of at most 500"],
    ["PATCH", "/labels/Tom", {}, "label: is missing"],
  ];
  for (const [method, path, value, words] of bad) {
    assertStringIncludes(await refused(service, 400, method, path, value), words);
  }
  for (const [method, path, value] of CALLS) {
    if (value === undefined) continue;
    const text = { body: JSON.stringify(value), headers: { "content-type": "text/plain" } };
    const reply = await service.request(path, { method, ...text });
    assertEquals(reply.status, 415, `${method} ${path}`);
    await reply.body?.cancel();
    const broken = { body: "{", headers: { "content-type": "application/json" } };
    const unread = await service.request(path, { method, ...broken });
    assertEquals(unread.status, 400, `${method} ${path}`);
    await unread.body?.cancel();
  }
});

serviceTest("who acts is told as it should be, or refused", async (service) => {
  const rule = { when: { path: "cat" }, then: { label: "Tom" } };
  const as = (by: string) => ({ "xolo-actor": by });
  for (
    const [by, words] of [
      ["%zz", 'xolo-actor: should be percent-encoded UTF-8, like %C3%A9, it is "%zz"'],
      ["%20", "xolo-actor: should have 1 to 100 characters, it has 0"],
      ["x".repeat(101), "xolo-actor: should have 1 to 100 characters, it has 101"],
      ["a%00b", "xolo-actor: should have no control characters"],
    ] as const
  ) {
    assertEquals(
      (await refused(service, 400, "POST", "/rules", rule, as(by))).startsWith(words),
      true,
      by,
    );
    const body = formOf({ label: "x" }, CAT);
    const taught = await service.request("/memories", { method: "POST", body, headers: as(by) });
    assertEquals(taught.status, 400);
    await taught.body?.cancel();
    await refused(service, 400, "DELETE", "/labels/x", undefined, as(by));
  }
  await done(service, "POST", "/rules", rule, as("a%20b"));
  assertEquals((await done(service, "GET", "/events")).events[0].by, "a b");
});

serviceTest(
  "a visitor of a demo reviews in a space of its own, within its bounds",
  async (service) => {
    const { body: { space } } = await ask(service, "POST", "/spaces", undefined, { from: AWAY });
    const at = (path: string) => `${path}?space=${space}`;
    const photo = await blurred(CAT);
    const { review: { item } } = await classify(service, photo, { space }, AWAY);
    const leased = await ask(service, "POST", at("/review/leases"), {}, { from: AWAY });
    assertEquals(leased.body.items.length, 1);
    const taught = await ask(service, "POST", at(`/review/${item}`), {
      label: "Tom",
      lease: leased.body.lease,
    }, { from: AWAY });
    assertEquals(taught.body.outcome, "taught");
    for (let n = 0; n < DEMO_RULES; n++) {
      const rule = { when: { "context.n": n }, then: { label: "Tom" } };
      assertEquals((await ask(service, "POST", at("/rules"), rule)).status, 201);
    }
    const more = { when: { "context.n": -1 }, then: { label: "Tom" } };
    assertStringIncludes(
      await refused(service, 422, "POST", at("/rules"), more),
      `a space has at most ${DEMO_RULES} rules`,
    );
    const other = await ask(service, "GET", "/rules", undefined, { from: AWAY });
    assertEquals(other.status, 403, "nowhere else");
  },
  { XOLO_DEMO: "1" },
);
