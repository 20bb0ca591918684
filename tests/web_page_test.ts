/**
 * The page in a real browser, against the real service on a port.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import axe from "axe-core";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { compose } from "../functions/compose.ts";
import { readSettings } from "../functions/settings.ts";
import { buildPage } from "../web/build.ts";
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from "./support/browser.ts";
import { root } from "./support/data.ts";
import { samplePhoto } from "./support/service.ts";

type BrowserOptions = Parameters<typeof openPage>[2];

/** Opens pages of one running service. */
type Open = (options?: BrowserOptions) => Promise<WatchedPage>;

/** Runs a test with a browser and a service of its own. */
function pageTest(
  name: string,
  fn: (open: Open) => Promise<void>,
  env: Record<string, string> = {},
): void {
  const missing = missingBrowser();
  Deno.test({
    name: missing ? `${name} [skipped: ${missing}]` : name,
    ignore: missing !== undefined,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await buildPage(`${root}/web/dist`);
      const service = await compose(readSettings({ XOLO_DATA: ":memory:", ...env }));
      const server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen() {} },
        service.fetch,
      );
      const browser = await launchBrowser();
      try {
        const origin = `http://127.0.0.1:${server.addr.port}`;
        await fn((options) => openPage(browser, origin, options));
      } finally {
        await browser.close();
        await server.shutdown();
        await service.close();
      }
    },
  });
}

/** A file as a browser's file input takes it. */
function file(bytes: Uint8Array, name = "photo.jpg", mimeType = "image/jpeg") {
  return { name, mimeType, buffer: Buffer.from(bytes) };
}

/** Chooses a photo and waits until the status region says something that matches. */
async function ask(page: Page, photo: ReturnType<typeof file>, says: RegExp): Promise<string> {
  await page.locator("input[type=file]").first().setInputFiles(photo);
  return await answer(page, says);
}

async function answer(page: Page, says: RegExp): Promise<string> {
  const status = page.getByRole("status").filter({ hasText: says });
  await status.waitFor();
  return await status.innerText();
}

async function teach(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Teach" }).click();
}

const cat = samplePhoto("chelsea_cat.jpg");

pageTest(
  "the page learns a photo, recalls it and its copy from memory, and forgets it",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    await ask(page, file(cat), /cat.*from the network/s);

    await page.getByLabel(/Keep the photo/).check();
    await teach(page, "Chelsea");
    await answer(page, /That is Chelsea.*very photo.*from memory/s);
    const known = page.getByRole("region", { name: "What I know" });
    await known.getByText("1 memory").waitFor();
    await known.getByRole("img", { name: "A photo kept of Chelsea" }).waitFor();

    const copy = await sharp(cat).resize(225).jpeg({ quality: 60 }).toBuffer();
    await ask(page, file(new Uint8Array(copy)), /That is Chelsea.*a copy of one.*from memory/s);
    const evidence = await page.locator(".details").innerText();
    assertMatch(evidence, /copy of a memory of Chelsea\s+\d\.\d\d, needed \d\.\d\d/);
    await ask(page, file(samplePhoto("coffee_cup.jpg")), /espresso.*from the network/s);

    await page.getByRole("button", { name: "Forget Chelsea" }).click();
    const dialog = page.getByRole("dialog", { name: "Forget Chelsea?" });
    assertMatch(await dialog.innerText(), /erases 1 memory and 1 photo/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assertEquals(await known.getByText("Chelsea", { exact: true }).count(), 1);
    await page.getByRole("button", { name: "Forget Chelsea" }).click();
    await page.getByRole("button", { name: "Forget for good" }).click();
    await known.getByText("Forgotten: Chelsea, 1 memory.").waitFor();
    assertEquals(await known.getByText("Chelsea", { exact: true }).count(), 0);
    await ask(page, file(cat), /cat.*from the network/s);

    assertEquals(complaints, []);
    await close();
  },
);

pageTest(
  "the page works by keyboard alone, and with photos that are dropped or pasted",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    await page.getByRole("button", { name: "Chelsea the cat" }).focus();
    await page.keyboard.press("Enter");
    await answer(page, /cat.*from the network/s);
    await page.getByLabel("Name").focus();
    await page.keyboard.type("Chelsea");
    await page.keyboard.press("Enter");
    await answer(page, /That is Chelsea/);

    const send = (event: "drop" | "paste", photo: string) =>
      page.evaluate(async ([event, photo]) => {
        const bytes = await (await fetch(photo!)).blob();
        const data = new DataTransfer();
        data.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
        document.body.dispatchEvent(
          event === "drop"
            ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
        );
      }, [event, photo]);
    await send("drop", "/assets/samples/coffee_cup.jpg");
    await answer(page, /espresso/);
    await send("paste", "/assets/samples/chelsea_cat.jpg");
    await answer(page, /That is Chelsea/);
    assertEquals(complaints, []);
    await close();
  },
);

pageTest("the page says in a sentence what to do when something is wrong", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/");
  await ask(page, file(cat.subarray(0, 3000)), /seems damaged.*choose another/s);
  await ask(
    page,
    file(new TextEncoder().encode("Dear Grandma"), "letter.jpg"),
    /cannot read this kind of file.*JPEG/s,
  );
  const flat = await sharp({
    create: { width: 300, height: 300, channels: 3, background: "#777" },
  }).png().toBuffer();
  await ask(page, file(new Uint8Array(flat), "flat.png", "image/png"), /network|no answer/);
  await teach(page, "Fog");
  await page.getByRole("alert").filter({ hasText: /rather not learn.*nearly blank/ })
    .waitFor();
  await teach(page, " ");
  await page.getByRole("alert").filter({ hasText: "Give a name first" }).waitFor();

  await page.context().setOffline(true);
  await ask(page, file(cat), /cannot reach the server.*try again/s);
  await page.context().setOffline(false);
  await ask(page, file(cat), /cat/);

  // The browser itself notes refused requests on its console; nothing else may be there.
  assertEquals(complaints.filter((c) => !c.includes("Failed to load resource")), []);
  await close();
});

pageTest(
  "the page opens a demo space of its own, keeps it in the tab, and says that it expires",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    await page.getByText(/This is a demo.*gone at \d/).waitFor();
    await ask(page, file(cat), /from the network/);
    await teach(page, "Chelsea");
    await answer(page, /That is Chelsea/);
    await page.reload();
    await page.getByRole("button", { name: "Forget Chelsea" }).waitFor();
    await ask(page, file(cat), /That is Chelsea/);

    const stranger = await open();
    await stranger.page.goto("/");
    await ask(stranger.page, file(cat), /from the network/);
    assertEquals([...complaints, ...stranger.complaints], []);
    await stranger.close();
    await close();
  },
  { XOLO_DEMO: "1" },
);

pageTest("the page takes a token where the deployment has one", async (open) => {
  const { page, close } = await open();
  await page.goto("/");
  await ask(page, file(cat), /from the network/);
  assertEquals(await page.getByRole("button", { name: "Teach" }).count(), 0);
  const use = async (token: string) => {
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Use it" }).click();
  };
  await use("not-the-token");
  await page.getByRole("alert").filter({ hasText: "token is missing or wrong" }).waitFor();
  await use("a-token-of-this-test");
  await teach(page, "Chelsea");
  await answer(page, /That is Chelsea/);
  await close();
}, { XOLO_TOKEN: "a-token-of-this-test" });

/** What axe finds wrong, with where. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<{ violations: Found[] }> } }).axe.run()
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
}

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** How far the page scrolls sideways, in CSS pixels. */
function sideways(page: Page): Promise<number> {
  return page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
}

pageTest(
  "the page has no barriers and fits, in both colour schemes, narrow and wide",
  async (open) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [360, 1280]) {
        const at = `${colorScheme} at ${width} px`;
        const { page, complaints, close } = await open({
          colorScheme,
          viewport: { width, height: 800 },
        });
        const check = async (state: string) => {
          assertEquals(await barriers(page), [], `${at}, ${state}`);
          assertEquals(await sideways(page), 0, `${at}, ${state}`);
        };
        await page.goto("/");
        await page.getByText("Nothing yet.").waitFor();
        await check("idle");
        const shift = await page.evaluate(() =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) => {
              resolve(list.getEntries().reduce((sum, e) => sum + (e as LayoutShift).value, 0));
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => resolve(0), 200);
          })
        );
        assertLess(shift, 0.02, `${at}: the layout should not shift`);

        await ask(page, file(cat), /from the network/);
        await check("network");
        await teach(
          page,
          `Chelsea ${at}, whose name is long: ${"Donaudampfschifffahrt".repeat(4)}`,
        );
        await answer(page, /That is Chelsea/);
        await page.getByText("Learnt.").waitFor();
        await check("memory");
        await page.getByRole("button", { name: /^Forget Chelsea/ }).click();
        await check("dialog");
        await page.getByRole("button", { name: "Forget for good" }).click();
        await page.getByText("Forgotten:").waitFor();
        assertEquals(complaints, [], at);
        await close();
      }
    }
  },
);

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
}

pageTest("the API reference is drawn from the service's own description", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/docs");
  await page.getByText("Ask what a photo shows").waitFor();
  await page.getByText("Forget a label, finally, with all its memories").waitFor();
  assert(await page.getByRole("link", { name: "Xolo" }).count() > 0);
  assertEquals(complaints, []);
  await close();
});
