import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { HTTPException } from "hono/http-exception";
import {
  accessOf,
  type AccessSettings,
  type Caller,
  demandTeacher,
  isLocal,
} from "../functions/routes/access.ts";

const OPEN: AccessSettings = { publicSpaces: [], demo: false };
const LOCKED: AccessSettings = { token: "a-long-secret", publicSpaces: ["shop"], demo: false };

function caller(headers: Record<string, string> = {}, peer = "127.0.0.1"): Caller {
  const all = new Headers({ host: "localhost:8000", ...headers });
  return {
    peer,
    headers: all,
    url: "http://localhost:8000/classify",
    authorization: all.get("authorization") ?? undefined,
  };
}

Deno.test("isLocal() holds for this machine by each of its names", () => {
  for (const host of ["localhost", "localhost:8000", "127.0.0.1:80", "[::1]:8000", "[::1]"]) {
    assert(isLocal(caller({ host })), host);
  }
  for (const peer of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
    assert(isLocal(caller({}, peer)), peer);
  }
});

Deno.test("isLocal() fails for another machine, name, proxy or page", () => {
  assertFalse(isLocal(caller({}, "10.0.0.7")), "peer");
  assertFalse(isLocal(caller({}, "::ffff:10.0.0.7")), "mapped peer");
  assertFalse(isLocal({ ...caller(), peer: undefined }), "unknown peer");
  const refused: Record<string, string>[] = [
    { host: "xolo.example" },
    { host: "localhost.example" },
    { host: "127.0.0.1.example:8000" },
    { forwarded: "for=10.0.0.7" },
    { "x-forwarded-for": "127.0.0.1" },
    { "x-forwarded-proto": "https" },
    { via: "1.1 proxy" },
    { "x-real-ip": "10.0.0.7" },
    { "cf-connecting-ip": "10.0.0.7" },
    { "true-client-ip": "10.0.0.7" },
    { "x-client-ip": "10.0.0.7" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:9000" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of refused) assertFalse(isLocal(caller(headers)), JSON.stringify(headers));
});

Deno.test("isLocal() holds for the service's own page", () => {
  assert(isLocal(caller({ origin: "http://localhost:8000", "sec-fetch-site": "same-origin" })));
  assert(isLocal(caller({ "sec-fetch-site": "none" })));
});

Deno.test("accessOf() makes local callers owners when no token is set", async () => {
  const local = await accessOf(caller(), OPEN);
  assert(local.owner && local.mayTeach("default") && local.mayRecall("default"));
  const remote = await accessOf(caller({}, "10.0.0.7"), OPEN);
  assertFalse(remote.owner || remote.mayTeach("default") || remote.mayRecall("default"));
});

Deno.test("accessOf() makes only the token's bearer an owner when one is set", async () => {
  const bearer = await accessOf(
    caller({ authorization: "Bearer a-long-secret" }, "10.0.0.7"),
    LOCKED,
  );
  assert(bearer.mayTeach("default"));
  const anybody = await accessOf(caller(), LOCKED);
  assertFalse(anybody.mayTeach("default"));
  assertFalse(anybody.mayRecall("default"));
  assert(anybody.mayRecall("shop"), "a public space is recalled from");
  assertFalse(anybody.mayTeach("shop"), "a public space is not taught in");
});

Deno.test("accessOf() refuses a wrong token instead of taking it for none", async () => {
  for (const authorization of ["Bearer wrong", "Basic YTpi", "a-long-secret", "Bearer"]) {
    const error = await assertRejects(
      () => accessOf(caller({ authorization }), LOCKED),
      HTTPException,
    );
    assertEquals(error.status, 401);
    assert(error.getResponse().headers.get("www-authenticate")?.startsWith("Bearer"));
  }
});

Deno.test("accessOf() gives visitors of a demo their demo spaces alone", async () => {
  const visitor = await accessOf(caller({}, "10.0.0.7"), { publicSpaces: [], demo: true });
  assert(visitor.mayTeach("demo-0123") && visitor.mayRecall("demo-0123"));
  assertFalse(visitor.mayTeach("default") || visitor.mayRecall("default"));
});

Deno.test("demandTeacher() says 401 where a token would help and 403 where it would not", async () => {
  const visitor = await accessOf(caller({}, "10.0.0.7"), OPEN);
  assertEquals(
    assertThrows(() => demandTeacher(visitor, "default", LOCKED), HTTPException).status,
    401,
  );
  assertEquals(
    assertThrows(() => demandTeacher(visitor, "default", OPEN), HTTPException).status,
    403,
  );
});
