/**
 * The script of the stage, by clicks alone: somebody is taught and recalled from another time, an
 * animal of a breed that was never seen is told to be one, a thing is taught.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { join } from "../training/paths.ts";
import { missingBrowser } from "./support/browser.ts";
import { sharedPath } from "./support/data.ts";
import { writeVideo } from "./support/fake_camera.ts";
import {
  answer,
  ask,
  barriers,
  file,
  type Open,
  pageTest,
  sideways,
  teach,
} from "./support/page.ts";
import { samplePhoto } from "./support/service.ts";

pageTest(
  "stage, with the samples: a person is recalled when aged, a thing is taught, breeds are named",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    const way = page.getByRole("list", { name: "How I know" });
    await page.getByRole("button", { name: "Grace Hopper in uniform" }).click();
    await answer(page, /A person I do not know\..*from the network/s);
    await teach(page, "Grandma");
    await answer(page, /That is Grandma.*very photo.*100 %/s);
    await page.getByText("Known at once: no network had to look.").waitFor();

    await page.getByRole("button", { name: "Age this photo" }).click();
    await answer(page, /That is Grandma.*the face from 1 photo.*from memory/s);
    await page.getByText("A filter aged it").waitFor();
    assertMatch(await way.innerText(), /Same face\?\s+yes/);
    await page.getByText("what the network says is not needed").waitFor();
    assertMatch(await page.locator(".compared").innerText(), /faces\s+0\.\d\d – needed: 0\.\d\d/);
    await page.getByRole("button", { name: "Back to the original" }).click();
    await answer(page, /That is Grandma.*very photo/s);

    await page.getByRole("button", { name: "A German shepherd" }).click();
    await answer(page, /A German shepherd\..*from the network/s);
    await page.getByRole("button", { name: "Chelsea the cat" }).click();
    await answer(page, /A cat, of a breed I do not know\..*Nearest I know: .*cat/s);
    const kinds = page.getByRole("list", { name: "What kind it is" });
    const told = await kinds.getByRole("listitem").allInnerTexts();
    assertMatch(told.join("; "), /^animal\s+over 99 %.*cat\s.*a breed I do not know\s+\d+ %/s);
    await teach(page, "Chelsea");
    await answer(page, /That is Chelsea/);

    await page.getByRole("button", { name: "A cup of espresso on a table" }).click();
    await answer(page, /An espresso\..*from the network/s);
    await teach(page, "My cup");
    await answer(page, /That is My cup/);
    await page.getByRole("button", { name: "Age this photo" }).click();
    await answer(page, /That is My cup.*from memory/s);
    assertEquals(complaints, []);
    await close();
  },
);

const GRANDMA = sharedPath("data/demo/grandma_katherine_johnson");
const BREED = sharedPath("data/novel-breeds/dog__finnish_spitz");

pageTest(
  "stage, with grandma: taught by a photo of 1966 she is known in 2015, and an unknown breed is one",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    const photo = (path: string) => file(Deno.readFileSync(path));
    await ask(page, photo(join(GRANDMA!, "1966_at_desk_full.jpg")), /A person I do not know/);
    await teach(page, "Grandma");
    await answer(page, /That is Grandma/);
    await ask(page, photo(join(GRANDMA!, "2015_medal_of_freedom.jpg")), /Grandma.*from memory/s);
    await page.getByRole("list", { name: "Faces in the photo" }).getByText(/Grandma/).first()
      .waitFor();
    for (const { name } of Deno.readDirSync(BREED!)) {
      await ask(
        page,
        photo(join(BREED!, name)),
        /A dog, of a breed I do not know\..*Nearest I know: /s,
      );
    }
    assertEquals(complaints, []);
    await close();
  },
  { missing: GRANDMA && BREED ? missingBrowser() : "no photos of grandma and of breeds" },
);

/** A video of a sample, for a camera. */
async function videoOf(sample: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "xolo-camera-" });
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const video = join(folder, "camera.y4m");
  await writeVideo(video, samplePhoto(sample));
  return video;
}

const camera = missingBrowser() ? "" : await videoOf("grace_hopper.jpg");

pageTest(
  "stage, with a camera: several answers a second, a picture is held, taught and recalled live",
  async (open) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await withCamera(open, colorScheme);
    }
  },
  { camera },
);

async function withCamera(open: Open, colorScheme: "light" | "dark"): Promise<void> {
  const viewport = { width: 360, height: 800 };
  const { page, complaints, close } = await open({ colorScheme, viewport });
  await page.goto("/");
  const frames = page.getByRole("list", { name: "Faces in the photo" });
  const tracks = () =>
    page.evaluate(() =>
      ((document.querySelector("video")?.srcObject ?? null) as MediaStream | null)
        ?.getTracks().map(({ readyState }) => readyState)
    );
  await page.getByRole("button", { name: "Use the camera" }).click();
  await answer(page, /A person I do not know\./);
  assertEquals(await barriers(page), [], colorScheme);
  assertEquals(await sideways(page), 0);
  assertEquals(await page.getByRole("button", { name: "Teach", exact: true }).isEnabled(), false);

  // The frame follows the face, which moves with the picture.
  const places = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const box = await frames.getByRole("listitem").first().boundingBox();
    if (box) places.add(Math.round(box.x));
    await page.waitForTimeout(100);
  }
  assertGreater(places.size, 3);
  const rate = await page.getByText(/answers a second/).innerText();
  assertGreater(Number.parseFloat(rate), 1, rate);
  assertEquals(await tracks(), ["live"]);
  const stream = await page.evaluateHandle(() =>
    document.querySelector("video")!.srcObject as MediaStream
  );
  const state = () => stream.evaluate((it) => it.getTracks().map((track) => track.readyState));

  await page.getByRole("button", { name: "Hold this picture" }).click();
  await page.getByRole("button", { name: "Teach", exact: true, disabled: false }).waitFor();
  assertEquals(await state(), ["ended"], "the camera is let go of");
  assertEquals(await page.evaluate(() => document.activeElement?.id), "answer-heading");
  await teach(page, "Grandma");
  await answer(page, /That is Grandma/);
  await page.getByRole("button", { name: "Use the camera" }).click();
  await page.getByText(/answers a second/).waitFor();
  await answer(page, /That is Grandma.*from memory/s);
  await frames.getByText("Grandma").first().waitFor();

  // Nobody is filmed by a page that nobody looks at.
  const hide = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  const again = await page.evaluateHandle(() =>
    document.querySelector("video")!.srcObject as MediaStream
  );
  await hide(true);
  await page.getByText("Starting the camera").waitFor();
  assertEquals(await again.evaluate((it) => it.getTracks()[0]!.readyState), "ended");
  await hide(false);
  await page.getByText("Starting the camera").waitFor({ state: "hidden" });
  assertEquals(await tracks(), ["live"]);
  await frames.getByText("Grandma").first().waitFor();

  // Nor beside another view.
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("heading", { name: "History", exact: true }).waitFor();
  await page.locator("video").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Try & teach" }).click();
  await page.getByRole("button", { name: "Forget everything" }).click();
  await page.getByRole("button", { name: "Forget for good" }).click();
  await page.getByText("Forgotten:").waitFor();
  assertEquals(complaints, []);
  await close();
}

pageTest("the page says what to do when there is no camera", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/");
  await page.getByRole("button", { name: "Use the camera" }).click();
  await page.getByRole("alert").filter({ hasText: "I find no camera. Connect one" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await ask(page, file(samplePhoto("chelsea_cat.jpg")), /cat/);
  assertEquals(complaints, []);
  await close();
});

pageTest("the page says what to do when the camera is refused", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/");
  await page.getByRole("button", { name: "Use the camera" }).click();
  await page.getByRole("alert").filter({ hasText: "not allowed here. Allow it" }).waitFor();
  assert(await page.getByRole("button", { name: "Hold this picture" }).isDisabled());
  assertEquals(complaints, []);
  await close();
}, { camera, refuse: true });
