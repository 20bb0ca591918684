/**
 * Looks for what a space could do without, or say better, and tells it as Markdown: memories that the
 * network alone knows, labels that have become types, rules that repeat or are missing, and memories
 * that contradict each other. Changes nothing without `--apply`, and then asks before each kind of change.
 *
 *     deno task consolidate                            # the space "default" of the service at hand
 *     deno task consolidate --space home --out home.md
 *     deno task consolidate --space home --apply
 *     deno task consolidate --export home.ndjson --judgements judged.ndjson --rules rules.json
 *
 * @module
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import type { NewMemory } from "../functions/core/memory.ts";
import { patiently, ReplyError } from "../functions/core/patiently.ts";
import {
  consolidate,
  type KnownMemory,
  type Proposal,
  type ProposalKind,
  type RuleProblem,
} from "../functions/core/quality/consolidate.ts";
import type { Judgement } from "../functions/core/quality/judgement.ts";
import type { Rule } from "../functions/core/rules/rule.ts";
import { parseLines } from "../functions/core/transfer.ts";
import { lookModelOf } from "../models/look.ts";
import { parseManifest } from "../models/manifest.ts";

const USAGE = `consolidate: what a space could do without, or say better

  deno task consolidate [--space NAME] [--server URL]       of a running service
  deno task consolidate --export FILE [--judgements FILE] [--rules FILE]      of files

  --space NAME        the space (default)
  --server URL        the service (http://127.0.0.1:8000, or XOLO_SERVER)
  --token-from NAME   the environment variable, XOLO_…, that holds its token (XOLO_TOKEN)
  --export FILE       what GET /export gave
  --judgements FILE   judgements, one a line or as GET /quality/judgements gives them
  --rules FILE        rules as GET /rules gives them
  --floor SHARE       the precision that is promised (0.92)
  --out FILE          write the report there
  --apply             change what is proposed, asking before each kind of change
  --yes               do not ask`;

const SERVER = "http://127.0.0.1:8000";

/** Judgements that are asked for at once. */
const BATCH = 100;

/** Who is said to have made the changes. */
const ACTOR = "consolidate";

/** Sends a request to the service. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** The kinds of proposals in the order of the report. */
const TITLES: Readonly<Record<ProposalKind, string>> = {
  needless: "Memories that the network alone knows",
  type: "Labels that have become types",
  repeat: "Rules that are needless",
  rule: "Rules to write",
  contradiction: "Memories that contradict each other",
};

/** What of a judgement is read; the rest is taken as it comes. */
const JudgementLine = z.looseObject({
  id: z.string(),
  reason: z.string(),
  rule: z.string().nullable(),
  claimed: z.enum(["is", "perhaps", "unknown"]),
  right: z.boolean(),
  truth: z.string().nullable(),
  facts: z.looseObject({ route: z.string(), label: z.string().nullable() }),
});

const RuleLine = z.looseObject({
  id: z.string(),
  when: z.record(z.string(), z.unknown()),
  then: z.looseObject({}),
  priority: z.number(),
  enabled: z.boolean(),
  // Only what says which rule makes this one needless is of use here.
  problems: z.array(z.unknown()).default([]),
});

const NeedlessProblem = z.looseObject({
  kind: z.enum(["duplicate", "dead"]),
  with: z.string().nullable().default(null),
  says: z.string(),
});

/** A memory without an id of its own has the number of its line, by which nothing can be changed. */
const NO_ID = /^line \d+$/;

/** Belongs to no model, so that a line is only checked for being a memory. */
const NO_MODEL = { id: "", dimension: 0 };

/**
 * Reads the memories of an export, with their ids.
 *
 * @throws {UnteachableError} naming the line and the field
 */
export function readExport(text: string): KnownMemory[] {
  const memories = parseLines(text, { person: NO_MODEL, thing: NO_MODEL });
  const lines = text.split("\n").flatMap((line, i) =>
    line.trim() === "" ? [] : [{ line, number: i + 1 }]
  ).slice(1);
  return memories.map(({ photo: _, ...memory }: NewMemory, i) => {
    const { line, number } = lines[i]!;
    const { id } = JSON.parse(line) as { id?: unknown };
    return { ...memory, id: typeof id === "string" && id !== "" ? id : `line ${number}` };
  });
}

/** Reads judgements: one a line, or pages as the service gives them. @throws {z.ZodError} */
export function readJudgements(text: string): Judgement[] {
  const values = text.split("\n").filter((line) => line.trim() !== "");
  let all: unknown[];
  try {
    all = values.map((line) => JSON.parse(line));
  } catch {
    // Written over several lines, it is one value.
    all = [JSON.parse(text)];
  }
  const judgements = all.flatMap((value) =>
    Array.isArray(value)
      ? value
      : (value as { judgements?: unknown[] } | null)?.judgements ?? [value]
  );
  const read = z.array(JudgementLine).parse(judgements) as unknown as Judgement[];
  // Their ids sort by time; the last ones count most, so the order matters.
  return read.toSorted((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Reads rules and what is wrong with them. @throws {z.ZodError} */
export function readRules(text: string): { rules: Rule[]; problems: RuleProblem[] } {
  const value = JSON.parse(text) as { rules?: unknown } | unknown[];
  const read = z.array(RuleLine).parse(Array.isArray(value) ? value : value.rules);
  return {
    rules: read as unknown as Rule[],
    problems: read.flatMap(({ id, problems }) =>
      problems.flatMap((problem) => {
        const known = NeedlessProblem.safeParse(problem);
        return known.success ? [{ rule: id, by: known.data.with, says: known.data.says }] : [];
      })
    ),
  };
}

/** What is consolidated, as text. */
interface Texts {
  readonly memories: string;
  readonly judgements: string;
  readonly rules: string;
}

/** Asks the service for all of it. */
async function ask(send: Send, space: string): Promise<Texts> {
  const query = new URLSearchParams({ space });
  const read = async (path: string) => await (await patiently(() => send(path))).text();
  const judgements: string[] = [];
  let cursor: string | undefined;
  do {
    const page = new URLSearchParams({
      space,
      limit: String(BATCH),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const text = await read(`/quality/judgements?${page}`);
    const { judgements: items, next } = JSON.parse(text) as {
      judgements: unknown[];
      next?: string;
    };
    judgements.push(...items.map((item) => JSON.stringify(item)));
    cursor = next;
  } while (cursor !== undefined);
  return {
    memories: await read(`/export?${query}`),
    judgements: judgements.join("\n"),
    rules: await read(`/rules?${query}`),
  };
}

/** Text that Markdown shows as it is. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|]/g, "\\$&");
}

/** The proposals as Markdown, by kind. */
export function formatProposals(
  proposals: readonly Proposal[],
  { space, memories, judgements, rules }: {
    readonly space: string;
    readonly memories: number;
    readonly judgements: number;
    readonly rules: number;
  },
): string {
  const lines = [
    `# Consolidation of ${plain(space)}`,
    "",
    `${memories} memories, ${judgements} judgements, ${rules} rules: ${
      proposals.length === 0 ? "nothing to propose" : `${proposals.length} proposals`
    }.`,
    "",
  ];
  for (const [kind, title] of Object.entries(TITLES)) {
    const of = proposals.filter((proposal) => proposal.kind === kind);
    if (of.length === 0) continue;
    lines.push(`## ${title}`, "");
    for (const { says, why, change } of of) {
      lines.push(`- ${plain(says)} ${plain(why)}`);
      if (change !== null && "rule" in change) {
        const { when, then } = change.rule;
        // Inside code nothing is special but the quotes that end it.
        lines.push(`  ${codeOf(JSON.stringify({ when, then }))}`);
      }
    }
    lines.push("");
  }
  return lines.join("\n");
}

function codeOf(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence} ${text} ${fence}`;
}

/** What came of the changes. */
export interface Applied {
  readonly changed: number;
  /** What was left as it is, and why. */
  readonly left: readonly string[];
}

/**
 * Carries out proposals, kind by kind. A memory that meanwhile has another label, or is gone, is left
 * alone, and so is all of a kind that is not agreed to.
 *
 * @param send to the service
 * @param proposals those without a change are passed over
 * @param options the space, what the memories were called when they were read, and who agrees
 * @throws {ReplyError} when the service refuses what it should not
 */
export async function applyProposals(
  send: Send,
  proposals: readonly Proposal[],
  { space, labels, agree }: {
    readonly space: string;
    readonly labels: ReadonlyMap<string, string>;
    readonly agree: (question: string) => boolean;
  },
): Promise<Applied> {
  const query = new URLSearchParams({ space });
  const left: string[] = [];
  let changed = 0;
  const call = (path: string, method: string, body?: object) =>
    patiently(() =>
      send(`${path}?${query}`, {
        method,
        headers: {
          "xolo-actor": ACTOR,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    );
  /** Changes one thing, or notes why it is left. */
  const change = async (name: string, path: string, method: string, body?: object) => {
    try {
      await (await call(path, method, body)).body?.cancel();
      changed++;
    } catch (error) {
      // Gone, or in the way of something, since it was read: the others can still be changed.
      if (!(error instanceof ReplyError) || ![404, 409].includes(error.status)) throw error;
      left.push(`${name}: ${error.message}`);
    }
  };
  const changeMemory = async (id: string, method: string, body?: object) => {
    const name = `memory ${id}`;
    if (NO_ID.test(id)) {
      left.push(`${name}: the export names no memories; export the space again`);
      return;
    }
    const path = `/memories/${encodeURIComponent(id)}`;
    try {
      const { label } = await (await call(path, "GET")).json() as { label: string };
      if (label !== labels.get(id)) {
        left.push(`${name}: it is "${label}" by now`);
        return;
      }
    } catch (error) {
      if (!(error instanceof ReplyError) || error.status !== 404) throw error;
      left.push(`${name}: ${error.message}`);
      return;
    }
    await change(name, path, method, body);
  };

  for (const [kind, title] of Object.entries(TITLES)) {
    const of = proposals.flatMap((one) => one.kind === kind && one.change ? [one.change] : []);
    if (of.length === 0 || !agree(`${title}: ${of.length} proposed. Apply?`)) continue;
    for (const one of of) {
      if ("drop" in one) {
        for (const id of one.drop) await changeMemory(id, "DELETE");
      } else if ("type" in one) {
        for (const id of one.type.ids) await changeMemory(id, "PATCH", { scope: "type" });
      } else if ("rule" in one) {
        await change("a new rule", "/rules", "POST", one.rule);
      } else {
        for (const id of one.dropRules) {
          await change(`rule ${id}`, `/rules/${encodeURIComponent(id)}`, "DELETE");
        }
      }
    }
  }
  return { changed, left };
}

/** Runs the command line. Returns the exit status. */
async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      space: { type: "string", default: "default" },
      server: { type: "string", default: Deno.env.get("XOLO_SERVER") ?? SERVER },
      "token-from": { type: "string", default: "XOLO_TOKEN" },
      export: { type: "string" },
      judgements: { type: "string" },
      rules: { type: "string" },
      floor: { type: "string", default: "0.92" },
      out: { type: "string" },
      apply: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.export === undefined && (values.judgements ?? values.rules) !== undefined) {
    throw new TypeError("--judgements and --rules go with --export");
  }
  const floor = Number(values.floor);
  if (!(floor > 0 && floor < 1)) {
    throw new RangeError(`--floor should be over 0 and below 1, it is ${values.floor}`);
  }
  const token = Deno.env.get(values["token-from"]);
  const base = values.server.replace(/\/+$/, "");
  const send: Send = async (path, init = {}) => {
    const headers = {
      ...init.headers as Record<string, string>,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    try {
      return await fetch(base + path, { ...init, headers });
    } catch (error) {
      throw new Error(`${base} does not answer`, { cause: error });
    }
  };

  const { space } = values;
  const file = (path: string | undefined, none: string) =>
    path === undefined ? Promise.resolve(none) : Deno.readTextFile(path);
  const texts = values.export === undefined ? await ask(send, space) : {
    memories: await Deno.readTextFile(values.export),
    judgements: await file(values.judgements, ""),
    rules: await file(values.rules, "[]"),
  };
  const memories = readExport(texts.memories);
  const judgements = readJudgements(texts.judgements);
  const { rules, problems } = readRules(texts.rules);
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("../models/manifest.json", import.meta.url))),
  );
  const proposals = consolidate({ memories, judgements, rules, problems }, {
    floor,
    copyCosine: manifest.look.copy.cosine,
    look: lookModelOf(manifest.backbone),
  });
  const report = formatProposals(proposals, {
    space,
    memories: memories.length,
    judgements: judgements.length,
    rules: rules.length,
  });
  if (values.out === undefined) console.log(report);
  else await Deno.writeTextFile(values.out, report);
  if (!values.apply) return 0;
  const { changed, left } = await applyProposals(send, proposals, {
    space,
    labels: new Map(memories.map(({ id, label }) => [id, label])),
    agree: (question) => values.yes || confirm(question),
  });
  console.log(`changed ${changed}, left ${left.length}`);
  for (const why of left) console.log(`  ${why}`);
  return left.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await run(Deno.args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`consolidate: ${error.message}`);
    Deno.exitCode = 1;
  }
}
