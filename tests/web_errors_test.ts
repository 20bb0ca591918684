/**
 * Refusals of the real service, as the page says them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import sharp from "sharp";
import { answer, ask, file, pageTest } from "./support/page.ts";
import { samplePhoto } from "./support/service.ts";

const MIB = 2 ** 20;
const cat = samplePhoto("chelsea_cat.jpg");

/** A photo with so many bytes more than it needs. */
function padded(bytes: number): Uint8Array {
  const photo = new Uint8Array(cat.length + bytes);
  photo.set(cat);
  return photo;
}

pageTest(
  "the page says what to do about a photo that is too large, by bytes or pixels",
  async (open) => {
    const { page, close } = await open();
    await page.goto("/");
    const tooLarge = /too large. Choose a smaller one/;
    await ask(page, file(padded(21 * MIB)), tooLarge);
    await ask(page, file(cat), /cat/);
    await ask(page, file(padded(29 * MIB)), tooLarge);
    await ask(page, file(cat), /cat/);
    const vast = await sharp({
      create: { width: 15_000, height: 15_000, channels: 3, background: "#777" },
    }).jpeg({ quality: 20 }).toBuffer();
    await ask(page, file(new Uint8Array(vast)), tooLarge);
    await close();
  },
);

pageTest("the page says to wait while the server is busy with other uploads", async (open) => {
  const { page, close } = await open();
  await page.goto("/");
  await ask(page, file(cat), /cat/);
  // Somebody sends a large photo and does not come to its end.
  const { hostname, port } = new URL(page.url());
  using upload = await Deno.connect({ hostname, port: Number(port) });
  const head =
    `POST /classify HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: image/jpeg\r\n` +
    `content-length: ${27 * MIB}\r\n\r\n`;
  await upload.write(new TextEncoder().encode(head));
  const bytes = new Uint8Array(26 * MIB);
  for (let at = 0; at < bytes.length;) at += await upload.write(bytes.subarray(at));
  await ask(page, file(padded(19 * MIB)), /I am busy with other photos\. Try again in \d+ second/);
  upload.close();
  // Once the other one has given up it is answered.
  for (let tries = 0; tries < 20; tries++) {
    await page.locator("input[type=file]").first().setInputFiles(file(padded(19 * MIB)));
    await page.locator(".words[aria-busy=false]").waitFor();
    if (/cat/.test(await page.locator(".words").innerText())) break;
    await page.waitForTimeout(200);
  }
  await answer(page, /cat.*from the network/s);
  await close();
});

pageTest("the page says to wait when a visitor's quota of demos is used up", async (open) => {
  const { page, close } = await open();
  const origin = new URL((await page.goto("/"))!.url()).origin;
  await page.getByText("This is a demo").waitFor();
  let status = 0;
  for (let spaces = 0; spaces < 60 && status !== 429; spaces++) {
    const reply = await fetch(`${origin}/spaces`, { method: "POST" });
    status = reply.status;
    await reply.body?.cancel();
  }
  assertEquals(status, 429);
  const late = await open();
  await late.page.goto("/");
  await late.page.getByRole("alert").filter({
    hasText: /a lot in a short time. Try again in \d+ m/,
  })
    .waitFor();
  await late.close();
  await close();
}, { env: { XOLO_DEMO: "1" } });
