/**
 * How soon the page is there, in a real headless Chromium with an empty cache, and what it takes.
 *
 *     deno run -A tests/bench/page_bench.ts
 *
 * "Drawn" is when the first view with all its controls has been drawn: the first meaningful paint.
 * The largest contentful paint is the browser's own measure of it.
 *
 * @module
 */
import { compose } from "../../functions/compose.ts";
import { readSettings } from "../../functions/settings.ts";
import { buildPage } from "../../web/build.ts";
import { launchBrowser, openPage } from "../support/browser.ts";
import { root } from "../support/data.ts";

/** Visits of each kind. */
const VISITS = 10;

/** How many times slower the browser's processor is made: as it is, and like a cheap phone's. */
const SLOWDOWNS = [1, 4];

interface Visit {
  /** Milliseconds from the start of the navigation. */
  readonly first: number;
  readonly largest: number;
  readonly drawn: number;
  /** Bytes of JavaScript as they were sent. */
  readonly script: number;
  /** Sum of all shifts of the layout. */
  readonly shift: number;
}

type Browser = Awaited<ReturnType<typeof launchBrowser>>;

async function visit(browser: Browser, origin: string, slowdown: number): Promise<Visit> {
  const { page, close } = await openPage(browser, origin);
  try {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await page.addInitScript(() => {
      const marks = { drawn: 0, largest: 0, shift: 0 };
      Object.assign(globalThis, { marks });
      new PerformanceObserver((list) => {
        marks.largest = list.getEntries().at(-1)!.startTime;
      }).observe({ type: "largest-contentful-paint", buffered: true });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          marks.shift += (entry as PerformanceEntry & { value: number }).value;
        }
      }).observe({ type: "layout-shift", buffered: true });
      const look = () => {
        if (document.querySelector(".known")) {
          // The frame after the one that it was put in.
          requestAnimationFrame(() => marks.drawn = performance.now());
        } else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto("/");
    await page.waitForTimeout(1500);
    return await page.evaluate(() => {
      const { marks } = globalThis as unknown as { marks: Omit<Visit, "first" | "script"> };
      const scripts = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      return {
        ...marks,
        first: performance.getEntriesByName("first-contentful-paint")[0]!.startTime,
        script: scripts.filter(({ name }) => name.endsWith(".js"))
          .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      };
    });
  } finally {
    await close();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.main) {
  await buildPage(`${root}/web/dist`);
  const service = await compose(readSettings({ XOLO_DATA: ":memory:" }));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, service.fetch);
  const browser = await launchBrowser();
  try {
    const origin = `http://127.0.0.1:${server.addr.port}`;
    await visit(browser, origin, 1);
    for (const slowdown of SLOWDOWNS) {
      const visits: Visit[] = [];
      for (let n = 0; n < VISITS; n++) visits.push(await visit(browser, origin, slowdown));
      const say = (of: (visit: Visit) => number) => {
        const values = visits.map(of);
        return `${median(values).toFixed(0)} ms (most ${Math.max(...values).toFixed(0)})`;
      };
      console.log(
        `processor ÷ ${slowdown}: first paint ${say((v) => v.first)}, ` +
          `drawn ${say((v) => v.drawn)}, largest paint ${say((v) => v.largest)}, ` +
          `layout shift ${Math.max(...visits.map((v) => v.shift)).toFixed(4)}, ` +
          `JavaScript ${(visits[0]!.script / 1024).toFixed(1)} KiB compressed`,
      );
    }
  } finally {
    await browser.close();
    await server.shutdown();
    await service.close();
  }
}
