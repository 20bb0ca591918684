/**
 * The page about the dilemma, in a real browser against the real service.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { paradigmEvaluation } from "../models/paradigm_card.ts";
import { phaseAt, sayEpoch, shareInLine } from "../web/dilemma/noise_explorer.tsx";
import { signed } from "../web/dilemma/parts_of_answer.tsx";
import { percent } from "../web/words.ts";
import { root } from "./support/data.ts";
import { barriers, pageTest, sideways } from "./support/page.ts";

const evaluation = paradigmEvaluation.parse(
  JSON.parse(await Deno.readTextFile(`${root}/models/paradigms/evaluation.json`)),
);
const trainings = evaluation.noise!;
const rewinding = evaluation.rewinding!;
const quarter = trainings.find(({ noise }) => noise === 0.25)!;

Deno.test("sayEpoch() says what the file has of an epoch", () => {
  const given = quarter.curves.find(({ name }) => name === "asGiven")!;
  const said = sayEpoch(quarter, 46);
  assert(said.includes(shareInLine(given.y[given.x.indexOf(46)]!)), said);
  assertMatch(said, /After epoch 46 .* by heart\.$/);
  assertEquals(phaseAt(quarter, 46), "memorization");
  // Where nothing is labelled wrongly nothing can be told of that.
  const clean = trainings.find(({ noise }) => noise === 0)!;
  assert(!sayEpoch(clean, 46).includes("wrong label"));
});

Deno.test("signed() tells which way a part speaks", () => {
  assertEquals([signed(1.234), signed(-0.5), signed(0)], ["+1.23", "−0.50", "+0.00"]);
});

pageTest("the training is walked through by keyboard, with the file's figures", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/#/dilemma");
  const slider = page.getByRole("slider", { name: "Epoch of its training" });
  await slider.focus();
  const settled = quarter.phases.find(({ name }) => name === "settling")!.to;
  await page.getByText(sayEpoch(quarter, settled)).waitFor();
  assertEquals(
    await slider.getAttribute("aria-valuetext"),
    `epoch ${settled} of 46: settling`,
  );
  await page.keyboard.press("ArrowRight");
  await page.getByText(sayEpoch(quarter, settled + 1)).waitFor();
  await page.keyboard.press("End");
  await page.getByText(sayEpoch(quarter, 46)).waitFor();
  const labels = page.getByRole("group", { name: /Wrong labels among/ });
  await labels.getByLabel("40 %").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.getByText(sayEpoch(trainings.find(({ noise }) => noise === 0.1)!, 46)).waitFor();

  const layers = page.getByRole("group", { name: "Layers taken back" });
  const [late] = rewinding.rows;
  const first = rewinding.rows.find((row) => row.layers.join() === "0")!;
  const told = page.getByText(/It repeats .* of the wrong labels/);
  assert((await told.innerText()).includes(shareInLine(late!.asGiven)));
  await layers.getByLabel("layer 1", { exact: true }).check();
  await page.getByText(`sees through ${shareInLine(first.asTrue)} of them`).waitFor();
  assert((await told.innerText()).includes(shareInLine(first.test)));
  assertEquals(complaints, []);
  await close();
});

pageTest("the parts of an answer add up, and the table has every system", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/#/dilemma");
  const reply = page.waitForResponse((one) => one.url().includes("paradigm=compare"));
  await page.getByRole("button", { name: "A rocket on its launch pad" }).click();
  const { answers } = await (await reply).json();
  const { deep, wide } = answers.joint.parts as { deep: number; wide: number };
  await page.getByText(`${signed(deep + wide)} together`).waitFor();
  const rows = await page.locator(".contributions div").allInnerTexts();
  const values = rows.map((row) => Number(row.split(/\s+/).at(-1)!.replace("−", "-")));
  assertAlmostEquals(values[0]! + values[1]!, values[2]!, 0.011);
  assertEquals(values[0]!.toFixed(2), deep.toFixed(2));
  const said = await page.locator(".answers").innerText();
  assert(said.includes(answers.human.label), said);

  for (const share of [0.05, 0.25]) {
    const choice = page.getByRole("group", { name: /Exceptions among/ });
    await choice.getByLabel(`${share * 100} %`, { exact: true }).check();
    const table = page.getByRole("table", { name: "How far out of the dilemma?" });
    const shown = await table.getByRole("row").allInnerTexts();
    const asked = evaluation.rows.filter(({ exceptions }) => exceptions === share);
    assertEquals(shown.length, asked.length + 1);
    for (const [i, row] of asked.entries()) {
      const cells = shown[i + 1]!.split(/\s*[\t\n]\s*/).filter((text) => text !== "");
      const quadrants = (["q1", "q2", "q3", "q4"] as const).map((q) => percent(Number(row[q])));
      const d = `${row.d.toFixed(3)} ± ${Number(row.dSpread).toFixed(3)}`;
      assertEquals(cells, [row.system, ...quadrants, d]);
    }
  }
  assertEquals(complaints, []);
  await close();
});

pageTest("visitors may play with the dilemma, too", async (open) => {
  const { page, complaints, close } = await open();
  await page.goto("/#/dilemma");
  await page.getByRole("heading", { name: "How far out of the dilemma?" }).waitFor();
  await page.getByRole("button", { name: "Grace Hopper in uniform" }).click();
  await page.locator(".contributions").waitFor();
  // The labels, which the page asks for to see what it may, are not for visitors.
  assertEquals(complaints.filter((one) => !one.includes("401")), []);
  await close();
}, { env: { XOLO_TOKEN: "a-token-that-nobody-has" } });

for (const colorScheme of ["light", "dark"] as const) {
  pageTest(
    `the page about the dilemma has no barriers that axe finds, ${colorScheme}`,
    async (open) => {
      for (const width of [360, 1280]) {
        for (const locale of ["en-GB", "de-DE"]) {
          const { page, complaints, close } = await open({
            colorScheme,
            locale,
            viewport: { width, height: 800 },
          });
          await page.goto("/#/dilemma");
          await page.locator(".quadrants").waitFor();
          await page.locator(".parts .samples button").first().click();
          await page.locator(".contributions").waitFor();
          assertEquals(await barriers(page), []);
          assertEquals(await sideways(page), 0);
          assertEquals(complaints, []);
          await close();
        }
      }
    },
  );
}
