/**
 * How well memory recalls what it was shown, and how seldom what it was not: taught photos and
 * their copies, other photos of the same individual, other individuals, strangers.
 *
 * @module
 */
import { type AnswerPhoto, createAnswer } from "../../functions/core/answer.ts";
import type { Answer } from "../../functions/core/answer_type.ts";
import { createTeach, type TeachPhotos } from "../../functions/core/teach.ts";
import { createInProcessTable } from "../../functions/memory/in_process.ts";
import type { Parts } from "../../functions/assemble.ts";
import { filesBelow } from "../collections.ts";
import { basename, dirname } from "../paths.ts";
import { createCachedEncoder } from "./cached_encoder.ts";
import { isNearIdentical } from "./near_identical.ts";
import { formatShare, type Share, shareOf } from "./interval.ts";
import { createRandom, draw } from "./random.ts";
import { VARIANTS } from "./variants.ts";

/** Seed of the draws of strangers. */
const SEED = 20261123;
/** Strangers that are asked about. */
const STRANGERS = { "imagenet-samples": 400, "novel-breeds": 100 } as const;

/** One line of the report. */
export interface RecallRow {
  readonly what: string;
  readonly is: Share;
  readonly perhaps: Share;
  /** Recalled under the right label, as `is` or `perhaps`. */
  readonly right?: Share;
}

/** The figures of this evaluation. */
export interface RecallReport {
  readonly individuals: number;
  readonly copies: readonly RecallRow[];
  readonly others: readonly RecallRow[];
}

interface Individual {
  readonly name: string;
  readonly photos: readonly Uint8Array[];
}

/** Counts answers of one kind of question. */
function tally(what: string) {
  let of = 0, is = 0, perhaps = 0, right = 0;
  return {
    add(answer: Answer, label?: string) {
      of++;
      if (answer.route !== "memory") return;
      if (answer.certainty === "is") is++;
      else perhaps++;
      if (answer.label === label) right++;
    },
    row(withRight: boolean): RecallRow {
      return {
        what,
        is: shareOf(is, of),
        perhaps: shareOf(perhaps, of),
        ...(withRight ? { right: shareOf(right, of) } : {}),
      };
    },
  };
}

function individualsIn(folder: string): Individual[] {
  const byName = new Map<string, Uint8Array[]>();
  for (const path of filesBelow(folder)) {
    if (!path.endsWith(".jpg")) continue;
    if (isNearIdentical(path)) continue;
    const name = basename(dirname(path));
    const photos = byName.get(name) ?? [];
    photos.push(Deno.readFileSync(path));
    byName.set(name, photos);
  }
  return [...byName].map(([name, photos]) => ({ name, photos }));
}

/** What is judged. */
type JudgedParts = Pick<Parts, "encoder" | "generalize" | "judge" | "faces">;

/** Answers and teaches in a table of its own. */
function freshMemory(
  { encoder, generalize, judge, faces }: JudgedParts,
): { answer: AnswerPhoto; teach: TeachPhotos; close: () => Promise<void> } {
  const memory = createInProcessTable({ tableBytes: 2 ** 28 });
  return {
    answer: createAnswer({ encoder, memory, generalize, judge, faces }),
    teach: createTeach({ encoder, memory, generalize, faces }),
    close: () => memory.close(),
  };
}

const lesson = (label: string) => ({
  space: "default",
  label,
  // A doll's face would make a person of a toy.
  kind: "thing" as const,
  scope: "individual" as const,
  not: false,
  keepPhoto: false,
  force: false,
});
const ASK = { space: "default", recall: true } as const;

/**
 * Runs the evaluation.
 *
 * @param parts the opened service; its own memory is not touched
 * @param data folder with `instances`, `imagenet-samples` and `novel-breeds`
 */
export async function evaluateRecall(
  parts: JudgedParts,
  data: string,
): Promise<RecallReport> {
  const cached = { ...parts, encoder: createCachedEncoder(parts.encoder) };
  const individuals = individualsIn(`${data}/instances`);

  // One photo of each individual is taught; its copies and strangers are asked about.
  const house = freshMemory(cached);
  for (const { name, photos } of individuals) await house.teach([photos[0]!], lesson(name));
  const copies: RecallRow[] = [];
  const same = tally("the photo itself");
  for (const { name, photos } of individuals) {
    const answer = await house.answer(photos[0]!, ASK);
    if (answer.evidence[0]?.by === "bytes") same.add(answer, name);
    else same.add({ ...answer, route: "none" });
  }
  copies.push(same.row(true));
  const all = tally("all copies");
  for (const variant of VARIANTS) {
    const row = tally(variant.name);
    for (const { name, photos } of individuals) {
      const answer = await house.answer(await variant.make(photos[0]!), ASK);
      row.add(answer, name);
      all.add(answer, name);
    }
    copies.push(row.row(true));
  }
  copies.push(all.row(true));

  const others: RecallRow[] = [];
  const random = createRandom(SEED);
  for (const [folder, count] of Object.entries(STRANGERS)) {
    const row = tally(`strangers: ${folder}`);
    for (const path of draw(filesBelow(`${data}/${folder}`), count, random)) {
      row.add(await house.answer(await Deno.readFile(path), ASK));
    }
    others.push(row.row(false));
  }
  await house.close();

  // Each photo of each individual in turn is the only one taught.
  const again = tally("another photo of the same individual");
  const different = tally("a photo of a different individual");
  for (const { name, photos } of individuals) {
    for (const taught of photos) {
      const alone = freshMemory(cached);
      await alone.teach([taught], lesson(name));
      for (const other of individuals) {
        for (const asked of other.photos) {
          if (asked === taught) continue;
          const answer = await alone.answer(asked, ASK);
          if (other.name === name) again.add(answer, name);
          else different.add(answer);
        }
      }
      await alone.close();
    }
  }
  others.push(again.row(true), different.row(false));
  return { individuals: individuals.length, copies, others };
}

/** The report as Markdown, with the command that makes it. */
export function formatRecall(
  { individuals, copies, others }: RecallReport,
): string {
  const table = (title: string, rows: readonly RecallRow[]) => [
    `| ${title} | is | perhaps | right label |`,
    "| --- | --- | --- | --- |",
    ...rows.map(({ what, is, perhaps, right }) =>
      `| ${what} | ${formatShare(is)} | ${formatShare(perhaps)} | ${
        right ? formatShare(right) : "–"
      } |`
    ),
  ];
  return [
    "# Recall",
    "",
    "Made by `deno task eval recall`. Shares with their 95 % Wilson intervals.",
    "",
    `One photo of each of ${individuals} individuals is taught; copies of these photos are asked about:`,
    "",
    ...table("asked about", copies),
    "",
    "The same memory is asked about strangers; then each photo of each individual in turn is the only",
    "one taught:",
    "",
    ...table("asked about", others),
    "",
    "The thresholds were fitted with these individuals at hand (`deno task train look`); how well others",
    "are known is told by [likeness.md](likeness.md). Photos of one individual share a place and a day more",
    "often than a household's would, which flatters recall; wild strangers are ImageNet photos that the",
    "network has probably seen in training.",
    "",
  ].join("\n");
}
