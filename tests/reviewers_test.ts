/**
 * Several reviewers at one queue, in processes of their own, one of them killed in the middle.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Judgement } from "../functions/core/quality/judgement.ts";
import { createReviewQueue } from "../functions/core/review/review_queue.ts";
import { openKvTable } from "../functions/memory/kv.ts";
import { fromFileUrl } from "../training/paths.ts";
import { item, subject } from "./support/review.ts";
import { withStoreFile } from "./support/store_file.ts";

/** Items to be answered. */
const ITEMS = 1000;

/** Starts a reviewer; its lines are gathered as they come. */
function startReviewer(path: string, by: string) {
  const file = (name: string) => fromFileUrl(new URL(name, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--config", file("../deno.json")],
      ...[file("./support/reviewer_process.ts"), path, by],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines: string[] = [];
  const read = (async () => {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
    }
  })();
  return { child, lines, ended: Promise.all([read, child.status]) };
}

Deno.test("two reviewers of a thousand items judge nothing twice and lose nothing, though one is killed", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    const queue = createReviewQueue({
      memory: table,
      alike: { thing: 0.95, person: 0.85 },
      now: () => new Date(),
    });
    for (let n = 0; n < ITEMS; n++) assert(await queue.add("home", subject(n), item()));
    await table.close();

    const ann = startReviewer(path, "Ann");
    const ben = startReviewer(path, "Ben");
    while (ben.lines.length < 100) await new Promise((done) => setTimeout(done, 20));
    ben.child.kill("SIGKILL");
    await ben.ended;
    const cyd = startReviewer(path, "Cyd");
    await Promise.all([ann.ended, cyd.ended]);
    assertEquals([ann.lines.at(-1), cyd.lines.at(-1)], ["done", "done"]);

    const acknowledged = new Map(
      [...ann.lines, ...ben.lines, ...cyd.lines]
        .filter((line) => line !== "ready" && line !== "done")
        .map((line) => [line.slice(0, 26), line.slice(27)]),
    );
    // Of the one that Ben was killed over nobody was told.
    assert(acknowledged.size >= ITEMS - 1, `${acknowledged.size} were acknowledged`);
    const store = await openKvTable(path);
    const judgements = await store.documents("home", "judgement", { limit: 1000 });
    assertEquals(judgements.length, ITEMS);
    assertEquals(await store.documents("home", "item", { limit: 10 }), []);
    const { items } = await store.list("home", { limit: 1000 });
    assertEquals(items.length, ITEMS);
    const labels = new Set(items.map(({ label }) => label));
    for (const label of acknowledged.values()) assert(labels.has(label), `${label} was lost`);
    // Judged once each: every label names the item that it answers.
    const answered = judgements.map(({ value }) => (value as Judgement).truth!.slice(4));
    assertEquals(new Set(answered).size, ITEMS);
    await store.close();
  }));
