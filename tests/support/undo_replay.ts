/**
 * Taking events back, held against a replay of the log.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { createInProcessTable } from "../../functions/memory/in_process.ts";
import { ConflictError, NotFoundError } from "../../functions/core/errors.ts";
import type { Actor, DocumentChange, Event } from "../../functions/core/ledger.ts";
import type { MemoryTable, NewMemory } from "../../functions/core/memory.ts";
import type { Rule, RuleText } from "../../functions/core/rules/rule.ts";
import { example } from "./memory_contract.ts";
import { seeded } from "./vectors.ts";

const ANN: Actor = { by: "Ann" };

/** A rule that numbers make. */
function rule(id: string, n: number): Required<DocumentChange>["document"] {
  const at = "2026-05-01T12:00:00.000Z";
  const then: RuleText["then"] = n % 2 ? { label: `rule ${n}` } : { not: "Ann" };
  const value: Rule = {
    id,
    when: { "context.photo": { lt: n % 14 } },
    then,
    priority: n % 5,
    enabled: true,
    note: "",
    createdAt: at,
    updatedAt: at,
  };
  return { value, about: [] };
}

/** A decision about rules alone. */
function ruling(...documents: DocumentChange[]) {
  return () => Promise.resolve({ type: "rule" as const, what: "changed a rule", documents });
}

/** Photos that a history is about. */
export const PHOTOS = 14;

/** What a history is made of, and what is compared. */
export interface HistoryOptions {
  /** Decisions, those that are refused included. */
  readonly steps?: number;
  /** An example that a number below {@linkcode PHOTOS} makes. */
  readonly photo?: typeof example;
  /** What a table makes of the photos, without ids. */
  readonly probe?: (table: MemoryTable) => Promise<unknown>;
}

/** One entry of a log: carried out on a table, given what memories are called there. */
interface Entry {
  readonly at: number;
  run(table: MemoryTable, ids: Map<string, string>): Promise<void>;
}

/**
 * Makes a history by chance (without forgetting, which purges the log itself), then takes each of its last hundred events back and compares with a
 * new table on which the log was replayed without it: everything that is in effect then, as it was
 * done, in order.
 */
export async function undoesLikeReplay(
  table: MemoryTable,
  clock: { now: number },
  seed: number,
  { steps = 70, photo = example, probe = recallOf }: HistoryOptions = {},
): Promise<void> {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const LABELS = ["Ann", "Ben", "Cyd", "Dan"];
  const label = () => LABELS[below(LABELS.length)]!;
  // Memories by names that hold on every table: ids do not.
  const ids = new Map<string, string>();
  const log = new Map<string, Entry>();

  async function append(run: Entry["run"], replay = run): Promise<void> {
    clock.now += 1000;
    const before = (await table.events("home", { limit: 1 }))[0]?.id;
    await run(table, ids);
    const [event] = await table.events("home", { limit: 1 });
    if (event === undefined || event.id === before || event.type === "undo") return;
    log.set(event.id, { at: clock.now, run: replay });
  }

  for (let step = 0; step < steps; step++) {
    const events = await table.events("home", { limit: 1000 });
    const choice = random();
    try {
      if (choice < 0.4 || ids.size === 0) {
        // Only what is new is part of the log: a teaching that changes nothing is no event.
        const photos: NewMemory[] = [];
        for (let i = below(3); i >= 0; i--) {
          const one = photo(below(PHOTOS), { label: label(), not: random() < 0.2 });
          const there = [...photos, ...await table.byBytes("home", one.bytes)];
          const isDouble = there.some(({ bytes, label, not }) =>
            bytes === one.bytes && label === one.label && not === one.not
          );
          if (!isDouble) photos.push(one);
        }
        await append(async (on, known) => {
          const taught = await on.teach("home", photos);
          taught.forEach(({ memory, created }, i) => {
            assert(created, "what is replayed should be new again");
            known.set(`${step}.${i}`, memory.id);
          });
        });
      } else if (choice < 0.55) {
        const memory = [...ids.keys()][below(ids.size)]!;
        const naming = random() < 0.7 ? { label: label() } : { scope: "type" as const };
        await append(async (on, known) => {
          await on.rename("home", known.get(memory)!, naming);
        });
      } else if (choice < 0.62) {
        const [from, to] = [label(), label()];
        const { items } = await table.list("home", { label: from, limit: 1000 });
        const moved = items.map(({ id }) => [...ids].find(([, one]) => one === id)![0]);
        const doubles = await Promise.all(
          items.map(async ({ bytes, not }) =>
            (await table.byBytes("home", bytes)).some((one) => one.label === to && one.not === not)
          ),
        );
        if (doubles.includes(true)) continue;
        await append(
          async (on) => void await on.renameLabel("home", from, to),
          async (on, known) => {
            for (const name of moved) {
              await on.rename("home", known.get(name)!, { label: to });
            }
          },
        );
      } else if (choice < 0.8) {
        const id = `${below(4)}`;
        const change: DocumentChange = random() < 0.25
          ? { collection: "rule", id }
          : { collection: "rule", id, document: rule(id, step) };
        await append(async (on) => void await on.decide("home", ANN, ruling(change)));
      } else if (events.length > 0) {
        const { id } = events[below(events.length)]!;
        await append(async (on) => void await on.undo("home", id, ANN));
      }
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
  }

  /** What the log in effect makes of a new table. */
  async function replayed(): Promise<unknown> {
    const events = await table.events("home", { limit: 1000 });
    const inEffect = new Map(events.map(({ id, undoneBy }) => [id, undoneBy === undefined]));
    const { table: other, clock } = openReplay();
    const known = new Map<string, string>();
    for (const [id, entry] of log) {
      if (!inEffect.get(id)) continue;
      clock.now = entry.at;
      await entry.run(other, known);
    }
    const state = await stateOf(other, probe);
    await other.close();
    return state;
  }

  const whole = await stateOf(table, probe);
  assertEquals(whole, await replayed(), "the history as it is");
  let undone = 0;
  for (const event of await table.events("home", { limit: 100 })) {
    let undo: Event;
    try {
      undo = await table.undo("home", event.id, ANN);
    } catch (error) {
      assert(error instanceof ConflictError, String(error));
      assertEquals(await stateOf(table, probe), whole);
      continue;
    }
    undone++;
    assertEquals(await stateOf(table, probe), await replayed(), `without ${event.what}`);
    await table.undo("home", undo.id, ANN);
    assertEquals(await stateOf(table, probe), whole, "the undo taken back");
  }
  assert(undone > 0, "nothing of the history could be taken back");
}

function openReplay() {
  const clock = { now: 0 };
  return { clock, table: createInProcessTable({ now: () => clock.now }) };
}

/** What a table recalls of every photo, without ids. */
async function recallOf(table: MemoryTable): Promise<unknown> {
  const probes = [];
  for (let n = 0; n < PHOTOS; n++) {
    const { model, embedding, bytes } = example(n);
    const near = await table.nearest("home", { model, embedding, limit: 5 });
    const same = await table.byBytes("home", bytes);
    probes.push([
      near.map(({ memory, similarity }) => [memory.label, memory.not, memory.bytes, similarity]),
      same.map((memory) => [memory.label, memory.not, memory.scope]),
    ]);
  }
  return probes;
}

/** All that a table keeps, without ids, and what it makes of the probes. */
async function stateOf(table: MemoryTable, probe: HistoryOptions["probe"]): Promise<unknown> {
  const { items } = await table.list("home", { limit: 1000 });
  return {
    memories: items.map(({ label, scope, not, bytes, createdAt }) => [
      label,
      scope,
      not,
      bytes,
      createdAt,
    ]),
    labels: (await table.labels("home", { limit: 100 })).items,
    rules: (await table.documents("home", "rule", { limit: 100 })).map(({ id, value }) => [
      id,
      value,
    ]),
    probes: await probe!(table),
  };
}
