/**
 * The views for practice in a real browser, against the real service on a port: review, rules,
 * quality and history, by keyboard alone.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { openPage, type WatchedPage } from "./support/browser.ts";
import { barriers, servedTest, sideways } from "./support/page.ts";
import { formOf, samplePhoto } from "./support/service.ts";

type BrowserOptions = Parameters<typeof openPage>[2];

/** A running service. */
interface Running {
  /** Opens a page of it. */
  open(options?: BrowserOptions): Promise<WatchedPage>;
  /** Asks it by itself, signed by Ben. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

/** Runs a test with a browser and a service of its own. */
function practiceTest(
  name: string,
  fn: (running: Running) => Promise<void>,
  env: Record<string, string> = {},
): void {
  servedTest(name, async ({ browser, origin }) => {
    await fn({
      open: (options) => openPage(browser, origin, options),
      async ask(path, init = {}) {
        const reply = await fetch(origin + path, {
          ...init,
          headers: { "xolo-actor": "Ben", ...init.headers },
        });
        assert(reply.ok, `${path} answers ${reply.status}: ${await reply.clone().text()}`);
        return reply;
      },
    });
  }, { env: { XOLO_REVIEW_RATE: "0", ...env } });
}

const cat = samplePhoto("chelsea_cat.jpg");
const JSON_TYPE = { "content-type": "application/json" };

/** A photo so blurred that the network is not sure of it, or cannot say anything. */
async function blurred(name: string, sigma: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await sharp(samplePhoto(name)).resize(300).blur(sigma).jpeg().toBuffer(),
  );
}

/** Asks about a photo. */
async function classify(
  { ask }: Running,
  photo: Uint8Array<ArrayBuffer>,
  query = "",
): Promise<Record<string, unknown>> {
  const headers = { "content-type": "image/jpeg" };
  const reply = await ask(`/classify?${query}`, { method: "POST", headers, body: photo });
  return await reply.json();
}

/** Most tab stops between two places of a view. */
const STOPS = 80;

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab") {
  await target.waitFor();
  for (let stops = 0; stops < STOPS; stops++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${STOPS} × ${key} should lead to ${target}`);
}

/** Goes to a view by its link, as the keyboard does. */
async function goTo(page: Page, name: string, title = `${name} – Xolo`): Promise<void> {
  await tabTo(page, page.getByRole("link", { name, exact: true }), "Shift+Tab");
  await page.keyboard.press("Enter");
  const heading = page.getByRole("heading", { name, exact: true });
  await heading.waitFor();
  await heading.and(page.locator(":focus")).waitFor();
  assertEquals(await page.title(), title);
  assertEquals(
    await page.getByRole("link", { name, exact: true }).getAttribute("aria-current"),
    "page",
  );
}

/** What the browser itself notes of refused requests is no complaint. */
function others(complaints: readonly string[]): readonly string[] {
  return complaints.filter((c) => !c.includes("Failed to load resource"));
}

/** Waits until the card says something. */
async function told(page: Page, says: RegExp): Promise<void> {
  await page.getByRole("region", { name: "The answer to judge" }).filter({ hasText: says })
    .waitFor();
}

/** The item in front and its lease, as the tab remembers them. */
function inHand(page: Page): Promise<{ id: string; lease: string }[]> {
  return page.evaluate(() => JSON.parse(sessionStorage.getItem("xolo.review") ?? "[]"));
}

practiceTest("review goes by keyboard alone, and an answer is taken back", async (running) => {
  const { page, complaints, close } = await running.open();
  page.setDefaultTimeout(10_000);
  await page.goto("/");
  await tabTo(page, page.getByRole("button", { name: "Chelsea the cat" }));
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: /cat.*from the network/s }).waitFor();
  await tabTo(page, page.getByLabel("Name", { exact: true }));
  await page.keyboard.type("Chelsea");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "That is Chelsea" }).waitFor();

  const espresso = await classify(running, await blurred("coffee_cup.jpg", 4), "keepPhoto=true");
  assertEquals([espresso.label, espresso.certainty], ["espresso", "perhaps"]);
  const nothing = await classify(running, await blurred("rocket.jpg", 8));
  assertEquals(nothing.route, "none");

  await goTo(page, "Review");
  await tabTo(page, page.getByLabel("Your name"));
  await page.keyboard.type("Großmutter Anna");
  await page.keyboard.press("Enter");

  // What would teach most comes first; of it no picture was kept, and nothing can be denied.
  await told(page, /I cannot say.*It is …/s);
  await page.getByText("No picture of it was kept.").waitFor();
  await page.keyboard.press("n");
  await page.getByText("Nothing was answered, so there is nothing to deny.").waitFor();
  await page.keyboard.press("l");
  const field = page.getByLabel("Label", { exact: true });
  await field.waitFor();
  await page.locator("#known-labels option[value=Chelsea]").waitFor({ state: "attached" });
  await page.keyboard.type("Rocket no. 8");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "hidden" });
  await page.keyboard.press("t");
  await page.getByText("a breed or a model rather than this one").waitFor();
  await page.keyboard.press("l");
  await page.keyboard.type("Rocket no. 8");
  await page.keyboard.press("Enter");
  await page.getByText("Noted: it is a Rocket no. 8.").waitFor();

  await told(page, /espresso.*only perhaps/s);
  await page.getByRole("img", { name: "What was asked about" }).waitFor();
  await page.keyboard.press("2");
  await page.getByText("Noted: it is consomme.").waitFor();
  await told(page, /Nothing is waiting/);
  await page.keyboard.press("u");
  await page.getByText("Taken back: it is consomme").waitFor();
  await told(page, /espresso.*only perhaps/s);
  await page.keyboard.press("n");
  await page.getByText("Noted: not espresso.").waitFor();
  await told(page, /Nothing is waiting/);
  assertMatch(
    await page.getByRole("list", { name: "This session" }).innerText(),
    /^2\s*answered.*0\s*waiting$/s,
  );

  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  assertMatch(await keys.innerText(), /undo the last answer/);
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "hidden" });

  const { events } = await (await running.ask("/events")).json();
  const [not, undo, consomme, rocket] = events;
  assertEquals(
    [not, undo, consomme, rocket].map(({ by, type }) => `${type} by ${by}`),
    ["review", "undo", "review", "review"].map((type) => `${type} by Großmutter Anna`),
  );
  assertMatch(rocket.what, /Rocket no\. 8/);
  assertEquals([consomme.undoneBy, undo.undoes], [undo.id, consomme.id]);
  const { labels } = await (await running.ask("/labels")).json();
  assertEquals(
    labels.map(({ label }: { label: string }) => label).sort(),
    ["Chelsea", "Rocket no. 8"],
  );
  assertEquals(complaints, []);
  await close();
});

practiceTest("review goes on when others were quicker, and loses no answer", async (running) => {
  for (const name of ["coffee_cup.jpg", "rocket.jpg"]) {
    await classify(running, await blurred(name, 8), "keepPhoto=true");
  }
  await classify(running, await blurred("coffee_cup.jpg", 4));
  const { page, complaints, close } = await running.open();
  page.setDefaultTimeout(10_000);
  await page.goto("/#/review");
  await page.getByLabel("Your name").fill("Anna");
  await page.keyboard.press("Enter");
  await told(page, /I cannot say/);
  const first = await inHand(page);
  assertEquals(first.length, 3);

  // The same hand after a reload: nothing is out of reach until the leases are over.
  await page.reload();
  await told(page, /I cannot say/);
  assertEquals((await inHand(page)).map(({ id }) => id).sort(), first.map(({ id }) => id).sort());

  const [{ id, lease }] = await inHand(page) as [{ id: string; lease: string }];
  await running.ask(`/review/${id}`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ label: "Ben's", lease }),
  });
  await page.keyboard.press("Enter");
  await page.getByText(/was answered already, by Ben at .*Here is the next one\./).waitFor();

  const [next] = await inHand(page);
  await page.route("**/review/*", (route) => route.fulfill({ status: 500, body: "" }));
  await page.keyboard.press("x");
  await page.getByText("The answer was not noted, so it is here again.").waitFor();
  assertEquals((await inHand(page))[0]?.id, next?.id);
  await page.unroute("**/review/*");
  await page.keyboard.press("s");
  await told(page, /espresso/);
  await page.keyboard.press("Enter");
  await told(page, /Only what you skipped is left: 1 answer\./);
  // Enter goes through them again, as the button says that has the focus by then.
  await tabTo(page, page.getByRole("button", { name: "Go through them again" }));
  await page.keyboard.press("Enter");
  await told(page, /I cannot say/);
  await page.keyboard.press("x");
  await page.getByText("Noted: not a subject.").waitFor();
  await told(page, /Nothing is waiting/);
  assertEquals(others(complaints), []);
  await close();
});

practiceTest("a rule is written, tried and switched by keyboard alone", async (running) => {
  await classify(running, cat);
  const { page, complaints, close } = await running.open();
  page.setDefaultTimeout(10_000);
  await page.goto("/");
  await page.getByText("Nothing yet.").waitFor();
  await page.locator("body").press("Tab");
  await tabTo(page, page.getByRole("link", { name: "Rules" }));
  await page.keyboard.press("Enter");
  await page.getByText("No rules yet.").waitFor();
  await tabTo(page, page.getByRole("button", { name: "Write a rule" }));
  await page.keyboard.press("Enter");

  const save = page.getByRole("button", { name: "Save" });
  const first = page.getByRole("group", { name: "Condition 1" });
  assertEquals(await save.isDisabled(), true);
  await tabTo(page, first.getByLabel("Value"));
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "Condition 1 has no value." }).waitFor();
  await page.keyboard.type("cat");
  await tabTo(page, page.getByRole("button", { name: "Add a condition" }));
  await page.keyboard.press("Enter");
  const second = page.getByRole("group", { name: "Condition 2" });
  await tabTo(page, second.getByLabel("Field"), "Shift+Tab");
  await page.keyboard.type("confidence");
  await tabTo(page, second.getByLabel("Comparison"));
  await page.keyboard.type("is at least");
  await tabTo(page, second.getByLabel("Value"));
  await page.keyboard.type("0.5");
  await tabTo(page, page.getByLabel("Label", { exact: true }));
  await page.keyboard.type("Chelsea");
  await page.keyboard.press("Enter");
  const trial = page.getByRole("region", { name: "Dry run" });
  await trial.waitFor();
  assertMatch(
    await trial.innerText(),
    /when the path has "cat" and confidence is at least 0\.5: it is "Chelsea".*last 1 answer 1 would change:\s+cat, from the network becomes Chelsea, by this rule.*No judged photos yet/s,
  );
  assertEquals(await save.isEnabled(), true);

  // Another text was not tried yet.
  await page.keyboard.type("!");
  await trial.waitFor({ state: "hidden" });
  assertEquals(await save.isDisabled(), true);
  await page.keyboard.press("Backspace");
  await trial.waitFor();

  await tabTo(page, page.getByText("The rule as JSON"));
  await page.keyboard.press("Enter");
  const json = page.getByLabel(/What is written here is in the fields/);
  assertEquals(JSON.parse(await json.inputValue()), {
    when: { path: "cat", confidence: { gte: 0.5 } },
    then: { label: "Chelsea" },
  });
  await tabTo(page, json);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText('{"when": {"path": "cat", "route": ["?"]}');
  await page.getByText("This is not JSON yet.").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(
    '{"when": {"path": "cat", "context.album": {"not": "zoo"}}, "then": {"label": "Tom"}}',
  );
  assertEquals(await second.getByLabel("Its name in the context").inputValue(), "album");
  assertEquals(await page.getByLabel("Label", { exact: true }).inputValue(), "Tom");
  await tabTo(page, page.getByRole("button", { name: "Dry run" }));
  await page.keyboard.press("Enter");
  await trial.filter({ hasText: 'album is not "zoo"' }).waitFor();
  await tabTo(page, save);
  await page.keyboard.press("Enter");
  await page.getByText("The rule is saved.").waitFor();
  const write = page.getByRole("button", { name: "Write a rule" });
  await write.and(page.locator(":focus")).waitFor();

  const reads = 'when the path has "cat" and album is not "zoo": it is "Tom"';
  const row = page.getByRole("row", { name: /it is "Tom"/ });
  assertMatch(await row.innerText(), /0 ×.*never yet.*not known yet.*too new to tell/s);
  assertEquals((await classify(running, cat)).label, "Tom");
  await tabTo(page, page.getByRole("switch", { name: `On: ${reads}` }));
  await page.keyboard.press("Space");
  await page.getByText("The rule is off.").waitFor();
  assertEquals(await page.locator(".practice").getByRole("switch").isChecked(), false);
  assertEquals((await classify(running, cat)).label, "cat");

  await tabTo(page, page.getByRole("button", { name: `Edit: ${reads}` }));
  await page.keyboard.press("Enter");
  assertEquals(await first.getByLabel("Value").inputValue(), "cat");
  await tabTo(page, page.getByRole("button", { name: "Cancel" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: `Delete: ${reads}` }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete this rule?" });
  await tabTo(page, dialog.getByRole("button", { name: "Delete it" }));
  await page.keyboard.press("Enter");
  await page.getByText("The rule is deleted.").waitFor();
  await page.getByText("No rules yet.").waitFor();
  assertEquals(complaints, []);
  await close();
});

/** Answers, judgements and rules that all views have something to show of. */
async function practised(running: Running): Promise<void> {
  const { ask } = running;
  const post = (path: string, body: unknown, method = "POST") =>
    ask(path, { method, headers: JSON_TYPE, body: JSON.stringify(body) });
  await post("/rules", {
    when: { path: "cat", "context.album": "home" },
    then: { label: "Chelsea" },
    note: "She is the only cat at home",
  });
  await post("/rules", {
    when: { path: "cat", "context.album": "home" },
    then: { label: `Tom ${"Donaudampfschifffahrt".repeat(3)}` },
    enabled: true,
  });
  await ask("/memories", {
    method: "POST",
    body: formOf({ label: "Cup" }, samplePhoto("rocket.jpg")),
  });
  await post("/labels/Cup", { label: "Mug" }, "PATCH");
  for (const name of ["chelsea_cat.jpg", "coffee_cup.jpg", "grace_hopper.jpg"]) {
    await classify(running, await blurred(name, 1), "keepPhoto=true");
  }
  const { items } = await (await ask("/review")).json();
  for (const { id, answer: { label } } of items) {
    if (label === null) continue;
    await post(`/review/${id}`, { label: label === "cat" ? "lynx" : label });
  }
  await classify(running, await blurred("coffee_cup.jpg", 8));
  await classify(running, await blurred("coffee_cup.jpg", 4), "keepPhoto=true");
}

practiceTest(
  "quality shows the record against the promise, and sets what is drawn by chance",
  async (running) => {
    await practised(running);
    const { page, complaints, close } = await running.open();
    page.setDefaultTimeout(10_000);
    await page.goto("/#/quality");
    await page.getByText(/at least 92 % right/).waitFor();
    await page.getByText("1 of 2 judged were right").waitFor();
    await page.getByRole("link", { name: "2 answers" }).waitFor();
    await page.getByRole("img", { name: /^Coverage and precision by the hour/ }).waitFor();
    await tabTo(page, page.getByText("The figures as a table"));
    await page.keyboard.press("Enter");
    const figures = page.getByRole("region", { name: "The figures as a table" });
    assertEquals(await figures.getByRole("row").count(), 2);
    const routes = page.getByRole("table", { name: "By what answered" });
    assertMatch(await routes.innerText(), /from the network.*2\s+\d+\s+too new to tell/s);
    assertEquals(await routes.getByRole("img", { name: /between .* promised 92 %/ }).count(), 1);
    const labels = page.getByRole("table", { name: "By label" });
    assertMatch(await labels.innerText(), /cat, from the network\s+under 1 %/);

    await tabTo(page, page.getByLabel(/Share of sure answers/), "Shift+Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("200");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "a number from 0 to 100" }).waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("12,5");
    await page.keyboard.press("Enter");
    await page.getByText("From now on 12.5 % of the sure answers").waitFor();
    const { sampleRate } = await (await running.ask("/quality")).json();
    assertEquals(sampleRate, 0.125);
    assertEquals(complaints, []);
    await close();
  },
  { XOLO_REVIEW_RATE: "1" },
);

practiceTest(
  "history takes back what nothing builds on, and leads to what does",
  async (running) => {
    await running.ask("/memories", { method: "POST", body: formOf({ label: "Tom" }, cat) });
    await running.ask("/labels/Tom", {
      method: "PATCH",
      headers: JSON_TYPE,
      body: JSON.stringify({ label: "Chelsea" }),
    });
    const { page, complaints, close } = await running.open();
    page.setDefaultTimeout(10_000);
    await page.goto("/");
    await page.getByRole("button", { name: "Forget Chelsea" }).waitFor();
    await page.locator("body").press("Tab");
    await tabTo(page, page.getByRole("link", { name: "History" }));
    await page.keyboard.press("Enter");
    const events = page.getByRole("list", { name: "Events" }).getByRole("listitem");
    await events.nth(1).waitFor();
    assertMatch(await events.nth(0).innerText(), /Ben · renamed/);
    assertMatch(await events.nth(1).innerText(), /Ben · taught/);

    await tabTo(page, events.nth(1).getByRole("button", { name: /^Take back/ }));
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "a later change builds on it" }).waitFor();
    await tabTo(page, page.getByRole("link", { name: "Show the later event" }));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id.startsWith("event-"));
    assert(await events.nth(0).evaluate((element) => element === document.activeElement));
    assertMatch(page.url(), /#\/history\/[0-9A-Z]{26}$/);

    await tabTo(page, events.nth(0).getByRole("button", { name: /^Take back/ }));
    await page.keyboard.press("Enter");
    await page.keyboard.type("She is no tomcat");
    await page.keyboard.press("Enter");
    await events.nth(2).waitFor();
    assertMatch(await events.nth(0).innerText(), /taken back.*Why: She is no tomcat/s);
    assertEquals(await events.nth(1).locator("del").count(), 1);
    assertMatch(await events.nth(1).innerText(), /Taken back by somebody\./);
    const { labels } = await (await running.ask("/labels")).json();
    assertEquals(labels.map(({ label }: { label: string }) => label), ["Tom"]);

    await goTo(page, "Try & teach", "Xolo");
    await page.getByRole("button", { name: "Forget Tom" }).waitFor();
    assertEquals(others(complaints), []);
    await close();
  },
);

practiceTest("the views for practice ask for the token where there is one", async ({ open }) => {
  const { page, close } = await open();
  await page.goto("/#/history");
  await page.getByLabel("Token").fill("a-token-of-this-test");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing has happened yet.").waitFor();
  await close();
}, { XOLO_TOKEN: "a-token-of-this-test" });

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

/** How much the layout shifted without anybody's doing. */
function shifts(page: Page): Promise<number> {
  return page.evaluate(() =>
    new Promise<number>((resolve) => {
      new PerformanceObserver((list) => {
        resolve(
          (list.getEntries() as Shift[]).filter((e) => !e.hadRecentInput)
            .reduce((sum, e) => sum + e.value, 0),
        );
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(0), 200);
    })
  );
}

/** Where pictures of the views go, for a look at them; none are taken without it. */
const PICTURES = Deno.env.get("XOLO_PICTURES");

practiceTest(
  "the views for practice have no barriers and fit, in both colour schemes, narrow and wide",
  async (running) => {
    await practised(running);
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [360, 1280]) {
        const at = `${colorScheme} at ${width} px`;
        const { page, complaints, close } = await running.open({
          colorScheme,
          viewport: { width, height: 800 },
        });
        page.setDefaultTimeout(10_000);
        const check = async (state: string) => {
          assertEquals(await barriers(page), [], `${at}, ${state}`);
          assertEquals(await sideways(page), 0, `${at}, ${state}`);
          if (PICTURES === undefined) return;
          const path = `${PICTURES}/${state}_${width}_${colorScheme}.png`;
          await page.screenshot({ path, fullPage: true });
        };
        const arrive = async (view: string, there: Locator) => {
          // A new document, so that its shifts are counted from its beginning.
          await page.goto("about:blank");
          await page.goto(`/#/${view}`);
          await there.first().waitFor();
          assertLess(await shifts(page), 0.1, `${at}, ${view}: the layout should not shift`);
          await check(view);
        };
        await arrive("review", page.getByLabel("Your name"));
        await page.getByLabel("Your name").fill("Anna");
        await page.keyboard.press("Enter");
        await told(page, /It is …/);
        await check("review-item");
        await page.keyboard.press("l");
        await check("review-label");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await check("review-keys");
        await page.keyboard.press("Escape");
        // Given back, for the next one: nothing waits for this reviewer's lease.
        while (await page.locator(".told").count() > 0) {
          await page.keyboard.press("s");
          await page.waitForTimeout(50);
        }
        await told(page, /Only what you skipped is left/);
        await check("review-end");

        await arrive("rules", page.getByRole("table"));
        await page.getByRole("button", { name: /^Edit/ }).first().click();
        await page.getByText("The rule as JSON").click();
        await page.getByRole("button", { name: "Dry run" }).click();
        await page.getByRole("region", { name: "Dry run" }).waitFor();
        await check("rule");

        await arrive("quality", page.getByRole("table", { name: "By label" }));
        await page.getByText("The figures as a table").click();
        await check("quality-table");

        await arrive("history", page.getByRole("list", { name: "Events" }).getByRole("listitem"));
        await page.getByRole("button", { name: /^Take back: .*Cup/ }).last().click();
        await page.keyboard.press("Enter");
        await page.getByRole("link", { name: "Show the later event" }).waitFor();
        await check("history-later");
        assertEquals(others(complaints), [], at);
        await close();
      }
    }
  },
  { XOLO_REVIEW_RATE: "1" },
);
