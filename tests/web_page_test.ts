/**
 * The page in a real browser, against the real service on a port.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import sharp from "sharp";
import { answer, ask, barriers, file, pageTest, shiftOf, sideways, teach } from "./support/page.ts";
import { samplePhoto } from "./support/service.ts";

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
    const way = page.locator(".way");
    assertMatch(
      await way.innerText(),
      /Likeness of the pictures\s+\d\.\d\d – needed: \d\.\d\d.*the network says is not needed/s,
    );
    // Drawn past the network: from the station that answered to the answer.
    const drawn = async (part: string) => (await way.locator(part).boundingBox())!;
    const [cut, network] = [await drawn(".shortcut"), await drawn("li:nth-last-child(2)")];
    assert(cut.x < network.x && cut.x + cut.width > network.x + network.width);
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

/** Two people beside each other, the left one first: 800 × 500. */
async function group(left: string, right: string): Promise<Uint8Array> {
  const [a, b] = await Promise.all(
    [left, right].map((name) =>
      sharp(samplePhoto(name)).resize(400, 500, { fit: "cover", position: "top" }).toBuffer()
    ),
  );
  return await sharp({ create: { width: 800, height: 500, channels: 3, background: "#fff" } })
    .composite([{ input: a!, left: 0, top: 0 }, { input: b!, left: 400, top: 0 }])
    .jpeg().toBuffer();
}

/** A photo as it would come from another time: nothing of its bytes or its size is the same. */
async function faded(name: string): Promise<Uint8Array> {
  return await sharp(samplePhoto(name)).resize(300).greyscale().linear(0.7, 50).jpeg().toBuffer();
}

pageTest(
  "the page learns a person of several, by keyboard, and knows her in another photo",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    await ask(
      page,
      file(await group("grace_hopper.jpg", "eileen_collins.jpg")),
      /2 people I do not know/,
    );
    const faces = page.getByRole("list", { name: "Faces in the photo" });
    const buttons = faces.getByRole("button");
    assertEquals(await buttons.count(), 2);
    // The frames are where the photo is drawn, whatever its frame's shape.
    const centres = await buttons.evaluateAll((all) =>
      all.map((button) => {
        const photo = document.querySelector(".preview")!.getBoundingClientRect();
        const { left, width, top, height } = button.getBoundingClientRect();
        return [(left + width / 2 - photo.left) / photo.width, (top + height / 2) > photo.top];
      })
    );
    assertEquals(centres.map(([across]) => Number(across) > 0.5).sort(), [false, true]);

    await teach(page, "Grace");
    await page.getByRole("alert")
      .filter({ hasText: "There are 2 faces: choose which one is meant, in the photo." }).waitFor();
    assertEquals(await page.getByRole("button", { name: "all the same" }).count(), 0);

    const grace = centres.findIndex(([across]) => Number(across) < 0.5);
    await buttons.nth(1 - grace).focus();
    await page.keyboard.press("Space");
    await buttons.nth(grace).focus();
    await page.keyboard.press("Enter");
    const pressed = () => buttons.evaluateAll((all) => all.map((b) => b.ariaPressed));
    assertEquals(await pressed(), grace === 0 ? ["true", "false"] : ["false", "true"]);
    await page.getByText(`Face ${grace + 1} of 2 is meant.`).waitFor();
    await teach(page, "Grace");
    await answer(page, /That is Grace.*With a person I do not know.*from memory/s);
    await page.getByText("Learnt. I will know Grace").waitFor();
    assertEquals(await pressed(), ["false", "false"], "the next name is for another face");

    // The other face cannot be hers as well.
    await faces.getByRole("button", { name: /somebody I do not know/ }).click();
    await teach(page, "Grace");
    await page.getByRole("alert").filter({ hasText: "Grace is another face of this photo" })
      .waitFor();
    await teach(page, "Eileen");
    await answer(page, /That is (Grace|Eileen).*With (Grace|Eileen)\./s);
    assertEquals(
      (await faces.getByRole("button").allInnerTexts()).map((text) => text.split(/\s/).at(-1)),
      grace === 0 ? ["Grace", "Eileen"] : ["Eileen", "Grace"],
    );

    await ask(page, file(await faded("grace_hopper.jpg")), /That is Grace.*the face from 1 photo/s);
    assertEquals(await faces.innerText(), "Face: Grace\nGrace");
    assertEquals(await faces.getByRole("button").count(), 0, "one face needs no choice");
    const route = await page.getByRole("list", { name: "How I know" }).innerText();
    assertMatch(route, /Same face\?\s+yes/);
    await page.getByText(/Only one photo of Grace is known/).waitFor();
    assertEquals(complaints.filter((c) => !c.includes("Failed to load resource")), []);
    await close();
  },
);

pageTest(
  "the page takes a name back, and insists on a poor example when told to",
  async (open) => {
    const { page, complaints, close } = await open();
    await page.goto("/");
    const eileen = file(samplePhoto("eileen_collins.jpg"));
    await ask(page, file(samplePhoto("grace_hopper.jpg")), /A person I do not know\./);
    assertEquals(await page.getByRole("button", { name: /That is not/ }).count(), 0);
    await teach(page, "Grandma");
    await answer(page, /That is Grandma.*very photo/s);

    await ask(page, eileen, /A person I do not know\./);
    await teach(page, "Grandma");
    await page.getByRole("alert").filter({ hasText: /rather not learn.*unlike/ }).waitFor();
    await page.getByRole("button", { name: "Teach it all the same" }).click();
    await answer(page, /That is Grandma.*very photo/s);
    assertEquals(await page.getByRole("button", { name: "all the same" }).count(), 0);

    await page.getByRole("button", { name: "That is not Grandma" }).click();
    await answer(page, /A person I do not know\./);
    await page.getByText("Learnt: that is not Grandma.").waitFor();
    const known = page.getByRole("region", { name: "What I know" });
    await known.getByText("1 × “not that”").waitFor();
    await ask(page, file(await faded("eileen_collins.jpg")), /A person I do not know\./);
    await ask(page, file(await faded("grace_hopper.jpg")), /That is Grandma/);

    await ask(page, file(cat), /cat.*from the network/s);
    await teach(page, "Chelsea");
    await answer(page, /That is Chelsea/);
    await page.getByRole("button", { name: "That is not Chelsea" }).click();
    await answer(page, /cat.*from the network/s);
    await page.getByText("Learnt: that is not Chelsea.").waitFor();
    assertEquals(complaints.filter((c) => !c.includes("Failed to load resource")), []);
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
    await page.getByLabel("Name", { exact: true }).focus();
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
  "the page speaks the browser's language, or the one that is chosen, in all its views",
  async (open) => {
    const { page, complaints, close } = await open({ locale: "de-AT" });
    await page.goto("/");
    await page.getByText("Ich merke mir, wem ich begegnet bin").waitFor();
    await page.getByText("Noch nichts.").waitFor();
    assertLess(await shiftOf(page), 0.02, "the layout should not shift");
    assertEquals(await page.evaluate(() => document.documentElement.lang), "de");
    await ask(page, file(cat), /Ich sehe: cat, von einer Rasse.*vom Netz/s);
    await page.getByLabel("Name", { exact: true }).fill("Oma");
    await page.getByRole("button", { name: "Lernen", exact: true }).click();
    await answer(page, /Das ist Oma.*genau dieses Foto.*aus der Erinnerung/s);
    await page.getByRole("link", { name: "Verlauf" }).click();
    await page.getByRole("button", { name: /^Zurücknehmen: .*Oma/ }).waitFor();
    for (const view of ["Prüfen", "Regeln", "Güte", "Verlauf"]) {
      await page.getByRole("link", { name: view }).click();
      await page.getByRole("heading", { name: view, exact: true }).waitFor();
      assertEquals(await barriers(page), [], view);
    }

    await page.getByRole("button", { name: "English" }).click();
    await page.getByText("Everything that people decided").waitFor();
    assertEquals(await page.evaluate(() => document.documentElement.lang), "en");
    await page.goto("/");
    await page.getByText("1 memory").waitFor();
    assertEquals(complaints, []);
    await close();
  },
);

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
  { env: { XOLO_DEMO: "1" } },
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
}, { env: { XOLO_TOKEN: "a-token-of-this-test" } });

pageTest(
  "the page has no barriers and fits, in both colour schemes, narrow and wide",
  async (open) => {
    const people = file(await group("eileen_collins.jpg", "grace_hopper.jpg"));
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
        const shift = await shiftOf(page);
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
        await ask(page, people, /2 people I do not know/);
        const face = page.getByRole("list", { name: "Faces in the photo" }).getByRole("button");
        await face.first().click();
        await check("faces");
        await teach(page, `Grandma, whose name is long: ${"Donaudampfschifffahrt".repeat(4)}`);
        await answer(page, /That is Grandma/);
        await check("person");
        await page.getByRole("button", { name: /^Forget Grandma/ }).click();
        await page.getByRole("button", { name: "Forget for good" }).click();
        await answer(page, /2 people I do not know/);
        assertEquals(complaints, [], at);
        await close();
      }
    }
  },
);

pageTest("the API reference is drawn from the service's own description", async (open) => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [360, 1280]) {
      const { page, complaints, close } = await open({
        colorScheme,
        viewport: { width, height: 800 },
      });
      await page.goto("/docs");
      await page.getByText("Ask what a photo shows").waitFor();
      await page.getByText("Forget a label, finally, with all its memories").waitFor();
      assert(await page.getByRole("link", { name: "Xolo" }).count() > 0);
      assertEquals(await barriers(page), [], `${colorScheme} at ${width} px`);
      assertEquals(await sideways(page), 0);
      await page.getByText("Ask what a photo shows").click();
      await page.getByText("A damaged photo, or a paradigm that is not served").waitFor();
      assertEquals(complaints, []);
      await close();
    }
  }
});
