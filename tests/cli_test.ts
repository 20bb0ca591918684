import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compose } from "../functions/compose.ts";
import { readSettings } from "../functions/settings.ts";
import { join } from "../training/paths.ts";
import { root } from "./support/data.ts";
import { withParadigms } from "./support/paradigm_models.ts";
import { startProcess } from "./support/process.ts";
import { samplePhoto } from "./support/service.ts";

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function xolo(env: Record<string, string>, ...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "functions/cli.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

async function withAlbum(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "xolo-cli-" });
  try {
    for (const [path, sample] of [["My_cat/a.jpg", "chelsea_cat"], ["Mug/b.jpg", "coffee_cup"]]) {
      const target = join(folder, "album", path!);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      await Deno.writeFile(target, samplePhoto(`${sample}.jpg`));
    }
    await Deno.writeTextFile(join(folder, "album/Mug/broken.jpg"), "no photo");
    await Deno.writeTextFile(join(folder, "album/Mug/notes.txt"), "not looked at");
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("xolo teaches a folder, answers, exports, imports and forgets in the local store", async () => {
  await withAlbum(async (folder) => {
    const env = { XOLO_DATA: join(folder, "store") };
    const album = join(folder, "album");
    const report = join(folder, "report.json");
    const taught = await xolo(env, "teach", album, "--report", report);
    assertEquals(taught.code, 1, "something was refused");
    assertStringIncludes(taught.out, "taught 2, known before 0, refused 1");
    assertStringIncludes(taught.out, "broken.jpg");
    const { refused } = JSON.parse(await Deno.readTextFile(report));
    assertEquals(refused.length, 1);

    const again = await xolo(env, "teach", album);
    assertStringIncludes(again.out, "taught 0, known before 2, refused 1");

    const labels = await xolo(env, "labels");
    assertEquals(labels.out, "Mug\t1\nMy cat\t1\n", labels.err);

    const asked = await xolo(env, "classify", "--json", join(album, "My_cat/a.jpg"));
    assertEquals(JSON.parse(asked.out).label, "My cat");

    const file = join(folder, "export.ndjson");
    assertEquals((await xolo(env, "export", file)).code, 0);
    const imported = await xolo(env, "import", file, "--space", "copy");
    assertStringIncludes(imported.out, "imported 2, known before 0");
    assertEquals((await xolo(env, "labels", "--space", "copy")).out, "Mug\t1\nMy cat\t1\n");

    assertStringIncludes((await xolo(env, "forget", "Mug")).out, "forgot 1");
    const missing = await xolo(env, "forget", "Mug");
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.err, "Mug");
    assertStringIncludes((await xolo(env, "forget", "--all")).out, "forgot 1");
    assertEquals((await xolo(env, "labels")).out, "");
  });
});

Deno.test("xolo renames, tells the history and takes back", async () => {
  await withAlbum(async (folder) => {
    const env = { XOLO_DATA: join(folder, "store") };
    await xolo(env, "teach", join(folder, "album/My_cat"), "--label", "Tom");
    const renamed = await xolo(env, "rename", "Tom", "Chelsea", "--actor", "Großmutter");
    assertEquals(renamed.out, "renamed 1\n", renamed.err);
    const { out } = await xolo(env, "events");
    const [last, first, ...more] = out.trimEnd().split("\n").map((line) => line.split("\t"));
    assertEquals(more, []);
    assertEquals(last!.slice(2), ["Großmutter", 'renamed 1 example of "Tom" to "Chelsea"']);
    assertEquals(first!.slice(2), ["somebody", 'taught 1 example of "Tom"']);
    const early = await xolo(env, "undo", first![0]!);
    assertEquals(early.code, 1);
    assertStringIncludes(early.err, last![0]!);
    const undone = await xolo(env, "undo", last![0]!, "--why", "by mistake");
    assertEquals(undone.out, 'took back: renamed 1 example of "Tom" to "Chelsea"\n', undone.err);
    assertEquals((await xolo(env, "labels")).out, "Tom\t1\n");
    const json = (await xolo(env, "events", "--limit", "2", "--json")).out.trimEnd().split("\n");
    assertEquals(json.map((line) => JSON.parse(line).type), ["undo", "rename"]);
    assertEquals(JSON.parse(json[0]!).why, "by mistake");
    const none = await xolo(env, "rename", "Tom");
    assertStringIncludes(none.err, "needs a label and its new name");
    assertStringIncludes((await xolo(env, "events", "--limit", "x")).err, "whole number");
  });
});

Deno.test("xolo speaks to a server, with its token", async () => {
  await withAlbum(async (folder) => {
    const token = "a-long-secret";
    const server = await startProcess({ XOLO_DATA: ":memory:", XOLO_TOKEN: token });
    const cat = join(folder, "album/My_cat");
    const args = ["--server", server.url];
    const refused = await xolo({}, "teach", cat, "--label", "Chelsea", ...args);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, "need the token");
    const taught = await xolo(
      { XOLO_TOKEN: token },
      "teach",
      cat,
      "--label",
      "Chelsea",
      ...args,
    );
    assertEquals(taught.code, 0, taught.err);
    const asked = await xolo({ XOLO_TOKEN: token }, "classify", join(cat, "a.jpg"), ...args);
    assertStringIncludes(asked.out, "Chelsea (is, 100 %, memory)");
    await server.end("SIGTERM");
  });
});

Deno.test("xolo explains itself and what is missing", async () => {
  assertStringIncludes((await xolo({}, "--help")).out, "xolo teach");
  assertEquals((await xolo({}, "dance")).code, 2);
  const env = { XOLO_DATA: ":memory:" };
  const unnamed = await xolo(env, "teach", "web/samples");
  assertEquals(unnamed.code, 1);
  assertStringIncludes(unnamed.err, "--label");
  const nothing = await xolo(env, "classify");
  assert(nothing.code === 1 && nothing.err.includes("needs a photo"), nothing.err);
});

Deno.test("xolo teaches types when it is told to", async () => {
  await withAlbum(async (folder) => {
    const env = { XOLO_DATA: join(folder, "store") };
    await xolo(env, "teach", join(folder, "album/My_cat"), "--label", "Ginger cat", "--type");
    const { out } = await xolo(env, "export");
    const line = out.split("\n").find((line) => line.includes("Ginger cat"));
    assertEquals(JSON.parse(line!).scope, "type");
  });
});

Deno.test({
  name: "xolo asks the paradigm that it is told to, and three to compare",
  // The native runtime's and the decoder's threads outlive their Workers.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withParadigms((models) =>
      withAlbum(async (folder) => {
        const service = await compose(readSettings({ XOLO_DATA: ":memory:" }), models);
        const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, service.fetch);
        const url = `http://127.0.0.1:${server.addr.port}`;
        const ask = (...args: string[]) =>
          xolo({}, "classify", join(folder, "album/My_cat/a.jpg"), "--server", url, ...args);
        try {
          const one = await ask("--paradigm", "sequential");
          assertStringIncludes(
            one.out,
            "network): not seen in training: a group of training photos stands out by 0.25",
          );
          const three = (await ask("--paradigm", "compare")).out.trim().split("\n");
          assertEquals(
            three.map((line) => line.split(": ")[1]),
            ["sequential", "joint", "human"],
          );
          const json = JSON.parse((await ask("--paradigm", "compare", "--json")).out);
          assertEquals(json.answers.joint.paradigm, "joint");
          const none = await ask("--paradigm", "best");
          assertEquals(none.code, 1);
          assertStringIncludes(none.err, 'it is "best"');
        } finally {
          await server.shutdown();
          await service.close();
        }
      })
    ),
});
