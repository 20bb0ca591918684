/**
 * A reviewer in a process of its own: takes items in hand and answers them until none is left, and
 * prints "<item> <label>" of each when it is acknowledged.
 *
 * `PATH NAME`, where the store is and who answers.
 *
 * @module
 */
import { ConflictError } from "../../functions/core/errors.ts";
import { answerItem } from "../../functions/core/review/answer_item.ts";
import { createReviewQueue } from "../../functions/core/review/review_queue.ts";
import { openKvTable } from "../../functions/memory/kv.ts";

const [path, by] = Deno.args as [string, string];
const memory = await openKvTable(path);
const now = () => new Date();
const queue = createReviewQueue({ memory, alike: { thing: 0.95, person: 0.85 }, now });
const encoder = new TextEncoder();
// Straight to the pipe: a line that was printed must be one that the parent can read.
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));
say("ready");

for (;;) {
  // A lease of two seconds: what a killed reviewer had in hand must come free again.
  const { lease, items } = await queue.lease("home", { limit: 10, minutes: 2 / 60 });
  if (items.length === 0) {
    if ((await queue.open("home")).length === 0) break;
    await new Promise((done) => setTimeout(done, 100));
    continue;
  }
  for (const { id } of items) {
    const label = `${by} ${id}`;
    try {
      await answerItem(memory, "home", id, { label }, {
        actor: { by },
        lease: lease.id,
        models: { person: "face-1", thing: "look-1" },
        now: now(),
      });
      say(`${id} ${label}`);
    } catch (error) {
      // The lease ran out over a slow machine, and another was quicker.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
await memory.close();
say("done");
