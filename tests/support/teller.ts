/**
 * Another process on the same store.
 *
 * @module
 */
import { fromFileUrl } from "../../training/paths.ts";

/** A running process of `teller_process.ts`. */
export interface Teller {
  /** Sends a line and resolves to the line that answers it. */
  ask(line: string): Promise<string>;
  /** Reads lines, kills the process with SIGKILL after its first line and so long, and returns all whole lines. */
  readUntilKilled(milliseconds: number): Promise<string[]>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** Starts a process on a store's file. */
export async function startTeller(
  task: "serve" | "teach",
  path: string,
  ...args: string[]
): Promise<Teller> {
  const script = fromFileUrl(new URL("./teller_process.ts", import.meta.url));
  const config = fromFileUrl(new URL("../../deno.json", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, script, task, path, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const lines: string[] = [];
  let rest = "";
  /** Waits for more lines; false at the end. */
  const more = async () => {
    const { value, done } = await reader.read();
    if (done) return false;
    const parts = (rest + value).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
    return true;
  };
  const line = async () => {
    while (lines.length === 0) {
      if (!await more()) throw new Error("the other process ended");
    }
    return lines.shift()!;
  };
  const ready = await line();
  if (ready !== "ready") throw new Error(`the other process said ${ready}`);
  let killed = false;
  return {
    async ask(question) {
      await writer.write(new TextEncoder().encode(`${question}\n`));
      return await line();
    },
    async readUntilKilled(milliseconds) {
      const timer = setTimeout(() => {
        killed = true;
        child.kill("SIGKILL");
      }, milliseconds);
      while (await more());
      clearTimeout(timer);
      await writer.close().catch(() => {});
      await child.status;
      return lines.splice(0);
    },
    async stop() {
      if (!killed) {
        await writer.close().catch(() => {});
        await child.status;
        await reader.cancel();
      }
    },
  };
}
