/**
 * The other process of {@linkcode startTeller}.
 *
 * `teach PATH FROM` teaches examples for ever and prints "id bytes" of each when it is
 * acknowledged, and forgets some, printing "id gone". `serve PATH` answers the lines of its standard input.
 *
 * @module
 */
import { openKvTable } from "../../functions/memory/kv.ts";
import { example, hash } from "./memory_contract.ts";

const [task, path, from = "0"] = Deno.args as [string, string, string?];
const table = await openKvTable(path);
const encoder = new TextEncoder();
// Straight to the pipe: a line that was printed must be one that the parent can read.
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));
say("ready");

if (task === "teach") {
  for (let n = Number(from);; n += 10) {
    const photo = new Uint8Array(150_000).fill(n);
    const one = await table.teach("home", [example(n, n % 30 ? {} : { photo })]);
    for (const { memory } of one) say(`${memory.id} ${memory.bytes}`);
    if (n % 40 === 0) {
      const { id } = one[0]!.memory;
      say(`${id} going`);
      await table.forget("home", { id });
      say(`${id} gone`);
    }
    if (n % 1000 !== 50) continue;
    const many = Array.from({ length: 300 }, (_, i) => example(10_000_000 + n * 300 + i));
    for (const { memory } of await table.teach("home", many)) say(`${memory.id} ${memory.bytes}`);
  }
} else {
  let text = "";
  serving:
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop()!;
    for (const line of lines) {
      const [verb, ...numbers] = line.split(" ");
      const [n = 0, count = 0] = numbers.map(Number);
      if (verb === "teach") {
        await table.teach("home", [example(n)]);
        say(hash(n));
      } else if (verb === "nearest") {
        const { embedding } = example(n);
        const [found] = await table.nearest("home", { model: "look-1", embedding, limit: 1 });
        say(found?.memory.bytes ?? "nothing");
      } else if (verb === "race") {
        const calls = Array.from(
          { length: count },
          (_, i) => table.teach("home", [example(n + i)]),
        );
        const created = (await Promise.all(calls)).flat().filter((one) => one.created);
        say(String(created.length));
      } else {
        say("bye");
        break serving;
      }
    }
  }
  await table.close();
}
