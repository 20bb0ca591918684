/**
 * Starts the service as the hosting platform does: a frozen install into an empty cache, the build,
 * then the default export served from a source tree that it may not write.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../training/paths.ts";
import { root } from "./support/data.ts";
import { startProcess } from "./support/process.ts";
import { formOf, samplePhoto } from "./support/service.ts";

const CAT = samplePhoto("chelsea_cat.jpg");

async function run(cwd: string, env: Record<string, string>, ...args: string[]): Promise<void> {
  const { success, stderr, stdout } = await new Deno.Command(args[0]!, {
    args: args.slice(1),
    cwd,
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(success, `${args.join(" ")}:\n${text(stdout)}\n${text(stderr)}`);
}

/** The tracked files as they stand, in a folder of their own. */
async function copySource(to: string): Promise<void> {
  const { stdout } = await new Deno.Command("git", { args: ["ls-files", "-z"], cwd: root })
    .output();
  for (const path of new TextDecoder().decode(stdout).split("\0").filter(Boolean)) {
    const target = join(to, path);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.copyFile(join(root, path), target);
  }
}

Deno.test("the platform's way of starting serves, keeps and ends in order", async () => {
  const folder = await Deno.makeTempDir({ prefix: "xolo-deploy-" });
  try {
    const source = join(folder, "source");
    const cache = join(folder, "cache");
    await copySource(source);
    const { deploy } = JSON.parse(await Deno.readTextFile(join(source, "deno.json")));
    const env = { DENO_DIR: cache, NO_COLOR: "1" };
    const deno = (command: string) => command.replace(/^deno /, "").split(" ");
    await run(source, env, Deno.execPath(), ...deno(deploy.install));
    await run(source, env, Deno.execPath(), ...deno(deploy.build));
    const kept = await Deno.readTextFile(join(source, "deno.lock"));

    const data = join(folder, "data");
    await Deno.mkdir(data);
    const service = await startProcess(
      { ...env, XOLO_DATA: data, XOLO_MEMORY_MB: String(deploy.runtime.memoryLimit) },
      [
        "serve",
        "--port=0",
        "--cached-only",
        "--frozen",
        "--allow-all",
        `--deny-write=${source}`,
        deploy.runtime.entrypoint,
      ],
      { cwd: source },
    );
    const page = await fetch(`${service.url}/`);
    assertStringIncludes(await page.text(), "<html");
    const taught = await fetch(`${service.url}/memories`, {
      method: "POST",
      body: formOf({ label: "Chelsea" }, CAT),
    });
    assertEquals(taught.status, 201, await taught.text());
    const health = await (await fetch(`${service.url}/health`)).json();
    assertEquals(health.store.kind, "deno-kv");

    const asked = fetch(`${service.url}/classify`, { method: "POST", body: formOf({}, CAT) });
    const answer = await (await asked).json();
    assertEquals(answer.label, "Chelsea");
    const start = performance.now();
    const { code } = await service.end("SIGINT");
    assertEquals(code, 0);
    assert(performance.now() - start < 5000, "the platform kills after five seconds");
    assertEquals(await Deno.readTextFile(join(source, "deno.lock")), kept);

    // Without the native library the same source serves by the wasm engine.
    const fallback = await startProcess(
      { ...env, XOLO_DATA: ":memory:", XOLO_RUNTIME: "wasm" },
      ["serve", "--port=0", "--cached-only", "--frozen", "-A", deploy.runtime.entrypoint],
      { cwd: source },
    );
    const slow = await fetch(`${fallback.url}/classify`, { method: "POST", body: formOf({}, CAT) });
    const { path } = await slow.json();
    assert(path.includes("cat"), path.join(" → "));
    assertEquals((await (await fetch(`${fallback.url}/health`)).json()).runtime, "wasm");
    assertEquals((await fallback.end("SIGTERM")).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
