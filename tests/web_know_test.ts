/**
 * What is known, on the page: rename, make two one, take back, carry out and in; several photos at
 * once.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import sharp from "sharp";
import { answer, ask, barriers, file, pageTest, sideways, teach } from "./support/page.ts";
import { samplePhoto } from "./support/service.ts";

const cat = samplePhoto("chelsea_cat.jpg");
const cup = samplePhoto("coffee_cup.jpg");

pageTest("the page takes a lesson back, and a correction", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/");
  await ask(page, file(cat), /cat.*from the network/s);
  await teach(page, "Chelsea");
  await answer(page, /That is Chelsea/);
  await page.getByRole("button", { name: "That is not Chelsea" }).click();
  await answer(page, /cat.*from the network/s);
  const undo = page.getByRole("button", { name: "Undo" });
  await undo.click();
  await answer(page, /That is Chelsea/);
  await page.getByText("Taken back").waitFor();
  assertMatch(
    await page.evaluate(() => document.activeElement?.textContent ?? ""),
    /^Taken back/,
    "who pressed the button goes on where it was",
  );

  await ask(page, file(cup), /espresso/);
  await teach(page, "Cup");
  await answer(page, /That is Cup/);
  await undo.click();
  await answer(page, /espresso.*from the network/s);
  const known = page.getByRole("region", { name: "What I know" });
  assertEquals(await known.getByText("Cup", { exact: true }).count(), 0);
  await known.getByText("Chelsea", { exact: true }).waitFor();
  assertEquals(complaints, []);
  await close();
});

pageTest(
  "the page renames, makes two labels one, and carries what it knows out and in",
  async (open) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints, close } = await open({
        colorScheme,
        viewport: { width: 360, height: 780 },
      });
      await page.goto("/");
      const known = page.getByRole("region", { name: "What I know" });
      await ask(page, file(cat), /cat/);
      await page.getByLabel(/Keep the photo/).check();
      await teach(page, "Chelsea");
      await answer(page, /That is Chelsea/);
      await ask(page, file(cup), /espresso/);
      await teach(page, "Cup");
      await answer(page, /That is Cup/);

      const dialog = page.getByRole("dialog");
      const rename = async (from: string, to: string) => {
        await page.getByRole("button", { name: `Rename ${from}` }).click();
        await dialog.getByLabel("New name").fill(to);
      };
      const confirm = () => dialog.getByRole("button", { name: "Rename" }).click();
      await rename("Cup", " ");
      await confirm();
      await dialog.getByText("Give the new name first.").waitFor();
      assertEquals(await barriers(page), [], colorScheme);
      assertEquals(await sideways(page), 0);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      assertEquals(
        await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
        "Rename Cup",
        "who closes a dialog goes on where it was opened",
      );
      await rename("Cup", "Mug/cup?");
      await page.keyboard.press("Enter");
      await known.getByText("Cup is called Mug/cup? now.").waitFor();
      await answer(page, /That is Mug\/cup\?/);

      const download = page.waitForEvent("download");
      await known.getByRole("button", { name: "Export" }).click();
      const saved = await (await download).createReadStream();
      let text = "";
      for await (const chunk of saved) text += chunk;
      assertEquals(text.trim().split("\n").length, 3, "a header and two memories");
      await known.getByText("Saved as a file.").waitFor();

      await rename("Mug/cup?", "Chelsea");
      await dialog.getByText("Chelsea is known already: the two become one.").waitFor();
      await confirm();
      await known.getByText("Mug/cup? and Chelsea are one now: Chelsea.").waitFor();
      await known.getByText("2 memories").waitFor();
      await answer(page, /That is Chelsea/);

      await known.getByRole("button", { name: "Forget everything" }).click();
      await page.getByRole("button", { name: "Forget for good" }).click();
      await known.getByText("Forgotten: 2 memories.").waitFor();
      await answer(page, /espresso.*from the network/s);
      const input = known.locator("input[type=file]");
      const bytes = (text: string) =>
        file(new TextEncoder().encode(text), "x.ndjson", "text/plain");
      await input.setInputFiles(bytes("Dear Grandma"));
      await known.getByRole("alert").filter({ hasText: "no export of mine" }).waitFor();
      await input.setInputFiles(bytes(text.replaceAll("Mug/cup?", "Cup")));
      await known.getByText("Read in: 2 memories.").waitFor();
      await answer(page, /That is Cup/);
      await known.getByRole("img", { name: "A photo kept of Chelsea" }).waitFor();
      await input.setInputFiles(bytes(text.replaceAll("Mug/cup?", "Cup")));
      await known.getByText("Read in: 0 memories; 2 more were known already.").waitFor();
      assertEquals(await barriers(page), [], colorScheme);
      assertEquals(await sideways(page), 0);

      await known.getByRole("button", { name: "Forget everything" }).click();
      await page.getByRole("button", { name: "Forget for good" }).click();
      await known.getByText("Nothing yet.").waitFor();
      assertEquals(complaints.filter((c) => !c.includes("Failed to load resource")), []);
      await close();
    }
  },
);

pageTest(
  "the page teaches several photos by one name, and says which it passed over",
  async (open) => {
    const { page, complaints, close } = await open({ viewport: { width: 360, height: 780 } });
    await page.goto("/");
    const zoomed = await sharp(cat).extract({ left: 60, top: 30, width: 330, height: 240 }).jpeg()
      .toBuffer();
    const blank = await sharp({
      create: { width: 300, height: 300, channels: 3, background: "#777" },
    }).png().toBuffer();
    const photos = [
      file(cat),
      file(new Uint8Array(blank), "fog.png", "image/png"),
      file(new Uint8Array(zoomed), "zoomed.jpg"),
    ];
    await page.locator("input[type=file]").first().setInputFiles(photos);
    await answer(page, /cat.*from the network/s);
    await page.getByText("These 3 photos get the same name.").waitFor();
    assertEquals(await barriers(page), []);
    assertEquals(await sideways(page), 0);
    await teach(page, "Chelsea");
    await page.getByText("Learnt 2 of 3 photos of Chelsea.").waitFor();
    assertMatch(await page.locator(".but").innerText(), /^Photo 2: .*nearly blank/);
    const known = page.getByRole("region", { name: "What I know" });
    await known.getByText("2 memories").waitFor();
    await answer(page, /That is Chelsea/);

    await page.getByRole("button", { name: "Show photo 3 of 3" }).click();
    await answer(page, /That is Chelsea.*very photo/s);
    await page.getByRole("button", { name: "Show photo 2 of 3" }).click();
    await answer(page, /network|no answer/);
    await page.getByRole("button", { name: "Show photo 1 of 3" }).click();
    await answer(page, /That is Chelsea/);

    // All of one lesson is taken back at once.
    await page.getByRole("button", { name: "Forget everything" }).click();
    await page.getByRole("button", { name: "Forget for good" }).click();
    await known.getByText("Forgotten: 2 memories.").waitFor();
    await answer(page, /cat.*from the network/s);
    await teach(page, "Tom");
    await page.getByText("Learnt 2 of 3 photos of Tom.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await answer(page, /cat.*from the network/s);
    await known.getByText("Nothing yet.").waitFor();
    assertEquals(complaints.filter((c) => !c.includes("Failed to load resource")), []);
    await close();
  },
);
