import { assert, assertEquals, assertExists, assertRejects } from "@std/assert";
import { samplePhoto, serviceTest, type TestService } from "./support/service.ts";
import { ApiError } from "../web/api_error.ts";
import { type Keep, keepToken, leaveDemoSpace, openSession } from "../web/session.ts";

const TOKEN = "a-token-of-this-test";

/** What a tab remembers, in a map. */
function tab(): Keep {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name),
    set: (name, value) => void kept.set(name, value),
    remove: (name) => void kept.delete(name),
  };
}

/** Runs a test against a real service, asked without a port. */
function sessionTest(
  name: string,
  env: Record<string, string>,
  fn: (send: (from?: string) => typeof fetch, service: TestService) => Promise<void>,
): void {
  serviceTest(name, async (service) => {
    const send = (from?: string): typeof fetch => (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      return service.request(pathname + search, init, from);
    };
    await fn(send, service);
  }, env);
}

const origin = "http://localhost:8000";

function cat(): Blob {
  return new Blob([samplePhoto("chelsea_cat.jpg")], { type: "image/jpeg" });
}

sessionTest(
  "openSession() may teach in the default space when called locally",
  {},
  async (send) => {
    const { allowed, client, expiresAt, labels } = await openSession({
      origin,
      keep: tab(),
      fetch: send(),
    });
    assertEquals([allowed, expiresAt, labels.labels.length], ["teach", undefined, 0]);

    assertEquals(
      (await client.teach(cat(), { label: "Chelsea/the cat?", keepPhoto: true })).created,
      1,
    );
    const answer = await client.classify(cat());
    assertEquals([answer.route, answer.label], ["memory", "Chelsea/the cat?"]);
    const { labels: [label] } = await client.labels();
    assertEquals([label?.label, label?.photos], ["Chelsea/the cat?", 1]);
    const [photo] = await client.keptPhotos("Chelsea/the cat?", 3);
    assertExists(photo);
    assertEquals(photo.type, "image/jpeg");
    assertEquals((await client.forget("Chelsea/the cat?")).forgotten, 1);
    assertEquals((await client.labels()).labels, []);
  },
);

sessionTest("openSession() may only ask when called from elsewhere", {}, async (send) => {
  const { allowed, client } = await openSession({
    origin,
    keep: tab(),
    fetch: send("192.0.2.7"),
  });
  assertEquals(allowed, "ask");
  assertEquals((await client.classify(cat())).route, "network");
  assertEquals(
    (await assertRejects(() => client.teach(cat(), { label: "Rex" }), ApiError)).status,
    403,
  );
});

sessionTest("openSession() asks for the token where there is one", {
  XOLO_TOKEN: TOKEN,
}, async (send) => {
  const keep = tab();
  const open = () => openSession({ origin, keep, fetch: send("192.0.2.7") });
  assertEquals((await open()).allowed, "token");
  keepToken(keep, "not-the-token");
  const { allowed, client } = await open();
  assertEquals(allowed, "token");
  // The wrong token is dropped, so that asking goes on.
  assertEquals((await client.classify(cat())).route, "network");
  keepToken(keep, TOKEN);
  assertEquals((await open()).allowed, "teach");
});

sessionTest("openSession() opens a demo space once a tab and hour", {
  XOLO_DEMO: "1",
}, async (send) => {
  const keep = tab();
  let now = new Date();
  const open = () => openSession({ origin, keep, fetch: send("192.0.2.7"), now: () => now });
  const first = await open();
  assertEquals(first.allowed, "teach");
  assertExists(first.expiresAt);
  assert(first.expiresAt > now);
  await first.client.teach(cat(), { label: "Chelsea" });
  assertEquals((await open()).labels.labels.length, 1);

  const stranger = await openSession({ origin, keep: tab(), fetch: send("192.0.2.8") });
  assertEquals(stranger.labels.labels.length, 0);
  assertEquals((await stranger.client.classify(cat())).route, "network");

  now = new Date(first.expiresAt.getTime() + 1);
  assertEquals((await open()).labels.labels.length, 0);
  leaveDemoSpace(keep);
  assertEquals((await open()).labels.labels.length, 0);
});

Deno.test("openSession() says that nobody replied when nobody does", async () => {
  const offline: typeof fetch = () => Promise.reject(new TypeError("connection refused"));
  const error = await assertRejects(
    () => openSession({ origin, keep: tab(), fetch: offline }),
    ApiError,
  );
  assertEquals(error.status, 0);
});
