/**
 * The command line: teach folders, ask, list, rename, forget, take back, export and import, against
 * a server or the local store.
 *
 *     deno task xolo teach photos/            # sub-folders are labels
 *     deno task xolo classify photo.jpg
 *
 * Both ways speak the same HTTP interface; without `--server` it is answered in this process.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { basename, join } from "node:path";
import { compose } from "./compose.ts";
import type { Scope } from "./core/memory.ts";
import { patiently, ReplyError, succeed } from "./core/patiently.ts";
import { readSettings } from "./settings.ts";

const USAGE = `xolo: teach and ask from the command line

  xolo teach <folder> [--label NAME] [--type] [--not] [--force] [--keep-photo] [--report FILE]
                           photos of a folder; its sub-folders are the labels unless --label is given;
                           with --type labels of types ("Shiba Inu") and not of individuals ("Rex")
  xolo classify <photo>... [--paradigm sequential|joint|human|compare]
                           one answer a line; with --paradigm compare three
  xolo labels              who and what is known
  xolo rename <old> <new>  give a label another name; where that is known the two become one
  xolo forget <label>      finally;  --all forgets the whole space
  xolo events              who changed what, newest first; --limit N of them (20)
  xolo undo <event>        take one back, by its id;  --why REASON
  xolo export [FILE]       the space as lines of JSON, to standard output without FILE
  xolo import FILE         takes them in

  --space NAME             the space (default)
  --server URL             a running server (or XOLO_SERVER); the local store otherwise
  --token TOKEN            its token (or XOLO_TOKEN)
  --actor NAME             who does it, for the history (or XOLO_ACTOR)
  --json                   answers as JSON

Teaching again what is known costs little and doubles nothing: run the same command to go on after
an interruption.`;

const PHOTO = /\.(jpe?g|png|webp|avif|gif|heic|heif)$/i;

/** One photo and the label to teach it under. */
interface Example {
  readonly path: string;
  readonly label: string;
}

/** Sends a request to wherever the memories are. */
type Send = (path: string, init?: RequestInit) => Promise<Response>;

/**
 * Whether this photo or its label was refused, which leaves the others; a refused caller or a full
 * store would be refused again.
 */
function isRefusal(error: unknown): error is ReplyError {
  return error instanceof ReplyError && [400, 413, 415, 422].includes(error.status);
}

/** The photos below a folder and their labels. */
function* examples(folder: string, label: string | undefined): Generator<Example> {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* examples(path, label ?? entry.name.replaceAll("_", " "));
    else if (PHOTO.test(entry.name)) {
      if (label === undefined) {
        throw new TypeError(`${path} lies in no sub-folder that names it; give --label`);
      }
      yield { path, label };
    }
  }
}

function progress(done: number, of: number, refused: number): void {
  if (!Deno.stderr.isTerminal()) return;
  const width = 30;
  const bar = "█".repeat(Math.round(width * done / of)).padEnd(width, "░");
  const line = `\r${bar} ${done}/${of}${refused > 0 ? `, ${refused} refused` : ""}`;
  Deno.stderr.writeSync(new TextEncoder().encode(done === of ? `${line}\n` : line));
}

interface TeachOptions {
  readonly space: string;
  readonly label: string | undefined;
  readonly scope: Scope;
  readonly not: boolean;
  readonly force: boolean;
  readonly keepPhoto: boolean;
  readonly report: string | undefined;
}

/** Teaches a folder, photo by photo. Returns whether all were taken. */
async function teach(send: Send, folder: string, options: TeachOptions): Promise<boolean> {
  const all = [...examples(folder, options.label)];
  if (all.length === 0) throw new TypeError(`${folder} holds no photos`);
  const report = { taught: 0, known: 0, refused: [] as { path: string; reason: string }[] };
  for (const [i, { path, label }] of all.entries()) {
    progress(i, all.length, report.refused.length);
    const photo = new Blob([await Deno.readFile(path)]);
    const form = () => {
      const form = new FormData();
      form.set("image", photo, basename(path));
      form.set("label", label);
      form.set("space", options.space);
      form.set("scope", options.scope);
      if (options.not) form.set("not", "true");
      if (options.force) form.set("force", "true");
      if (options.keepPhoto) form.set("keepPhoto", "true");
      return form;
    };
    try {
      const reply = await patiently(() => send("/memories", { method: "POST", body: form() }));
      await reply.body?.cancel();
      if (reply.status === 201) report.taught++;
      else report.known++;
    } catch (error) {
      if (!isRefusal(error)) {
        console.error(`stopped at ${path}; run the same command to go on from there`);
        throw error;
      }
      report.refused.push({ path, reason: error.message });
    }
  }
  progress(all.length, all.length, report.refused.length);
  console.log(
    `taught ${report.taught}, known before ${report.known}, refused ${report.refused.length}`,
  );
  for (const { path, reason } of report.refused) console.log(`  ${path}: ${reason}`);
  if (options.report) {
    await Deno.writeTextFile(options.report, JSON.stringify(report, null, 2) + "\n");
  }
  return report.refused.length === 0;
}

interface AnswerLine {
  readonly paradigm: string;
  readonly label: string | null;
  readonly certainty: string;
  readonly confidence: number;
  readonly route: string;
  readonly reason: string;
}

function wordsOf({ label, certainty, confidence, route, reason }: AnswerLine): string {
  const percent = Math.round(confidence * 100);
  return `${label ?? "?"} (${certainty}, ${percent} %, ${route}): ${reason}`;
}

/** Asks about photos. Returns whether all were answered. */
async function classify(
  send: Send,
  photos: readonly string[],
  { space, paradigm, json }: {
    readonly space: string;
    readonly paradigm: string | undefined;
    readonly json: boolean;
  },
): Promise<boolean> {
  const query = new URLSearchParams({ space, ...(paradigm === undefined ? {} : { paradigm }) });
  let all = true;
  for (const path of photos) {
    try {
      const photo = await Deno.readFile(path);
      const reply = await patiently(() =>
        send(`/classify?${query}`, {
          method: "POST",
          body: photo,
          headers: { "content-type": "application/octet-stream" },
        })
      );
      const answer = await reply.json() as AnswerLine | { answers: Record<string, AnswerLine> };
      if (json) console.log(JSON.stringify({ path, ...answer }));
      else if (!("answers" in answer)) console.log(`${path}: ${wordsOf(answer)}`);
      else {
        for (const one of Object.values(answer.answers)) {
          console.log(`${path}: ${one.paradigm}: ${wordsOf(one)}`);
        }
      }
    } catch (error) {
      const isMissing = error instanceof Deno.errors.NotFound;
      if (!isMissing && !isRefusal(error)) throw error;
      console.error(`${path}: ${isMissing ? "there is no such file" : error.message}`);
      all = false;
    }
  }
  return all;
}

interface LabelLine {
  readonly label: string;
  readonly memories: number;
  readonly negatives: number;
}

/** Lists what is known. */
async function labels(send: Send, space: string, json: boolean): Promise<void> {
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ space, limit: "1000", ...(cursor ? { cursor } : {}) });
    const reply = await succeed(await send(`/labels?${query}`));
    const page = await reply.json() as { labels: LabelLine[]; next?: string };
    for (const line of page.labels) {
      const not = line.negatives > 0 ? `, ${line.negatives} negative` : "";
      console.log(json ? JSON.stringify(line) : `${line.label}\t${line.memories}${not}`);
    }
    cursor = page.next;
  } while (cursor !== undefined);
}

interface EventLine {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly by: string;
  readonly what: string;
  readonly why: string;
  readonly count: number;
  readonly undoneBy?: string;
}

function eventWords({ id, type, at, by, what, why, count, undoneBy }: EventLine): string {
  const done = type === "forget" ? `forgot ${count}` : what;
  const because = why === "" ? "" : `, because: ${why}`;
  const back = undoneBy === undefined ? "" : ` (taken back by ${undoneBy})`;
  return `${id}\t${at}\t${by}\t${done}${because}${back}`;
}

/** Most events of one request. */
const EVENTS_AT_ONCE = 1000;

/** Lists what was changed, newest first. */
async function events(send: Send, space: string, most: number, json: boolean): Promise<void> {
  let cursor: string | undefined;
  for (let left = most; left > 0;) {
    const query = new URLSearchParams({
      space,
      limit: String(Math.min(left, EVENTS_AT_ONCE)),
      ...(cursor ? { cursor } : {}),
    });
    const reply = await succeed(await send(`/events?${query}`));
    const page = await reply.json() as { events: EventLine[]; next?: string };
    for (const event of page.events) console.log(json ? JSON.stringify(event) : eventWords(event));
    left -= page.events.length;
    cursor = page.next;
    if (cursor === undefined) return;
  }
}

/** Sends JSON. */
function jsonOf(method: string, value: object): RequestInit {
  return {
    method,
    body: JSON.stringify(value),
    headers: { "content-type": "application/json" },
  };
}

/** Lines of an import that are sent together: about eight megabytes. */
const IMPORT_CHARACTERS = 8_000_000;

/** Takes in an export, several lines at a time, each time with its header. */
async function importFile(send: Send, file: string, space: string): Promise<void> {
  const [header, ...lines] = (await Deno.readTextFile(file)).split("\n").filter((l) => l.trim());
  if (header === undefined) throw new TypeError(`${file} is empty; it should be an export`);
  const total = { imported: 0, known: 0 };
  let batch: string[] = [];
  let size = 0;
  const flush = async () => {
    const reply = await patiently(() =>
      send(`/import?space=${encodeURIComponent(space)}`, {
        method: "POST",
        body: [header, ...batch].join("\n"),
        headers: { "content-type": "application/x-ndjson" },
      })
    );
    const { imported, known } = await reply.json() as typeof total;
    total.imported += imported;
    total.known += known;
    batch = [];
    size = 0;
  };
  for (const line of lines) {
    if (size > 0 && size + line.length > IMPORT_CHARACTERS) await flush();
    batch.push(line);
    size += line.length;
  }
  await flush();
  console.log(`imported ${total.imported}, known before ${total.known}`);
}

/** Runs one command. Returns the exit status. */
async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      space: { type: "string", default: "default" },
      server: { type: "string" },
      token: { type: "string" },
      label: { type: "string" },
      report: { type: "string" },
      paradigm: { type: "string" },
      actor: { type: "string" },
      limit: { type: "string", default: "20" },
      why: { type: "string" },
      type: { type: "boolean", default: false },
      not: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
      "keep-photo": { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, ...rest] = positionals;
  const commands = [
    "teach",
    "classify",
    "labels",
    "rename",
    "forget",
    "events",
    "undo",
    "export",
    "import",
  ];
  if (values.help || command === undefined || !commands.includes(command)) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const first = rest[0];
  const needs = (what: string): string => {
    if (first === undefined) throw new TypeError(`xolo ${command} needs ${what}`);
    return first;
  };

  const { space } = values;
  const { send, close } = await connect(values.server, values.token, values.actor);
  try {
    switch (command) {
      case "teach":
        return await teach(send, needs("a folder"), {
            space,
            label: values.label,
            scope: values.type ? "type" : "individual",
            not: values.not,
            force: values.force,
            keepPhoto: values["keep-photo"],
            report: values.report,
          })
          ? 0
          : 1;
      case "classify":
        needs("a photo");
        return await classify(send, rest, { space, paradigm: values.paradigm, json: values.json })
          ? 0
          : 1;
      case "labels":
        await labels(send, space, values.json);
        return 0;
      case "rename": {
        const [from, to] = rest;
        if (from === undefined || to === undefined) {
          throw new TypeError("xolo rename needs a label and its new name");
        }
        const path = `/labels/${encodeURIComponent(from)}?space=${encodeURIComponent(space)}`;
        const reply = await succeed(await send(path, jsonOf("PATCH", { label: to })));
        const { renamed } = await reply.json() as { renamed: number };
        console.log(`renamed ${renamed}`);
        return 0;
      }
      case "events": {
        const most = Number(values.limit);
        if (!(Number.isInteger(most) && most > 0)) {
          throw new TypeError(`--limit should be a whole number from 1 on, it is ${values.limit}`);
        }
        await events(send, space, most, values.json);
        return 0;
      }
      case "undo": {
        const body = {
          event: needs("the id of an event (xolo events)"),
          ...(values.why === undefined ? {} : { why: values.why }),
        };
        const path = `/undo?space=${encodeURIComponent(space)}`;
        const reply = await succeed(await send(path, jsonOf("POST", body)));
        const event = await reply.json() as EventLine;
        console.log(values.json ? JSON.stringify(event) : event.what);
        return 0;
      }
      case "forget": {
        const path = values.all
          ? `/spaces/${encodeURIComponent(space)}`
          : `/labels/${encodeURIComponent(needs("a label, or --all"))}?space=${
            encodeURIComponent(space)
          }`;
        const reply = await succeed(await send(path, { method: "DELETE" }));
        const { forgotten } = await reply.json() as { forgotten: number };
        console.log(`forgot ${forgotten}`);
        return 0;
      }
      case "export": {
        const reply = await succeed(await send(`/export?space=${encodeURIComponent(space)}`));
        const out = first === undefined
          ? Deno.stdout.writable
          : (await Deno.create(first)).writable;
        await reply.body!.pipeTo(out, { preventClose: first === undefined });
        return 0;
      }
      default:
        await importFile(send, needs("a file"), space);
        return 0;
    }
  } finally {
    await close();
  }
}

/** Where the memories are: a server, or the local store in this process. */
async function connect(
  server = Deno.env.get("XOLO_SERVER"),
  token = Deno.env.get("XOLO_TOKEN"),
  actor = Deno.env.get("XOLO_ACTOR"),
): Promise<{ send: Send; close: () => Promise<void> }> {
  const given = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(actor ? { "xolo-actor": encodeURIComponent(actor) } : {}),
  };
  const withToken = (init: RequestInit = {}): RequestInit => ({
    ...init,
    headers: { ...init.headers as Record<string, string>, ...given },
  });
  if (server !== undefined) {
    const base = server.replace(/\/+$/, "");
    return {
      send: (path, init) => fetch(base + path, withToken(init)),
      close: () => Promise.resolve(),
    };
  }
  const { fetch: answer, close } = await compose(readSettings(Deno.env.toObject()));
  return {
    send: async (path, init) =>
      await answer(new Request(`http://localhost${path}`, withToken(init)), {
        remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
      }),
    close,
  };
}

if (import.meta.main) {
  try {
    Deno.exitCode = await run(Deno.args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`xolo: ${error.message}`);
    Deno.exitCode = 1;
  }
}
