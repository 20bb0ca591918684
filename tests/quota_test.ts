import { assertEquals, assertThrows } from "@std/assert";
import { QuotaError } from "../functions/core/errors.ts";
import { createQuota } from "../functions/routes/quota.ts";

Deno.test("take() refuses when the window's share is used up, and grants when it is over", () => {
  let time = 0;
  const quota = createQuota({ each: 2, seconds: 60, now: () => new Date(time) });
  quota.take("a");
  quota.take("a");
  time = 15_000;
  assertEquals(assertThrows(() => quota.take("a"), QuotaError).retryAfter, 45);
  quota.take("b");
  time = 60_000;
  quota.take("a");
});
