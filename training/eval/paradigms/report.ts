/**
 * The report on the three paradigms: tables, charts, and what `/paradigms` tells of the benchmark.
 *
 * @module
 */
import type { ParadigmEvaluation } from "../../../models/paradigm_card.ts";
import { DOUBTED } from "../../paradigms/calibration.ts";
import { digits } from "../../paradigms/scores.ts";
import type { EpochFigures, Phases } from "../../paradigms/sequential.ts";
import { drawLines } from "../line_chart.ts";
import type { Report } from "../report.ts";
import { formatClaims } from "./claims.ts";
import type { Cost } from "./costs.ts";
import { type DilemmaRow, EXCEPTIONS, LEFT_OUT } from "./dilemma.ts";
import { drawDilemma } from "./dilemma_chart.ts";
import type { ParadigmFindings } from "./evaluate.ts";
import { RARE, SHOTS } from "./few_shot_study.ts";
import { FACTS, TAUGHT } from "./joint_study.ts";
import { type NoiseRun, NOISES, type Rewound } from "./noise_study.ts";
import { SEQUENTIAL, TABLES } from "../../recipes/sequential.ts";
import { TABLES as DEFAULT_TABLES } from "../../sketch/sketch.ts";
import { VARIANTS } from "../variants.ts";
import { said, spreadBy } from "./study.ts";

/** What prints it. */
export const COMMAND = "deno task eval paradigms";

/** What the figures are of. */
export interface ReportFacts {
  readonly photos: number;
  readonly digest: string;
  readonly classes: number;
  readonly seeds: readonly number[];
  readonly costs: readonly Cost[];
}

/** What was tried on the way, without figures: these experiments are not kept. */
const TRIED = [
  "## Tried",
  "",
  "- **Features**: the root of the embedding in place of the embedding makes settling longer and its " +
  "plateau higher. Generalized-mean features beside it, or the mean with the mirrored view, do not.",
  "- **Settling**: leaving out .8 of the input keeps wrong labels from being learnt for twice as long " +
  "as .5; two hidden layers do better than one at the same size.",
  "- **Memorizing**: half of the input left out and the mean of the last moments recognise more copies " +
  "than all of the input; noise on the features and more epochs do not.",
  "- **Router**: the cosine to the nearest trained photo is a little better and needs an embedding of " +
  "each photo in the file. One filter for all photos, filters by class and hashed filters are worse than " +
  "groups by chance, as is counting hits without asking how far they stand out.",
  "- **Wide features**: codes themselves, or crosses of them, as sparse ids memorize photos but not " +
  "their copies; the likest group crossed with the nearest classes does both.",
  "- **Threshold of exceptions**: so few validation photos tell little of the likest; typical training " +
  "photos, asked as if they were new, are ten times as many.",
  "- **Refusing**: energy, largest probability, margin, Mahalanobis distance with and without the " +
  "background's, nearest neighbours and cosines to class means are about equal; what the backbone " +
  "itself sees adds more than any of them.",
];

type Column<T> = readonly [head: string, cell: (row: T) => string];

function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string[] {
  return [
    `| ${columns.map(([head]) => head).join(" | ")} |`,
    `|${columns.map(() => "---").join("|")}|`,
    ...rows.map((row) => `| ${columns.map(([, cell]) => cell(row)).join(" | ")} |`),
  ];
}

/** Lines of a curve's figures. */
function linesOf(curve: readonly EpochFigures[]) {
  return ([
    ["clean", "clean"],
    ["asGiven", "wrong, as given"],
    ["asTrue", "wrong, as true"],
    ["test", "test"],
  ] as const).map(([key, name]) => ({
    name,
    x: curve.map(({ epoch }) => epoch),
    y: curve.map((figures) => figures[key]),
  }));
}

function spansOf({ fitting, settling, memorization }: Phases) {
  return Object.entries({ fitting, settling, memorization })
    .filter(([, [from, to]]) => to >= from)
    .map(([name, [from, to]]) => ({ name, from, to }));
}

/** How many epochs a span has. */
export const lengthOf = ([from, to]: readonly [number, number]) => Math.max(0, to - from + 1);

/** The rows of all systems at one share of exceptions, each over the seeds. */
export function dilemmaRows(
  { dilemma }: Pick<ParadigmFindings, "dilemma">,
  share: number,
): { readonly system: string; readonly runs: readonly DilemmaRow[] }[] {
  const runs = dilemma.filter((run) => run.share === share);
  return runs[0]!.rows.map(({ system }) => ({
    system,
    runs: runs.map(({ rows }) => rows.find((row) => row.system === system)!),
  }));
}

/** The benchmark as `/paradigms` tells it. */
export function evaluationOf(
  findings: ParadigmFindings,
  { seeds, costs }: ReportFacts,
): ParadigmEvaluation {
  return {
    command: COMMAND,
    seeds: [...seeds],
    exceptions: [...EXCEPTIONS],
    rows: EXCEPTIONS.flatMap((share) =>
      dilemmaRows(findings, share).map(({ system, runs }) => {
        const keys = ["q1", "q2", "q3", "q4", "locality", "d"] as const;
        const means = Object.fromEntries(
          keys.map((key) => [key, digits(spreadBy(runs, (run) => run[key]).mean)]),
        ) as Record<typeof keys[number], number>;
        return {
          system,
          exceptions: share,
          ...means,
          dSpread: digits(spreadBy(runs, ({ d }) => d).spread),
        };
      })
    ),
    costs: costs.map(({ system, bytes, time }) => ({
      system,
      bytes,
      time: Math.round(time * 10) / 10,
    })),
    noise: noiseOf(findings),
    rewinding: rewindingOf(findings),
  };
}

/** One training at each share of wrong labels, the fewest first. */
function noiseOf({ noise }: ParadigmFindings): NonNullable<ParadigmEvaluation["noise"]> {
  const shares = [...new Set(noise.map((run) => run.noise))].sort((a, b) => a - b);
  return shares.map((share) => {
    const { curve, phases } = noise.find((run) => run.noise === share)!;
    const names = ["clean", "test", ...share > 0 ? ["asGiven", "asTrue"] as const : []] as const;
    return {
      noise: share,
      curves: names.map((name) => ({
        name,
        x: curve.map(({ epoch }) => epoch),
        y: curve.map((figures) => digits(figures[name])),
      })),
      phases: spansOf(phases),
    };
  });
}

/** Share of wrong labels of the network whose layers are taken back. */
const REWOUND = 0.25;

function rewindingOf({ noise }: ParadigmFindings): NonNullable<ParadigmEvaluation["rewinding"]> {
  const runs = noise.filter((run) => run.noise === REWOUND);
  const mean = (of: (run: NoiseRun) => number) => digits(spreadBy(runs, of).mean);
  const figures = (of: (run: NoiseRun) => Pick<Rewound, "asTrue" | "asGiven" | "test">) => ({
    asTrue: mean((run) => of(run).asTrue),
    asGiven: mean((run) => of(run).asGiven),
    test: mean((run) => of(run).test),
  });
  return {
    noise: REWOUND,
    rows: [
      { layers: [], ...figures(({ curve }) => curve.at(-1)!) },
      ...runs[0]!.rewound.map(({ layers }, i) => ({
        layers: [...layers],
        ...figures(({ rewound }) => rewound[i]!),
      })),
    ],
  };
}

/** Formats all of it. */
export function formatParadigms(findings: ParadigmFindings, facts: ReportFacts): Report {
  const { noise, plain, fewShots, router, joint, human } = findings;
  const { hidden, settling, memorizing } = SEQUENTIAL;
  const at = (share: number) => noise.filter((run) => run.noise === share);
  const last = (run: { readonly curve: readonly EpochFigures[] }) => run.curve.at(-1)!;
  const plateau = (run: { readonly curve: readonly EpochFigures[] }) =>
    run.curve.filter(({ test, asTrue, asGiven }) =>
      test >= 0.86 && asTrue >= 0.84 && asGiven <= 0.06
    )
      .length;
  const layers = at(0.25)[0]!.rewound.map(({ layers }, i) => ({
    layers: layers.join(" and "),
    runs: at(0.25).map(({ rewound }) => rewound[i]!),
  }));
  const first = at(0.25)[0]!;
  const control = plain.find(({ pretrained }) => !pretrained)!;
  const beside = plain.find(({ pretrained }) => pretrained)!;
  const columns: Column<{ system: string; runs: readonly DilemmaRow[] }>[] = [
    ["system", ({ system }) => system],
    ["Q1 typical", ({ runs }) => said(spreadBy(runs, ({ q1 }) => q1))],
    ["Q2 exceptions", ({ runs }) => said(spreadBy(runs, ({ q2 }) => q2))],
    ["Q3 new", ({ runs }) => said(spreadBy(runs, ({ q3 }) => q3))],
    ["Q3 of the answered", ({ runs }) => said(spreadBy(runs, ({ q3Answered }) => q3Answered))],
    ["Q4 refused", ({ runs }) => said(spreadBy(runs, ({ q4 }) => q4))],
    ["locality", ({ runs }) => said(spreadBy(runs, ({ locality }) => locality))],
    ["**D**", ({ runs }) => `**${said(spreadBy(runs, ({ d }) => d))}**`],
  ];
  const markdown = [
    "# The three paradigms",
    "",
    `\`${COMMAND}\`: ${facts.photos} photos of ${facts.classes} classes (digest ` +
    `\`${
      facts.digest.slice(0, 12)
    }\`), each class split by seed into 77.5 % to train on, 7.5 % to ` +
    `choose by and 15 % to judge on; seeds ${
      facts.seeds.join(", ")
    }; mean ± standard deviation over ` +
    "them. No figure is of a photo that was trained on or chosen by, but where it says so.",
    "",
    "Hyperparameters were chosen with other splits of the same collection in view; it holds no photo " +
    "that nobody looked at. Verdicts on what the papers say are in [claims.md](claims.md).",
    "",
    "## The dilemma",
    "",
    "Exceptions are training photos with a wrong label. Q1: right-labelled training photos. Q2: " +
    `${VARIANTS.length} copies of each exception (${
      VARIANTS.map(({ name }) => name).join(", ")
    }), ` +
    `answered as told. Q3: new photos. Q4: photos of at least ${LEFT_OUT} classes left out of ` +
    `training, refused when ${
      DOUBTED * 100
    } % of validation are. Locality: new photos answered as ` +
    "by the network that never saw an exception. D = min(Q2 / Q2 of the table, Q3 / Q3 of that " +
    "network); the table has a threshold, so it can be above 1. The late network is the mean of the " +
    "last moments. Paradigm 3 is told which photos are exceptions, the others are not. The sketch " +
    `has ${DEFAULT_TABLES} codes a photo; the served sequential one has ${TABLES}, for the size of ` +
    "its file.",
    ...EXCEPTIONS.flatMap((share) => [
      "",
      `### ${share * 100} % exceptions`,
      "",
      ...table(dilemmaRows(findings, share), columns),
    ]),
    "",
    "![The dilemma](paradigms_dilemma.svg)",
    "",
    "What an answer costs behind the embedding, in one run; time as a multiple of one network's, bytes " +
    "of the file (the table: random keys of the same number and length in float32):",
    "",
    ...table(facts.costs, [
      ["system", ({ system }) => system],
      ["time", ({ time }) => `${time.toFixed(1)} ×`],
      ["bytes", ({ bytes }) => `${(bytes / 1e6).toFixed(2)} MB`],
    ]),
    "",
    "## Paradigm 1: generalize first, memorize later",
    "",
    `One network (hidden layers of ${hidden.join(" and ")}) on wrong labels. Early: the epoch of ` +
    `least validation loss of the first ${settling.epochs}, in which ${settling.dropout} of the ` +
    `input is left out. Late: the last of ${memorizing.epochs} more epochs with ` +
    `${memorizing.dropout} of it left out. Plateau: epochs with test ≥ .86, as-true ≥ .84, as-given ` +
    "≤ .06. Settling: from validation within .02 of its best until a tenth of the wrong labels is " +
    "answered.",
    "",
    ...table(NOISES, [
      ["wrong labels", (share) => `${share * 100} %`],
      ["early: test", (share) => said(spreadBy(at(share), ({ chosen }) => chosen.test))],
      [
        "as true",
        (share) => share ? said(spreadBy(at(share), ({ chosen }) => chosen.asTrue)) : "–",
      ],
      [
        "as given",
        (share) => share ? said(spreadBy(at(share), ({ chosen }) => chosen.asGiven)) : "–",
      ],
      ["late: test", (share) => said(spreadBy(at(share), (run) => last(run).test))],
      ["as given ", (share) => share ? said(spreadBy(at(share), (run) => last(run).asGiven)) : "–"],
      ["plateau", (share) => share ? said(spreadBy(at(share), plateau), 1) : "–"],
      [
        "settling",
        (share) =>
          share ? said(spreadBy(at(share), ({ phases }) => lengthOf(phases.settling)), 1) : "–",
      ],
    ]),
    "",
    "![Curves](paradigms_sequential.svg)",
    "",
    "Without dropout, pretrained, and the same network on pictures of 24 × 24 pixels, not pretrained, " +
    "both at 25 % wrong labels:",
    "",
    ...table([beside, control], [
      ["network", ({ pretrained }) => pretrained ? "pretrained" : "not pretrained"],
      ["best test", ({ pretrained }) =>
        said(spreadBy(
          plain.filter((run) => run.pretrained === pretrained),
          ({ curve }) => Math.max(...curve.map(({ test }) => test)),
        ))],
      ["best as true", ({ pretrained }) =>
        said(spreadBy(
          plain.filter((run) => run.pretrained === pretrained),
          ({ curve }) => Math.max(...curve.map(({ asTrue }) => asTrue)),
        ))],
      ["settling", ({ pretrained }) =>
        said(
          spreadBy(
            plain.filter((run) => run.pretrained === pretrained),
            ({ phases }) => lengthOf(phases.settling),
          ),
          1,
        )],
    ]),
    "",
    "![Without pretraining](paradigms_unpretrained.svg)",
    "",
    "The late network at 25 % (its last moments averaged) with layers taken back to the early moment (0 is nearest to the input):",
    "",
    ...table(layers, [
      ["layers", ({ layers }) => layers],
      ["as true", ({ runs }) => said(spreadBy(runs, ({ asTrue }) => asTrue))],
      ["as given", ({ runs }) => said(spreadBy(runs, ({ asGiven }) => asGiven))],
      ["test", ({ runs }) => said(spreadBy(runs, ({ test }) => test))],
    ]),
    "",
    `${RARE} rare classes among the ${facts.classes}, right answers among their test photos:`,
    "",
    ...table(SHOTS, [
      ["photos a rare class", (shots) => String(shots)],
      ...([
        ["network", "network"],
        ["with prior", "withPrior"],
        ["prototype", "prototype"],
        ["1-NN", "nearest"],
      ] as const).map(([head, key]): Column<number> => [
        head,
        (shots) => said(spreadBy(fewShots.filter((run) => run.shots === shots), (run) => run[key])),
      ]),
    ]),
    "",
    `Router: trained photos and their ${VARIANTS.length} copies against new photos, AUROC ` +
    `${said(spreadBy(router, ({ auroc }) => auroc))}; by copy: ${
      Object.keys(router[0]!.byVariant).map((name) =>
        `${name} ${spreadBy(router, ({ byVariant }) => byVariant[name]!).mean.toFixed(3)}`
      ).join(", ")
    }. At the router's cut ${
      said(spreadBy(router, ({ passed }) => passed))
    } of the copies pass and ${said(spreadBy(router, ({ taken }) => taken))} of the new photos.`,
    "",
    "## Paradigm 2: generalize and memorize at once",
    "",
    `${
      FACTS * 100
    } % of the training photos have a wrong label. Exact: those photos, answered as told; ` +
    `copies: ${VARIANTS.length} of each.`,
    "",
    ...table(["joint", "deepOnly", "wideOnly", "addedUp", "staged"] as const, [
      ["training", (key) =>
        ({
          joint: "**joint**",
          deepOnly: "deep alone",
          wideOnly: "wide alone",
          addedUp: "both trained apart, added up",
          staged: "deep first, then wide",
        })[key]],
      ["exact", (key) => said(spreadBy(joint, (run) => run[key].exact))],
      ["copies", (key) => said(spreadBy(joint, (run) => run[key].copies))],
      ["test", (key) => said(spreadBy(joint, (run) => run[key].test))],
      [
        "wide weights",
        (key) =>
          key === "joint" || key === "staged"
            ? said(spreadBy(joint, (run) => run[key].wideWeights), 0)
            : "–",
      ],
    ]),
    "",
    `${TAUGHT} facts taught later, by FTRL on the wide part alone: ${
      said(spreadBy(joint, ({ online }) => online.exact))
    } answered as told; test ${said(spreadBy(joint, ({ online }) => online.before))} before, ${
      said(spreadBy(joint, ({ online }) => online.after))
    } after; ${said(spreadBy(joint, ({ online }) => online.changed))} of the test answers changed.`,
    "",
    "## Paradigm 3: generalize with machines, memorize with humans",
    "",
    `${
      FACTS * 100
    } % of the training photos taught as exceptions, before a network that never saw them: ` +
    `exact ${said(spreadBy(human, ({ exact }) => exact))}, copies ${
      said(spreadBy(human, ({ copies }) => copies))
    }, test ${said(spreadBy(human, ({ test }) => test))} (the network alone ${
      said(spreadBy(human, ({ network }) => network))
    }), locality ${said(spreadBy(human, ({ locality }) => locality))}.`,
    "",
    ...TRIED,
    "",
  ].join("\n");
  return {
    markdown,
    files: { claims: formatClaims(findings) },
    charts: {
      paradigms_dilemma: drawDilemma(
        `The dilemma at ${EXCEPTIONS[0] * 100} % exceptions`,
        dilemmaRows(findings, EXCEPTIONS[0]).map(({ system, runs }, _, [table]) => ({
          system,
          remembers: spreadBy(runs, ({ q2 }) => q2).mean /
            spreadBy(table!.runs, ({ q2 }) => q2).mean,
          generalizes: spreadBy(runs, ({ q3, cleanQ3 }) => q3 / cleanQ3).mean,
        })),
      ),
      paradigms_sequential: drawLines({
        title: `25 % wrong labels, seed ${first.seed}`,
        x: "epoch",
        y: "share of photos",
        lines: linesOf(first.curve),
        spans: spansOf(first.phases),
      }),
      paradigms_unpretrained: drawLines({
        title: `Not pretrained, 25 % wrong labels, seed ${control.seed}`,
        x: "epoch",
        y: "share of photos",
        lines: linesOf(control.curve),
        spans: spansOf(control.phases),
      }),
    },
  };
}
