/**
 * The page in a real browser, against the real service on a port.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { compose } from "../../functions/compose.ts";
import { readSettings } from "../../functions/settings.ts";
import { buildPage } from "../../web/build.ts";
import {
  launchBrowser,
  type LaunchOptions,
  missingBrowser,
  openPage,
  type WatchedPage,
} from "./browser.ts";
import { root } from "./data.ts";

type BrowserOptions = Parameters<typeof openPage>[2];

/** Opens pages of one running service. */
export type Open = (options?: BrowserOptions) => Promise<WatchedPage>;

/** How a page is tested. */
export interface PageTestOptions extends LaunchOptions {
  /** Settings of the service beside an in-memory store. */
  readonly env?: Readonly<Record<string, string>>;
  /** Why the test cannot run here; undefined where it can. */
  readonly missing?: string | undefined;
}

/** A running service, and a browser. */
export interface Served {
  readonly browser: Browser;
  /** Where the service answers. */
  readonly origin: string;
  /** Cuts the network: nobody answers there any more. */
  cut(): Promise<void>;
}

/** The page is built once for all tests of a file: that takes as long as many of them. */
let built: Promise<void> | undefined;

/** Registers a test with a browser and a service of its own. */
export function servedTest(
  name: string,
  fn: (served: Served) => Promise<void>,
  { env = {}, missing = missingBrowser(), ...launch }: PageTestOptions = {},
): void {
  Deno.test({
    name: missing ? `${name} [skipped: ${missing}]` : name,
    ignore: missing !== undefined,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await (built ??= buildPage(`${root}/web/dist`));
      const service = await compose(readSettings({ XOLO_DATA: ":memory:", ...env }));
      const server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen() {} },
        service.fetch,
      );
      let ending: Promise<void> | undefined;
      const cut = () => ending ??= server.shutdown();
      const browser = await launchBrowser(launch);
      try {
        await fn({ browser, origin: `http://127.0.0.1:${server.addr.port}`, cut });
      } finally {
        await browser.close();
        await cut();
        await service.close();
      }
    },
  });
}

/** Registers a test of pages. */
export function pageTest(
  name: string,
  fn: (open: Open) => Promise<void>,
  options: PageTestOptions = {},
): void {
  servedTest(
    name,
    ({ browser, origin }) => fn((options) => openPage(browser, origin, options)),
    options,
  );
}

/** A file as a browser's file input takes it. */
export function file(bytes: Uint8Array, name = "photo.jpg", mimeType = "image/jpeg") {
  return { name, mimeType, buffer: Buffer.from(bytes) };
}

/** Chooses a photo and waits until the status region says something that matches. */
export async function ask(
  page: Page,
  photo: ReturnType<typeof file>,
  says: RegExp,
): Promise<string> {
  await page.locator("input[type=file]").first().setInputFiles(photo);
  return await answer(page, says);
}

/** Waits until the status region says something that matches. */
export async function answer(page: Page, says: RegExp): Promise<string> {
  const status = page.getByRole("status").filter({ hasText: says });
  await status.waitFor();
  return await status.innerText();
}

/** Gives what is on screen a name. */
export async function teach(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Teach", exact: true }).click();
}

/** What axe finds wrong, with where. */
export async function barriers(page: Page): Promise<string[]> {
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
export function sideways(page: Page): Promise<number> {
  return page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
}

/** The sum of all shifts of the layout so far, 0 for a page that stands still. */
export function shiftOf(page: Page): Promise<number> {
  return page.evaluate(() =>
    new Promise<number>((resolve) => {
      new PerformanceObserver((list) => {
        resolve(list.getEntries().reduce((sum, e) => sum + (e as LayoutShift).value, 0));
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(0), 200);
    })
  );
}
