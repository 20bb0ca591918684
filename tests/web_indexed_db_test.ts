/**
 * The memory table of a browser, in a real one: the suites that every table passes, and what only a
 * browser does to it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { MemoryTable } from "../functions/core/memory.ts";
import { bundleForTab } from "../web/bundle_for_tab.ts";
import { launchBrowser, missingBrowser } from "./support/browser.ts";
import { root } from "./support/data.ts";
import { example } from "./support/memory_contract.ts";
import { withFolder } from "./support/temp_folder.ts";

/** What the bundled page has. */
interface Suite {
  readonly names: readonly string[];
  run(index: number): Promise<string | null>;
  openIndexedDbTable(name: string): Promise<MemoryTable>;
  /** A table that the next step goes on with. */
  table?: MemoryTable;
}

/** What the page's own scope has, in which the functions run that are handed to it. */
declare const suite: Suite;

const missing = missingBrowser();

Deno.test({
  name: `the browser's memory table${missing ? ` [skipped: ${missing}]` : ""}`,
  ignore: missing !== undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: (t) =>
    withFolder(async (folder) => {
      const { imports } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`)) as {
        imports: Record<string, string>;
      };
      const map = `${folder}/import_map.json`;
      await Deno.writeTextFile(
        map,
        JSON.stringify({
          imports: {
            ...imports,
            "@std/assert": `file://${root}/tests/support/assert.ts`,
            "node:assert/strict": `file://${root}/tests/support/strict_assert.ts`,
          },
        }),
      );
      const script = `${folder}/suite.js`;
      await bundleForTab(`${root}/tests/support/indexed_db_suite.ts`, script, map);
      const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
        const isScript = new URL(request.url).pathname === "/suite.js";
        return new Response(
          isScript
            ? Deno.readTextFileSync(script)
            : '<!DOCTYPE html><title>Suite</title><script type="module" src="/suite.js"></script>',
          { headers: { "content-type": isScript ? "text/javascript" : "text/html" } },
        );
      });
      const browser = await launchBrowser();
      try {
        const context = await browser.newContext({
          baseURL: `http://127.0.0.1:${server.addr.port}`,
        });
        const openPage = async () => {
          const page = await context.newPage();
          await page.goto("/");
          await page.waitForFunction(() => typeof suite === "object");
          return page;
        };
        const page = await openPage();
        const names = await page.evaluate(() => suite.names);
        assert(names.length > 60, `${names.length} cases were registered`);
        for (const [index, name] of names.entries()) {
          await t.step(name, async () => {
            assertEquals(await page.evaluate((at) => suite.run(at), index), null);
          });
        }

        const lesson = example(1, { embedding: new Float32Array(0) });
        const examples = JSON.stringify({ lesson, embedding: [...example(1).embedding] });
        await t.step("what was taught survives a reload, and another tab knows it", async () => {
          await page.evaluate(async (text) => {
            const { lesson, embedding } = JSON.parse(text);
            const table = await suite.openIndexedDbTable("lasting");
            await table.teach("home", [{ ...lesson, embedding: new Float32Array(embedding) }]);
            suite.table = table;
          }, examples);
          const other = await openPage();
          assertEquals(
            await other.evaluate(async () => {
              suite.table = await suite.openIndexedDbTable("lasting");
              return (await suite.table.space("home"))!.memories;
            }),
            1,
          );
          // The tabs share one table: what one forgets the other does not know.
          await page.evaluate(() => suite.table!.forget("home", { label: "Rex" }));
          await other.waitForTimeout(1100);
          const known = (bytes: string) =>
            other.evaluate(async (it) => (await suite.table!.byBytes("home", it)).length, bytes);
          assertEquals(await known(lesson.bytes), 0);
          await page.evaluate(async (text) => {
            const { lesson, embedding } = JSON.parse(text);
            await suite.table!.teach("home", [{
              ...lesson,
              embedding: new Float32Array(embedding),
            }]);
          }, examples);
          await page.reload();
          await page.waitForFunction(() => typeof suite === "object");
          assertEquals(
            await page.evaluate(async () => {
              const table = await suite.openIndexedDbTable("lasting");
              return (await table.list("home", { limit: 9 })).items.map(({ label }) => label);
            }),
            ["Rex"],
          );
        });

        await t.step("a tab that is closed in mid-lesson leaves all of it or nothing", async () => {
          for (let round = 0; round < 5; round++) {
            const doomed = await openPage();
            const name = `doomed-${round}`;
            await doomed.evaluate(async ([text, name]) => {
              const { lesson, embedding } = JSON.parse(text!);
              const table = await suite.openIndexedDbTable(name!);
              const many = Array.from({ length: 2000 }, (_, n) => ({
                ...lesson,
                bytes: n.toString(16).padStart(64, "0"),
                fingerprint: null,
                embedding: new Float32Array(embedding),
              }));
              // Not waited for.
              void table.teach("home", many);
            }, [examples, name]);
            await doomed.waitForTimeout(20 * round);
            await doomed.close();
            const left = await page.evaluate(async (name) => {
              const table = await suite.openIndexedDbTable(name);
              const told = (await table.space("home"))?.memories ?? 0;
              const page = await table.list("home", { limit: 1000 });
              return [told, page.items.length, (await table.events("home", { limit: 9 })).length];
            }, name);
            assert(left[0] === 0 || left[0] === 2000, `${left[0]} of 2000 memories are there`);
            assertEquals(left[1], Math.min(1000, left[0]!));
            assertEquals(left[2]! > 0, left[0]! > 0);
          }
        });
        await context.close();
      } finally {
        await browser.close();
        await server.shutdown();
      }
    }),
});
