/**
 * Takes the README's pictures of the page, with the samples alone: somebody recalled in her aged
 * photo, a cat of a breed that is not known, and both on a phone, with its camera.
 *
 *     deno run -A tests/web_screenshot.ts
 *
 * Writes `web/page.png`, `web/page_dark.png` and `web/page_phone.png`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { compose } from "../functions/compose.ts";
import { readSettings } from "../functions/settings.ts";
import { join } from "../training/paths.ts";
import { buildPage } from "../web/build.ts";
import { launchBrowser, openPage } from "./support/browser.ts";
import { root } from "./support/data.ts";
import { writeVideo } from "./support/fake_camera.ts";
import { answer, teach } from "./support/page.ts";
import { samplePhoto } from "./support/service.ts";

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 780 };
/** Between the phones, in CSS pixels. */
const GAP = 24;

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
type Look = NonNullable<Parameters<typeof openPage>[2]>;

/** Opens the page, with the photos of two taught and kept, does something and takes a picture. */
async function picture(
  browser: Browser,
  origin: string,
  look: Look,
  act: (page: Page) => Promise<void>,
): Promise<Uint8Array> {
  const { page, close } = await openPage(browser, origin, { locale: "en-GB", ...look });
  await page.goto("/");
  await page.getByRole("region", { name: "What I know" }).waitFor();
  await act(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  // A frame of the camera, or a thumbnail, may still be on its way.
  await page.waitForTimeout(500);
  const bytes = await page.screenshot();
  await close();
  return bytes;
}

const choose = (page: Page, name: string) => page.getByRole("button", { name }).click();

async function teachBoth(page: Page): Promise<void> {
  for (const [sample, name] of [["Eileen Collins", "Aunt Eileen"], ["Grace Hopper", "Grandma"]]) {
    await choose(page, sample!);
    await answer(page, /A person I do not know/);
    await page.getByLabel(/Keep the photo/).check();
    await teach(page, name!);
    await answer(page, new RegExp(`That is ${name}`));
  }
}

async function age(page: Page): Promise<void> {
  await choose(page, "Grace Hopper");
  await answer(page, /That is Grandma.*very photo/s);
  await choose(page, "Age this photo");
  await answer(page, /That is Grandma.*the face/s);
}

async function cat(page: Page): Promise<void> {
  await choose(page, "Chelsea the cat");
  await answer(page, /A cat, of a breed/);
}

async function camera(page: Page): Promise<void> {
  await choose(page, "Use the camera");
  await answer(page, /That is Grandma/);
  await page.waitForTimeout(2000);
}

function save(name: string, bytes: Uint8Array): Promise<unknown> {
  return sharp(bytes).png({ palette: true, quality: 80, effort: 10 })
    .toFile(join(root, "web", name));
}

if (import.meta.main) {
  await buildPage(`${root}/web/dist`);
  const folder = await Deno.makeTempDir({ prefix: "xolo-camera-" });
  const video = join(folder, "camera.y4m");
  await writeVideo(video, samplePhoto("grace_hopper.jpg"));
  const service = await compose(readSettings({ XOLO_DATA: ":memory:", XOLO_REVIEW_RATE: "0" }));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, service.fetch);
  const browser = await launchBrowser({ camera: video });
  try {
    const origin = `http://127.0.0.1:${server.addr.port}`;
    await picture(browser, origin, {}, teachBoth);
    const wide = { viewport: WIDE, deviceScaleFactor: 1.25 };
    await save("page.png", await picture(browser, origin, { ...wide, colorScheme: "light" }, age));
    await save(
      "page_dark.png",
      await picture(browser, origin, { ...wide, colorScheme: "dark" }, cat),
    );

    const scale = 1.5;
    const phone = { viewport: PHONE, deviceScaleFactor: scale, hasTouch: true };
    const phones = [
      await picture(browser, origin, { ...phone, colorScheme: "light" }, camera),
      await picture(browser, origin, { ...phone, colorScheme: "light" }, async (page) => {
        await age(page);
        await page.locator(".card").evaluate((card) => card.scrollIntoView());
      }),
      await picture(browser, origin, { ...phone, colorScheme: "dark" }, async (page) => {
        await cat(page);
        await page.locator(".kinds").evaluate((kinds) => kinds.scrollIntoView({ block: "center" }));
      }),
    ];
    const [width, height, gap] = [PHONE.width, PHONE.height, GAP].map((side) => side * scale);
    const together = await sharp({
      create: {
        width: width! * phones.length + gap! * (phones.length - 1),
        height: height!,
        channels: 4,
        background: "#0000",
      },
    }).composite(
      phones.map((input, i) => ({ input: Buffer.from(input), left: i * (width! + gap!), top: 0 })),
    ).png().toBuffer();
    await save("page_phone.png", new Uint8Array(together));
  } finally {
    await browser.close();
    await server.shutdown();
    await service.close();
    await Deno.remove(folder, { recursive: true });
  }
}
