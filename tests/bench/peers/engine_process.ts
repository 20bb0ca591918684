/**
 * Starts an engine's process and asks it.
 *
 * @module
 */
import { textLines } from "../../support/text_lines.ts";
import type { EngineReply, EngineRequest } from "./serve_engine.ts";

/** A running engine. */
export interface EngineProcess extends AsyncDisposable {
  /** @throws {Error} when the process ends instead of answering; it has printed why */
  ask(request: EngineRequest): Promise<EngineReply>;
}

/**
 * Starts an engine.
 *
 * @param args of Deno: its options, the engine's script and the script's arguments
 */
export function startEngine(args: readonly string[]): EngineProcess {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).spawn();
  const input = process.stdin.getWriter();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(textLines())
    .getReader();
  return {
    async ask(request) {
      await input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
      const { value } = await output.read();
      if (value === undefined) {
        const { code } = await process.status;
        throw new Error(`${args.join(" ")} should have answered, it ended with ${code}`);
      }
      return JSON.parse(value) as EngineReply;
    },
    async [Symbol.asyncDispose]() {
      // It may have ended by itself, and then takes no end of input.
      await input.close().catch(() => undefined);
      await output.cancel();
      await process.status;
    },
  };
}
