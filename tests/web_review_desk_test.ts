import { assertEquals, assertMatch } from "@std/assert";
import { ApiError } from "../web/api_error.ts";
import type { PracticeClient } from "../web/practice/practice_client.ts";
import type { ReviewItem, Verdict } from "../web/practice/practice_types.ts";
import { createReviewDesk, type ReviewDesk } from "../web/practice/review_desk.ts";
import type { Keep } from "../web/session.ts";

/** An item of review. */
function item(id: string): ReviewItem {
  return { id, hasPhoto: false, leasedUntil: null } as unknown as ReviewItem;
}

interface Setup {
  readonly desk: ReviewDesk;
  /** What was answered, as "id label". */
  readonly answers: string[];
  readonly undone: string[];
  /** How often items were taken. */
  leases(): number;
  /** What the next answer is refused with. */
  refuse(error: unknown): void;
  /** Lets the present time pass, in milliseconds. */
  pass(ms: number): void;
  /** Another desk of the same tab. */
  again(): ReviewDesk;
}

/** A desk before a queue of `n` items, "1" to "n". */
function setUp(n: number): Setup {
  const until = new Date(1e13).toISOString();
  let free = Array.from({ length: n }, (_, i) => String(i + 1));
  const held = new Map<string, string>();
  const answers: string[] = [];
  const undone: string[] = [];
  let leases = 0;
  let refusal: unknown;
  let time = 0;
  const kept = new Map<string, string>();
  const keep: Keep = {
    get: (name) => kept.get(name),
    set: (name, value) => void kept.set(name, value),
    remove: (name) => void kept.delete(name),
  };
  const client = {
    waiting: () => Promise.resolve(free.length + held.size),
    lease(limit: number) {
      leases++;
      const taken = free.slice(0, limit);
      free = free.slice(limit);
      for (const id of taken) held.set(id, `lease ${leases}`);
      return Promise.resolve({ lease: `lease ${leases}`, until, items: taken.map(item) });
    },
    item: (id: string) => Promise.resolve({ ...item(id), leasedUntil: until }),
    answer(id: string, verdict: Verdict, lease: string | undefined) {
      if (refusal) {
        const error = refusal;
        refusal = undefined;
        return Promise.reject(error);
      }
      assertEquals(lease, held.get(id));
      held.delete(id);
      if (verdict.skip) {
        free.push(id);
        return Promise.resolve({ outcome: "skipped", event: null });
      }
      answers.push(`${id} ${verdict.label}`);
      return Promise.resolve({ outcome: "taught", event: { id: `event ${id}` } });
    },
    undo(event: string) {
      undone.push(event);
      held.set(event.slice(6), "lease 1");
      return Promise.resolve({});
    },
  } as unknown as PracticeClient;
  const again = () => createReviewDesk({ client, keep, onChange() {}, now: () => time });
  return {
    desk: again(),
    answers,
    undone,
    leases: () => leases,
    refuse: (error) => void (refusal = error),
    pass: (ms) => void (time += ms),
    again,
  };
}

/** Lets all that was sent be replied to. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const label = (label: string): [Verdict, string] => [{ label }, `it is ${label}`];

Deno.test("ReviewDesk.answer() shows the next item at once, and takes more before they run out", async () => {
  const { desk, answers, leases } = setUp(25);
  await desk.open();
  assertEquals([desk.read().item?.id, leases()], ["1", 1]);
  for (let i = 1; i <= 25; i++) {
    assertEquals(desk.read().item?.id, String(i));
    desk.answer(...label("Rex"));
    if (i % 4 === 0) await settle();
  }
  await settle();
  await settle();
  assertEquals(answers, Array.from({ length: 25 }, (_, i) => `${i + 1} Rex`));
  const { item, answered, open, isLooking } = desk.read();
  assertEquals([item, answered, open, isLooking], [undefined, 25, 0, false]);
});

Deno.test("ReviewDesk.answer() brings an item back when its answer was not noted", async () => {
  const { desk, answers, refuse } = setUp(2);
  await desk.open();
  refuse(ApiError.offline());
  desk.answer(...label("Rex"));
  assertEquals(desk.read().item?.id, "2");
  await settle();
  assertEquals([desk.read().item?.id, desk.read().answered], ["1", 0]);
  assertMatch(desk.read().note!.says, /cannot reach the server.*so it is here again\.$/);
  desk.answer(...label("Rex"));
  await settle();
  assertEquals(answers, ["1 Rex"]);
});

Deno.test("ReviewDesk.answer() goes on when somebody else was quicker", async () => {
  const { desk, answers, refuse } = setUp(2);
  await desk.open();
  refuse(new ApiError(409, { detail: "item 1 was answered already, by Ben" }));
  desk.answer(...label("Rex"));
  await settle();
  const { item, answered, note } = desk.read();
  assertEquals([item?.id, answered, note?.is], ["2", 0, "failed"]);
  assertMatch(note!.says, /by Ben\. Here is the next one\.$/);
  assertEquals(answers, []);
});

Deno.test("ReviewDesk.undo() takes the last answer back, and brings its item", async () => {
  const { desk, undone } = setUp(3);
  await desk.open();
  await desk.undo();
  assertEquals(desk.read().note, { is: "failed", says: "There is nothing to take back yet." });
  desk.answer(...label("Rex"));
  desk.answer(...label("Bo"));
  // Not noted yet: the undo waits for it.
  await desk.undo();
  assertEquals(undone, ["event 2"]);
  assertEquals([desk.read().item?.id, desk.read().answered], ["2", 1]);
  desk.answer(...label("Bob"));
  await desk.undo();
  await desk.undo();
  assertEquals(undone, ["event 2", "event 2", "event 1"]);
  assertEquals([desk.read().item?.id, desk.read().answered, desk.read().open], ["1", 0, 3]);
});

Deno.test("ReviewDesk.answer() leaves to others what was skipped, until asked to look again", async () => {
  const { desk, leases } = setUp(2);
  await desk.open();
  desk.answer({ skip: true }, "skipped");
  desk.answer(...label("Rex"));
  await settle();
  const { item, skipped, answered, open } = desk.read();
  assertEquals([item, skipped, answered, open, leases()], [undefined, 1, 1, 1, 1]);
  await desk.look();
  assertEquals([desk.read().item?.id, desk.read().skipped], ["1", 0]);
});

Deno.test("ReviewDesk.open() has in hand again what the tab had", async () => {
  const { desk, again } = setUp(3);
  await desk.open();
  desk.answer(...label("Rex"));
  await settle();
  desk.close();
  const other = again();
  await other.open();
  other.answer(...label("Bo"));
  await settle();
  assertEquals(other.read().item?.id, "3");
});

Deno.test("ReviewDesk.read() counts answers an hour without the pauses", async () => {
  const { desk, pass } = setUp(10);
  await desk.open();
  for (const seconds of [20, 20, 7200]) {
    assertEquals(desk.read().pace, undefined);
    pass(seconds * 1000);
    desk.answer(...label("Rex"));
  }
  // 20 + 20 + 120 seconds.
  assertEquals(desk.read().pace, 3 / (160 / 3600));
});
