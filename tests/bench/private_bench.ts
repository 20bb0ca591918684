/**
 * What private mode takes in a real headless Chromium: a whole answer to a photo of 640×480 beside the
 * bare runs of the networks that it needs, by turns in one thread, and the time to the first answer
 * with nothing at hand.
 *
 *     deno run -A tests/bench/private_bench.ts
 *
 * @module
 */
import sharp from "sharp";
import { compose } from "../../functions/compose.ts";
import { readSettings } from "../../functions/settings.ts";
import { buildPage } from "../../web/build.ts";
import { bundleForTab } from "../../web/bundle_for_tab.ts";
import { launchBrowser, openPage } from "../support/browser.ts";
import { root } from "../support/data.ts";
import { samplePhoto } from "../support/service.ts";

/** Turns of each way. */
const TURNS = 30;

/** In the page's own scope. */
declare const bench: {
  cold(photo: string): Promise<number>;
  record(photo: string): Promise<number>;
  answer(photo: string): Promise<number>;
  raw(): Promise<number>;
};

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.main) {
  await buildPage(`${root}/web/dist`);
  const program = await Deno.makeTempFile({ suffix: ".js" });
  await bundleForTab(`${root}/tests/bench/private_program.ts`, program);
  const script = await Deno.readTextFile(program);
  await Deno.remove(program);
  const service = await compose(readSettings({ XOLO_DATA: ":memory:" }));
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request, info) => {
      const { pathname } = new URL(request.url);
      const type = pathname === "/bench.js" ? "text/javascript" : "text/html";
      if (pathname === "/bench.js" || pathname === "/bench") {
        const page = '<!DOCTYPE html><script type="module" src="/bench.js"></script>';
        const body = pathname === "/bench" ? page : script;
        return new Response(body, { headers: { "content-type": type } });
      }
      return await service.fetch(request, info);
    },
  );
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, `http://127.0.0.1:${server.addr.port}`);
    await page.goto("/bench");
    await page.waitForFunction(() => typeof bench === "object");
    const photos = { "a cup": "coffee_cup.jpg", "a person": "grace_hopper.jpg" };
    let isFirst = true;
    for (const [what, name] of Object.entries(photos)) {
      const photo = await sharp(samplePhoto(name)).resize(640, 480, { fit: "cover" })
        .jpeg({ quality: 90 }).toBuffer();
      const bytes = new Uint8Array(photo).toBase64();
      if (isFirst) {
        const cold = await page.evaluate((it) => bench.cold(it), bytes);
        console.log(`first answer, nothing at hand: ${(cold / 1000).toFixed(2)} s`);
        isFirst = false;
      }
      const runs = await page.evaluate((it) => bench.record(it), bytes);
      const answers: number[] = [];
      const bare: number[] = [];
      for (let turn = 0; turn < TURNS + 3; turn++) {
        const answer = await page.evaluate((it) => bench.answer(it), bytes);
        const raw = await page.evaluate(() => bench.raw());
        // The first ones warm up.
        if (turn < 3) continue;
        answers.push(answer);
        bare.push(raw);
      }
      const [whole, part] = [median(answers), median(bare)];
      console.log(
        `${what}: ${whole.toFixed(0)} ms, its ${runs} runs ${part.toFixed(0)} ms: ${
          (whole / part).toFixed(2)
        }×`,
      );
    }
  } finally {
    await browser.close();
    await server.shutdown();
    await service.close();
  }
}
