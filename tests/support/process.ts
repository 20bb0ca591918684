/**
 * The service as a process of its own, for tests of what outlives or ends one.
 *
 * @module
 */
import { textLines } from "./text_lines.ts";
import { root } from "./data.ts";
import type { MemoryGroup } from "./memory_group.ts";

/** A running service. */
export interface ServiceProcess {
  /** Its address without a trailing slash. */
  readonly url: string;
  readonly pid: number;
  /** Sends a signal and waits until the process has ended. */
  end(signal: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** How long a start may take, in milliseconds; a cold cache compiles and loads everything. */
const START_LIMIT = 60_000;

/** What `deno task start` runs once the page is built: with its permissions and no more. */
function startArgs(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  return tasks.start.command.split("&& deno ")[1].split(" ");
}

/**
 * Starts the service on a free port and waits until it is ready.
 *
 * @param env settings
 * @param args of Deno; by default those of `deno task start`
 * @param options where it runs, and the memory group that it runs in
 * @throws {Error} with what it printed when it ends or stays silent instead
 */
export async function startProcess(
  env: Record<string, string>,
  args: readonly string[] = startArgs(),
  { cwd = root, group }: { cwd?: string; group?: MemoryGroup } = {},
): Promise<ServiceProcess> {
  const deno = [Deno.execPath(), ...args];
  const [program, ...rest] = group ? group.enter(deno) : deno;
  const process = new Deno.Command(program!, {
    args: rest,
    cwd,
    env: { PORT: "0", NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed: string[] = [];
  const found = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(textLines())) {
      printed.push(line);
      const url = /(https?:\/\/(?:127\.0\.0\.1|localhost|0\.0\.0\.0):\d+)/.exec(line)?.[1];
      if (url) found.resolve(url.replace("0.0.0.0", "127.0.0.1"));
    }
  };
  const reading = Promise.all([read(process.stdout), read(process.stderr)]);
  const limit = setTimeout(() => found.reject(new Error("it stays silent")), START_LIMIT);
  process.status.then(({ code }) => found.reject(new Error(`it ended with ${code}`)));
  try {
    const url = await found.promise;
    for (;;) {
      const ready = await fetch(`${url}/ready`).catch(() => undefined);
      await ready?.body?.cancel();
      if (ready?.ok) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    return {
      url,
      pid: process.pid,
      async end(signal) {
        try {
          process.kill(signal);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        const status = await process.status;
        await reading;
        return status;
      },
    };
  } catch (error) {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await process.status;
    await reading;
    throw new Error(`the service does not start: ${error}\n${printed.join("\n")}`);
  } finally {
    clearTimeout(limit);
  }
}
