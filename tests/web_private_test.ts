/**
 * Private mode in a real browser: the same answers as the server's, from this tab alone.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import sharp from "sharp";
import type { Answer } from "../functions/core/answer_type.ts";
import { sizeWithin } from "../web/private/browser_codec.ts";
import { endsEarly } from "../web/private/ends_early.ts";
import { chooseEngine } from "../web/private/choose_engine.ts";
import { missingBrowser, openPage } from "./support/browser.ts";
import { filesBelow, sharedPath } from "./support/data.ts";
import {
  answer,
  ask,
  barriers,
  file,
  type PageTestOptions,
  servedTest,
  sideways,
  teach,
} from "./support/page.ts";
import { samplePhoto } from "./support/service.ts";

/** A service that can be switched off, and the pages of a browser that it is opened in. */
interface Stage {
  readonly origin: string;
  readonly page: Page;
  readonly complaints: readonly string[];
  /** What the page asked of the server by another method than GET. */
  readonly sent: readonly string[];
  /** As the server answers. */
  classify(photo: Uint8Array): Promise<Answer>;
  teachServer(photo: Uint8Array, label: string): Promise<void>;
  /** Cuts the network: nobody answers at the service's address any more. */
  cut(): Promise<void>;
}

function privateTest(
  name: string,
  fn: (stage: Stage) => Promise<void>,
  options: PageTestOptions = {},
): void {
  servedTest(name, async ({ browser, origin, cut }) => {
    const { page, complaints, close } = await openPage(browser, origin);
    const sent: string[] = [];
    page.context().on("request", (request) => {
      if (request.method() !== "GET") sent.push(`${request.method()} ${request.url()}`);
    });
    await fn({
      origin,
      page,
      complaints,
      sent,
      cut,
      async classify(photo) {
        const body = photo as Uint8Array<ArrayBuffer>;
        return await (await fetch(`${origin}/classify`, { method: "POST", body })).json();
      },
      async teachServer(photo, label) {
        const form = new FormData();
        form.set("image", new File([photo as Uint8Array<ArrayBuffer>], "photo"));
        form.set("label", label);
        const { status } = await fetch(`${origin}/memories`, { method: "POST", body: form });
        assertEquals(status, 201);
      },
    });
    await close();
  }, options);
}

/** Turns private mode on and waits until the tab answers by itself. */
async function goPrivate(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("switch", { name: /Private mode/ }).click();
  await page.getByText("This tab answers by itself").waitFor({ timeout: 60_000 });
}

/** What the tab answers to a photo. */
async function privately(page: Page, photo: Uint8Array, query = ""): Promise<Answer> {
  return await page.evaluate(async ([bytes, query]) => {
    const scope = globalThis as unknown as { privateFetch: typeof fetch };
    const body = Uint8Array.from(atob(bytes!), (one) => one.charCodeAt(0));
    const reply = await scope.privateFetch(`/classify${query}`, { method: "POST", body });
    return await reply.json();
  }, [photo.toBase64(), query]);
}

/** Another Worker of private mode over the same database, for questions without the page. */
async function openQuestions(page: Page, program = "private_worker.js"): Promise<void> {
  await page.evaluate(async (program) => {
    let last = 1e9;
    const worker = new Worker(`/assets/${program}`, { type: "module" });
    const waiting = new Map<number, (reply: Response) => void>();
    const scope = globalThis as unknown as { privateFetch: unknown };
    await new Promise<void>((done, fail) => {
      worker.onmessage = ({ data }) => {
        if (data.type === "open") done();
        if (data.type === "failed") fail(new Error(data.message));
        if (data.type === "reply") {
          waiting.get(data.id)!(new Response(data.body, { status: data.status }));
        }
      };
    });
    scope.privateFetch = (
      path: string,
      init: { method: string; body: Uint8Array<ArrayBuffer> },
    ) => {
      const id = last++;
      const type = "application/octet-stream";
      const headers = [["content-type", type]];
      const body = init.body.buffer;
      worker.postMessage({ id, path, method: init.method, headers, body });
      return new Promise<Response>((done) => waiting.set(id, done));
    };
  }, program);
}

/** Fails where the tab and the server do not agree on a photo. */
function assertAgree(name: string, here: Answer, there: Answer): void {
  assertEquals([here.label, here.route], [there.label, there.route], name);
  assertEquals(here.image, there.image, name);
  assertEquals(here.subjects.length, there.subjects.length, name);
  const similarity = ({ evidence }: Answer) => evidence[0]?.similarity ?? 0;
  assertAlmostEquals(similarity(here), similarity(there), 0.02, name);
}

const SAMPLES = [
  "grace_hopper.jpg",
  "eileen_collins.jpg",
  "chelsea_cat.jpg",
  "german_shepherd.jpg",
  "coffee_cup.jpg",
  "rocket.jpg",
].map((name) => [name, samplePhoto(name)] as const);

Deno.test("sizeWithin() shrinks to the longer side, and never enlarges", () => {
  assertEquals(sizeWithin({ width: 4000, height: 3000 }, 1280), { width: 1280, height: 960 });
  assertEquals(sizeWithin({ width: 30, height: 20 }, 1280), { width: 30, height: 20 });
  assertEquals(sizeWithin({ width: 1, height: 5000 }, 1280), { width: 1, height: 1280 });
});

privateTest(
  "private mode teaches and recalls in this tab, and asks the server for files alone",
  async (
    { page, complaints, sent, origin },
  ) => {
    await goPrivate(page);
    const portrait = samplePhoto("grace_hopper.jpg");
    await ask(page, file(portrait), /A person I do not know/);
    await teach(page, "Grandma");
    await answer(page, /That is Grandma.*very photo/s);
    const faded = await sharp(portrait).resize(300).greyscale().jpeg({ quality: 60 }).toBuffer();
    await ask(page, file(new Uint8Array(faded)), /Grandma.*from memory/s);

    // What was taught is there after a reload, and nowhere else.
    await page.reload();
    await page.getByText("This tab answers by itself").waitFor({ timeout: 60_000 });
    await ask(page, file(portrait), /That is Grandma.*very photo/s);
    assertEquals((await (await fetch(`${origin}/labels`)).json()).labels, []);
    assertEquals(sent, []);

    const known = page.getByRole("region", { name: "What I know" });
    await known.getByText("Grandma", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Forget Grandma" }).click();
    await page.getByRole("button", { name: "Forget for good" }).click();
    await ask(page, file(portrait), /A person I do not know/);
    assertEquals(await barriers(page), []);
    assertEquals(await sideways(page), 0);
    assertEquals(complaints, []);
  },
);

privateTest("private mode goes on without the network, after the first visit", async (
  { page, cut },
) => {
  await goPrivate(page);
  await ask(page, file(samplePhoto("chelsea_cat.jpg")), /A cat/);
  await teach(page, "Chelsea");
  await answer(page, /That is Chelsea/);
  // What describes faces is loaded with the first of them.
  await ask(page, file(samplePhoto("grace_hopper.jpg")), /A person/);
  await teach(page, "Grandma");
  await answer(page, /That is Grandma/);
  await cut();
  await page.reload();
  await page.getByText("This tab answers by itself").waitFor({ timeout: 60_000 });
  await ask(page, file(samplePhoto("chelsea_cat.jpg")), /That is Chelsea/);
  await ask(page, file(samplePhoto("coffee_cup.jpg")), /An espresso.*from the network/s);
  const faded = await sharp(samplePhoto("grace_hopper.jpg")).resize(300).greyscale().jpeg()
    .toBuffer();
  await ask(page, file(new Uint8Array(faded)), /Grandma.*from memory/s);
});

privateTest("private mode answers the samples as the server does, taught and not", async (
  { page, classify, teachServer },
) => {
  await goPrivate(page);
  await openQuestions(page);
  for (const [name, photo] of SAMPLES) {
    assertAgree(name, await privately(page, photo), await classify(photo));
  }
  for (
    const [label, name, says] of [
      ["Grandma", "grace_hopper.jpg", /A person I do not know/],
      ["Chelsea", "chelsea_cat.jpg", /A cat/],
    ] as const
  ) {
    await ask(page, file(samplePhoto(name)), says);
    await teach(page, label);
    await answer(page, new RegExp(`That is ${label}`));
    await teachServer(samplePhoto(name), label);
  }
  // The other Worker learns of it when it looks again.
  await page.waitForTimeout(1200);
  for (const [name, photo] of SAMPLES) {
    const variants = {
      itself: photo,
      small: await sharp(photo).resize(320).jpeg({ quality: 70 }).toBuffer(),
      grey: await sharp(photo).greyscale().jpeg({ quality: 80 }).toBuffer(),
      turned: await sharp(photo).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer(),
      png: await sharp(photo).resize(400).png().toBuffer(),
      webp: await sharp(photo).resize(500).webp().toBuffer(),
    };
    for (const [how, bytes] of Object.entries(variants)) {
      const same = new Uint8Array(bytes);
      assertAgree(`${name}, ${how}`, await privately(page, same), await classify(same));
    }
  }
});

privateTest("private mode refuses what it cannot read, as the server does", async (
  { page, classify },
) => {
  await goPrivate(page);
  await openQuestions(page);
  const words = new TextEncoder().encode("This is no photo, it is a text that says so.");
  const cup = samplePhoto("coffee_cup.jpg");
  const half = (bytes: Uint8Array) => new Uint8Array(bytes.subarray(0, bytes.length / 2));
  const damaged = [
    cup.slice(0, 300),
    half(cup),
    half(await sharp(cup).png().toBuffer()),
    half(await sharp(cup).webp().toBuffer()),
    half(await sharp(cup).jpeg({ progressive: true }).toBuffer()),
  ];
  for (const [i, bad] of [words, ...damaged].entries()) {
    const [here, there] = [await privately(page, bad), await classify(bad)] as unknown as Problem[];
    assertEquals([here!.status, here!.title], [there!.status, there!.title], `file ${i}`);
    assertEquals(here!.status, i === 0 ? 415 : 422);
  }
  // And the page says what to do.
  await page.locator("input[type=file]").first().setInputFiles(file(words, "x.jpg"));
  await page.getByRole("status").filter({ hasText: /JPEG/ }).waitFor();
});

interface Problem {
  readonly status: number;
  readonly title: string;
}

Deno.test("endsEarly() tells whole photos from cut ones", async () => {
  for (const [name, photo] of SAMPLES) assert(!endsEarly(photo, "jpeg"), name);
  const picture = sharp(SAMPLES[0]![1]).resize(200);
  for (const format of ["jpeg", "png", "webp", "gif"] as const) {
    const whole = new Uint8Array(await picture.toFormat(format).toBuffer());
    assert(!endsEarly(whole, format), format);
    // Something after the end is none of the picture's.
    assert(!endsEarly(new Uint8Array([...whole, 1, 2, 3]), format), format);
    if (format !== "gif") assert(endsEarly(whole.subarray(0, whole.length - 20), format), format);
  }
});

Deno.test("chooseEngine() takes a graphics processor where there is one, and none that is made up", async () => {
  const engineOf = (adapter: Record<string, unknown> | null) =>
    chooseEngine({ requestAdapter: () => Promise.resolve(adapter) });
  assertEquals(await chooseEngine(undefined), "wasm");
  assertEquals(await engineOf(null), "wasm");
  assertEquals(await engineOf({ info: { architecture: "turing" } }), "webgpu");
  assertEquals(await engineOf({ isFallbackAdapter: true }), "wasm");
  assertEquals(await engineOf({ info: { architecture: "swiftshader" } }), "wasm");
  const broken = { requestAdapter: () => Promise.reject(new Error("lost")) };
  assertEquals(await chooseEngine(broken), "wasm");
});

privateTest(
  "private mode answers by WebGPU as the server does",
  async ({ page, classify }) => {
    await page.goto("/");
    await openQuestions(page, "private_worker_webgpu.js");
    // A made-up graphics processor takes seconds for a run: a small photo, looked at lightly.
    const photo = new Uint8Array(
      await sharp(samplePhoto("coffee_cup.jpg")).resize(160).jpeg().toBuffer(),
    );
    const here = await privately(page, photo, "?preview=true");
    const there = await classify(photo);
    assertAgree("a cup", here, there);
    assertAlmostEquals(here.confidence, there.confidence, 0.02);
  },
  { gpu: true },
);

const DEMO = sharedPath("data/demo");

privateTest(
  "private mode answers photos of people and animals as the server does",
  async ({ page, classify, teachServer }) => {
    await goPrivate(page);
    await openQuestions(page);
    const people = filesBelow(DEMO!).filter((path) => /\.(jpe?g|png|webp)$/i.test(path)).sort();
    const animals = filesBelow(sharedPath("data/novel-breeds")!)
      .filter((path) => path.endsWith(".jpg")).sort().filter((_, i) => i % 9 === 0);
    const first = people.find((path) => path.includes("grandma"))!;
    await ask(page, file(Deno.readFileSync(first)), /person I do not know/);
    await teach(page, "Grandma");
    await answer(page, /That is Grandma/);
    await teachServer(Deno.readFileSync(first), "Grandma");
    await page.waitForTimeout(1200);
    const photos = [...people.slice(0, 15), ...animals.slice(0, 12)];
    assert(photos.length > 20, `${photos.length} photos`);
    const apart: string[] = [];
    for (const path of photos) {
      const photo = Deno.readFileSync(path);
      try {
        assertAgree(path.split("/").at(-1)!, await privately(page, photo), await classify(photo));
      } catch (error) {
        apart.push((error as Error).message);
      }
    }
    assertEquals(apart, []);
  },
  { missing: missingBrowser() ?? (DEMO ? undefined : "no shared data") },
);
