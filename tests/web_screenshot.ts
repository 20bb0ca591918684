/**
 * Takes the README's picture of the page: a cat taught, and a copy of her photo recognised.
 *
 *     deno run -A tests/web_screenshot.ts
 *
 * Writes `web/page.png`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import sharp from "sharp";
import { compose } from "../functions/compose.ts";
import { readSettings } from "../functions/settings.ts";
import { buildPage } from "../web/build.ts";
import { launchBrowser, openPage } from "./support/browser.ts";
import { root } from "./support/data.ts";
import { samplePhoto } from "./support/service.ts";

/** CSS pixels; drawn half as fine again. */
const VIEWPORT = { width: 1180, height: 800 };

if (import.meta.main) {
  await buildPage(`${root}/web/dist`);
  const service = await compose(readSettings({ XOLO_DATA: ":memory:" }));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, service.fetch);
  const browser = await launchBrowser();
  try {
    const { page, close } = await openPage(browser, `http://127.0.0.1:${server.addr.port}`, {
      viewport: VIEWPORT,
      deviceScaleFactor: 1.5,
      colorScheme: "light",
    });
    await page.goto("/");
    const ask = async (bytes: Uint8Array, says: RegExp) => {
      const buffer = Buffer.from(bytes);
      await page.locator("input[type=file]")
        .setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer });
      await page.getByRole("status").filter({ hasText: says }).waitFor();
    };
    const cat = samplePhoto("chelsea_cat.jpg");
    await ask(cat, /from the network/);
    await page.getByLabel("Name", { exact: true }).fill("Chelsea");
    await page.getByLabel(/Keep the photo/).check();
    await page.getByRole("button", { name: "Teach", exact: true }).click();
    await page.getByRole("img", { name: "A photo kept of Chelsea" }).waitFor();
    await ask(await sharp(cat).resize(300).jpeg({ quality: 60 }).toBuffer(), /a copy of one/);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const picture = await page.screenshot({ fullPage: true });
    await sharp(picture).png({ palette: true, quality: 80, effort: 10 })
      .toFile(`${root}/web/page.png`);
    await close();
  } finally {
    await browser.close();
    await server.shutdown();
    await service.close();
  }
}
