/**
 * The report on the simulated practice as Markdown, and its chart.
 *
 * @module
 */
import { formatShare, shareOf } from "../interval.ts";
import { drawLines } from "../line_chart.ts";
import type { Report } from "../report.ts";
import type { Checkpoint, PracticeFindings, Run, Variant } from "./evaluate.ts";

/** What the simulation is to end with: as Chimera's figures are. */
const GOAL = { coverage: 0.93, precision: 0.93 };
/** Checkpoints with fewer sure answers tell little by themselves. */
const FEW = 20;

const coverage = ({ covered, answers }: Checkpoint) => covered / answers;
const precision = ({ right, covered }: Checkpoint) => right / covered;

function sum(some: readonly Checkpoint[]): Checkpoint {
  const total = (field: keyof Checkpoint) => some.reduce((all, one) => all + one[field], 0);
  return { answers: total("answers"), covered: total("covered"), right: total("right") };
}

/** Formats the report. */
export function formatPractice(findings: PracticeFindings): Report {
  const { policy, photos, labels, variants } = findings;
  const [main] = variants;
  const runs = main!.runs;
  const lasts = runs.map(({ checkpoints }) => checkpoints.at(-1)!);
  const reached = lasts.filter((one) =>
    coverage(one) >= GOAL.coverage && precision(one) >= GOAL.precision
  );
  const told = runs.flatMap(({ checkpoints }) => checkpoints).filter(({ covered }) =>
    covered >= FEW
  );
  const good = told.filter((one) => precision(one) >= policy.floor);
  const all = runs.flatMap(({ checkpoints }) => checkpoints);
  return {
    markdown: [
      "# Practice",
      "",
      "Made by `deno task eval practice`.",
      "",
      `A household's stream, simulated: ${photos} photos under ${labels} labels in an order drawn by chance,`,
      "answered by the service's own parts over an empty space. After every hundred photos a reviewer",
      `answers at most ${policy.budget} items of the queue, the first by its priority, with the folder's label, and`,
      `is wrong in ${
        percent(policy.wrong)
      }; an analyst then writes the rules that \`consolidate\` proposes, and one for each`,
      `word of the network that four judgements or more agree on. ${
        percent(policy.sampleRate)
      } of sure answers are drawn as samples.`,
      `The promised precision is ${policy.floor}.`,
      "",
      "Covered is what is given as `is` with a label of the stream. What the network says in words of its",
      'own ("wild cat" of a leopard) counts only where a rule translates it or it is the label.',
      "",
      "## Result",
      "",
      `The goal is to end with ${GOAL.coverage} covered at a precision of ${GOAL.precision}, and a precision of ${policy.floor} at every`,
      `tenth. **${reached.length} of ${runs.length} streams end so.** The last tenths are covered ${
        range(lasts.map(coverage))
      } at a precision`,
      `of ${range(lasts.map(precision))}; together ${
        formatShare(shareOf(sum(lasts).right, sum(lasts).covered))
      } are right. Of ${told.length} tenths with`,
      `${FEW} sure answers or more, ${good.length} have a precision of ${policy.floor} or more; of the other ${
        all.length - told.length
      }, with ${
        formatShare(shareOf(sum(few(all)).right, sum(few(all)).covered))
      } right, too little is known one by one. The precision from the beginning to a tenth's end is at least ${
        Math.min(...runs.flatMap(cumulative)).toFixed(3)
      }.`,
      "",
      "![Coverage and precision over the stream](practice.svg)",
      "",
      ...variants.flatMap(tableOf),
      "## What gave the sure answers",
      "",
      "*Promoted* are guesses of a taught type that are given for their judged precision; all streams of a",
      "row together.",
      "",
      "| | promoted | memory | rule | network |",
      "|---|---|---|---|---|",
      ...variants.map(routesOf),
      "",
      "## What is held out, and what is not",
      "",
      "- The orders (seeds) were drawn for this report alone. The photos are the same as in the streams that",
      "  the cut's constants, sample rate and rule for writing rules were chosen on (seeds 2 to 7, and 101 to 206).",
      "- The categories of Caltech-101 are the half that the weights of rival types were not fitted on.",
      "  Their photos are among those of the cohort, of the thresholds of look and of the network's calibration.",
      "- The faces and individuals are those that their own thresholds were fitted on.",
      "- Streams of one set of photos are not independent: the range over seeds says how much the order",
      "  matters, not how another household would fare.",
      "- Every photo of this stream shows something that gets a label sooner or later. In a household with many",
      "  photos of nothing that is ever taught the learnt cut would lie higher, and less would be covered.",
      "",
    ].join("\n"),
    charts: { practice: chartOf(findings) },
  };
}

function few(all: readonly Checkpoint[]): Checkpoint[] {
  return all.filter(({ covered }) => covered < FEW);
}

function cumulative({ checkpoints }: Run): number[] {
  return checkpoints.map((_, i) => precision(sum(checkpoints.slice(0, i + 1))))
    .filter((value) => !Number.isNaN(value));
}

function tableOf({ name, runs }: Variant): string[] {
  const tenths = runs[0]!.checkpoints.map((_, i) => `${i + 1}`);
  return [
    `### ${name[0]!.toUpperCase()}${name.slice(1)}`,
    "",
    "Coverage / precision by tenths; a precision of fewer than 20 sure answers with its 95 % interval.",
    "",
    `| seed | ${tenths.join(" | ")} | reviewed | rules |`,
    `|---|${tenths.map(() => "---|").join("")}---|---|`,
    ...runs.map(({ seed, checkpoints, reviewed, rules }) =>
      `| ${seed} | ${checkpoints.map(cell).join(" | ")} | ${reviewed} | ${rules} |`
    ),
    ...(runs.length > 1
      ? [
        `| mean | ${
          tenths.map((_, i) => {
            const there = runs.map(({ checkpoints }) => checkpoints[i]!);
            const all = sum(there);
            return `${coverage(all).toFixed(3)} / ${ratio(all)}`;
          }).join(" | ")
        } | | |`,
      ]
      : []),
    "",
  ];
}

function cell(one: Checkpoint): string {
  const short = `${coverage(one).toFixed(3)} / ${ratio(one)}`;
  if (one.covered === 0 || one.covered >= FEW) return short;
  const { low, high } = shareOf(one.right, one.covered);
  return `${short} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

const ratio = (one: Checkpoint) => one.covered === 0 ? "–" : precision(one).toFixed(3);

function routesOf({ name, runs }: Variant): string {
  const cells = ["promoted", "memory", "rule", "network"].map((route) => {
    const some = sum(runs.flatMap(({ byRoute }) => byRoute[route] ?? []));
    return some.covered === 0 ? "–" : formatShare(shareOf(some.right, some.covered));
  });
  return `| ${name} | ${cells.join(" | ")} |`;
}

function chartOf({ variants, photos }: PracticeFindings): string {
  const lines = variants.flatMap(({ name, runs }, i) => {
    const points = runs[0]!.checkpoints.map((_, at) =>
      sum(runs.map(({ checkpoints }) => checkpoints[at]!))
    );
    const x = points.map((_, at) => Math.round((at + 1) * photos / points.length));
    const covered = { name: i === 0 ? "covered" : name, x, y: points.map(coverage) };
    return i === 0 ? [{ name: "precision", x, y: points.map(precision) }, covered] : [covered];
  });
  return drawLines({
    title: "Coverage, and precision of what is covered",
    x: "photos so far",
    y: "share, by tenths",
    lines,
  });
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
}
