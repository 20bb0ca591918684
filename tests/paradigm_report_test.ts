/**
 * The report on the paradigms, from figures that are made up.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { paradigmEvaluation } from "../models/paradigm_card.ts";
import { formatClaims } from "../training/eval/paradigms/claims.ts";
import { type DilemmaRow, EXCEPTIONS } from "../training/eval/paradigms/dilemma.ts";
import { drawDilemma } from "../training/eval/paradigms/dilemma_chart.ts";
import type { ParadigmFindings } from "../training/eval/paradigms/evaluate.ts";
import { SHOTS } from "../training/eval/paradigms/few_shot_study.ts";
import { type NoiseRun, NOISES } from "../training/eval/paradigms/noise_study.ts";
import {
  COMMAND,
  dilemmaRows,
  evaluationOf,
  formatParadigms,
  type ReportFacts,
} from "../training/eval/paradigms/report.ts";
import { said, spreadOf } from "../training/eval/paradigms/study.ts";
import type { EpochFigures, Phases } from "../training/paradigms/sequential.ts";
import { SEQUENTIAL } from "../training/recipes/sequential.ts";
import { assertWellFormed } from "./support/svg.ts";

const SEEDS = [1, 2];

const FACTS: ReportFacts = {
  photos: 4321,
  digest: "0123456789abcdef".repeat(4),
  classes: 101,
  seeds: SEEDS,
  costs: [
    { system: "one network", bytes: 580_000, time: 1 },
    { system: "table, 1-NN", bytes: 9_876_543, time: 2.345 },
  ],
};

/** Ten epochs, from first to last: wrong labels are answered at the end. */
function curveOf(noise: number, seed: number, { late = 0.99, peak = 0.87 } = {}): EpochFigures[] {
  return Array.from({ length: 10 }, (_, i) => ({
    epoch: i + 1,
    loss: 1 / (i + 1),
    clean: 0.9 + i / 100,
    // As where nothing is wrong.
    asGiven: noise === 0 ? NaN : i < 6 ? 0.02 : i === 9 ? late : 0.5,
    asTrue: noise === 0 ? NaN : i === 4 ? peak : 0.3,
    validation: 0.8,
    validationLoss: 0.5,
    test: i < 6 ? 0.87 + seed / 500 : 0.8,
  }));
}

const settlingFor = (epochs: number): Phases => ({
  fitting: [1, 3],
  settling: [4, 3 + epochs],
  memorization: [4 + epochs, 20],
});

function noiseRun(seed: number, noise: number): NoiseRun {
  const curve = curveOf(noise, seed);
  const rewound = [[0], [1], [2], [0, 1]].map((layers, i) => ({
    layers,
    asTrue: noise === 0 ? NaN : [0.5, 0.6, 0.7, 0.8][i]! + seed / 1000,
    asGiven: noise === 0 ? NaN : 0.2,
    test: 0.85,
  }));
  const phases = settlingFor({ 0: 0, 0.1: 12, 0.25: 9, 0.4: 5 }[noise]!);
  return { seed, noise, curve, chosen: curve[4]!, phases, rewound };
}

/** D of each system, and with it its other figures. */
const SYSTEMS: Readonly<Record<string, number>> = {
  "table alone": 0.2,
  "1-NN": 0.7,
  "early network": 0.1,
  "late network": 0.93,
  "table of every label + early network": 0.9,
  "paradigm 1, sequential": 0.94,
  "paradigm 2, joint": 0.91,
  "paradigm 3, human": 0.97,
};

const rowOf = (system: string, d: number, seed: number): DilemmaRow => ({
  system,
  q1: 0.99,
  q2: 0.9 * d,
  q3: 0.88,
  q4: 0.5 + seed / 100,
  q3Answered: 0.93 + seed / 1000,
  q3Refused: 0.06,
  locality: 0.98,
  cleanQ3: 0.885,
  d: d + (seed - 1.5) / 100,
});

/** Figures of which every claim holds that can. */
function makeFindings(seeds: readonly number[] = SEEDS): ParadigmFindings {
  const jointly = (copies: number, test: number) => ({ exact: copies, copies, test });
  return {
    noise: seeds.flatMap((seed) => NOISES.map((noise) => noiseRun(seed, noise))),
    plain: seeds.flatMap((seed) =>
      [true, false].map((pretrained) => ({
        seed,
        pretrained,
        curve: curveOf(0.25, seed, { peak: pretrained ? 0.8 : 0.2 }),
        phases: settlingFor(pretrained ? 4 : 0),
      }))
    ),
    fewShots: seeds.flatMap((seed) =>
      SHOTS.map((shots) => ({
        seed,
        shots,
        network: 0.3 + seed / 1000,
        withPrior: 0.5,
        prototype: 0.7,
        nearest: 0.6,
      }))
    ),
    router: seeds.map((seed) => ({
      seed,
      auroc: 0.97,
      exact: 0.999,
      byVariant: { JPEG: 0.99, "half size": 0.95 },
      passed: 0.93,
      taken: 0.15,
    })),
    joint: seeds.map((seed) => ({
      seed,
      joint: { ...jointly(0.9, 0.88), wideWeights: 12_000 + seed },
      deepOnly: jointly(0.2, 0.87),
      wideOnly: jointly(0.85, 0.6),
      addedUp: jointly(0.8, 0.7),
      staged: { ...jointly(0.7, 0.86), wideWeights: 9000 },
      online: { exact: 0.96, before: 0.88, after: 0.87, changed: 0.02 },
    })),
    human: seeds.map((seed) => ({
      seed,
      threshold: 0.5,
      taught: 330,
      exact: 1,
      copies: 0.96,
      test: 0.88,
      network: 0.881,
      locality: 0.995,
    })),
    dilemma: seeds.flatMap((seed) =>
      EXCEPTIONS.map((share) => ({
        seed,
        share,
        rows: Object.entries(SYSTEMS).map(([system, d]) => rowOf(system, d, seed)),
      }))
    ),
  };
}

/** Tables of a document, as cells; each row as wide as its head. */
function tablesOf(markdown: string): string[][][] {
  const tables: string[][][] = [];
  let before = "";
  for (const line of markdown.split("\n")) {
    if (line.startsWith("|")) {
      assert(line.endsWith("|"), line);
      if (!before.startsWith("|")) tables.push([]);
      tables.at(-1)!.push(line.slice(1, -1).split("|").map((cell) => cell.trim()));
    }
    before = line;
  }
  for (const table of tables) {
    assert(table.length >= 3, JSON.stringify(table));
    for (const row of table) assertEquals(row.length, table[0]!.length, row.join(" | "));
    assert(table[1]!.every((cell) => cell === "---"), table[1]!.join());
    for (const row of table.slice(2)) assert(row.every((cell) => cell !== ""), row.join(" | "));
  }
  return tables;
}

function assertTold(text: string): void {
  const odd = text.match(/.{0,40}(NaN|undefined|Infinity|null|\[object).{0,40}/);
  assertEquals(odd, null);
}

Deno.test("formatParadigms() tells everything in tables whose rows are all as wide as their head", () => {
  for (const seeds of [SEEDS, [7]]) {
    const { markdown, files, charts } = formatParadigms(makeFindings(seeds), { ...FACTS, seeds });
    assertTold(markdown);
    const tables = tablesOf(markdown);
    // Twice the dilemma, costs, noise, without dropout, rewinding, few shots, Wide & Deep.
    assertEquals(tables.map((rows) => rows.length - 2), [8, 8, 2, 4, 2, 4, 3, 5]);
    assertEquals(Object.keys(files!), ["claims"]);
    assertTold(files!.claims!);
    // Each chart that it shows is there, and each one that is there is shown.
    const shown = [...markdown.matchAll(/!\[[^\]]+\]\(([^)]+)\.svg\)/g)].map(([, name]) => name!);
    assertEquals(shown.sort(), Object.keys(charts!).sort());
    for (const svg of Object.values(charts!)) assertWellFormed(svg);
    assertStringIncludes(markdown, "[claims.md](claims.md)");
  }
});

Deno.test("formatParadigms() gives mean and deviation over the seeds of each figure where it belongs", () => {
  const { markdown } = formatParadigms(makeFindings(), FACTS);
  const [five, , costs, noise, plain, rewound, shots, joint] = tablesOf(markdown);
  const cell = (table: string[][] | undefined, row: string, column: string) => {
    const at = table![0]!.indexOf(column);
    assert(at >= 0, `no column ${column} in ${table![0]}`);
    const found = table!.slice(2).find(([name]) => name === row);
    assert(found, `no row ${row}`);
    return found[at];
  };
  assertEquals(cell(five, "paradigm 3, human", "**D**"), "**0.970 ± 0.007**");
  assertEquals(cell(five, "early network", "Q4 refused"), "0.515 ± 0.007");
  assertEquals(cell(five, "1-NN", "Q2 exceptions"), "0.630 ± 0.000");
  assertEquals(cell(costs, "table, 1-NN", "time"), "2.3 ×");
  assertEquals(cell(costs, "table, 1-NN", "bytes"), "9.88 MB");
  // There is nothing wrong to answer without wrong labels.
  assertEquals(noise!.find(([name]) => name === "0 %")!.slice(2), [
    "–",
    "–",
    "0.800 ± 0.000",
    "–",
    "–",
    "–",
  ]);
  assertEquals(cell(noise, "25 %", "early: test"), "0.873 ± 0.001");
  assertEquals(cell(noise, "40 %", "settling"), "5.0 ± 0.0");
  // Only the fifth epoch answers wrong labels by what they show.
  assertEquals(cell(noise, "25 %", "plateau"), "1.0 ± 0.0");
  assertEquals(cell(plain, "not pretrained", "best as true"), "0.300 ± 0.000");
  assertEquals(cell(rewound, "0 and 1", "as true"), "0.802 ± 0.001");
  assertEquals(shots!.slice(2).map(([name]) => name), SHOTS.map(String));
  assertEquals(cell(shots, "3", "network"), "0.301 ± 0.001");
  assertEquals(cell(joint, "**joint**", "wide weights"), "12002 ± 1");
  assertEquals(cell(joint, "wide alone", "wide weights"), "–");
  for (
    const part of [
      "4321 photos of 101 classes",
      "`0123456789ab`",
      "seeds 1, 2;",
      "half size 0.950",
      "copies 0.960 ± 0.000",
    ]
  ) assertStringIncludes(markdown, part);
});

Deno.test("spreadOf() gives the mean and the deviation of a sample, and said() both", () => {
  const { mean, spread } = spreadOf([0.5, 0.7, 0.9]);
  assertAlmostEquals(mean, 0.7);
  assertAlmostEquals(spread, 0.2);
  assertEquals(spreadOf([3]), { mean: 3, spread: 0 });
  assertEquals(said({ mean: 0.12345, spread: 0.5 }), "0.123 ± 0.500");
  assertEquals(said({ mean: 7, spread: 0.25 }, 1), "7.0 ± 0.3");
});

Deno.test("dilemmaRows() gathers each system's runs at one share of exceptions", () => {
  const rows = dilemmaRows(makeFindings(), 0.25);
  assertEquals(rows.map(({ system }) => system), Object.keys(SYSTEMS));
  for (const { system, runs } of rows) {
    assertEquals(runs, SEEDS.map((seed) => rowOf(system, SYSTEMS[system]!, seed)));
  }
});

Deno.test("evaluationOf() is what the service takes, with every system at each share of exceptions", () => {
  const made = evaluationOf(makeFindings(), FACTS);
  assertEquals(paradigmEvaluation.parse(made), made);
  // As a file has it: nothing is lost, and nothing is no number.
  assertEquals(JSON.parse(JSON.stringify(made)), made);
  assertTold(JSON.stringify(made));
  assertEquals([made.command, made.seeds], [COMMAND, SEEDS]);
  assertEquals(
    made.rows.map(({ system, exceptions }) => [system, exceptions]),
    EXCEPTIONS.flatMap((share) => Object.keys(SYSTEMS).map((system) => [system, share])),
  );
  assertEquals(made.rows.find(({ system }) => system === "paradigm 2, joint"), {
    system: "paradigm 2, joint",
    exceptions: 0.05,
    q1: 0.99,
    q2: 0.819,
    q3: 0.88,
    q4: 0.515,
    locality: 0.98,
    d: 0.91,
    dSpread: 0.0071,
  });
  assertEquals(made.costs, [
    { system: "one network", bytes: 580_000, time: 1 },
    { system: "table, 1-NN", bytes: 9_876_543, time: 2.3 },
  ]);
  const { noise } = makeFindings();
  assertEquals(made.noise!.map((one) => one.noise), [...NOISES].sort());
  for (const { noise: share, curves } of made.noise!) {
    const { curve } = noise.find((run) => run.noise === share)!;
    const names = curves.map(({ name }) => name);
    assertEquals(names, share > 0 ? ["clean", "test", "asGiven", "asTrue"] : ["clean", "test"]);
    for (const { name, y } of curves) {
      const told = curve.map((figures) => figures[name as "test"].toFixed(3));
      assertEquals(y.map((value) => value.toFixed(3)), told);
    }
  }
  const [late, ...rewound] = made.rewinding!.rows;
  assertEquals(late!.layers, []);
  const runs = noise.filter((run) => run.noise === made.rewinding!.noise);
  assertEquals(rewound.map(({ layers }) => layers), runs[0]!.rewound.map(({ layers }) => layers));
});

/** Verdict of each claim. */
function verdictsOf(findings: ParadigmFindings): Map<string, string> {
  const text = formatClaims(findings);
  assertTold(text);
  const claims = [
    ...text.matchAll(
      /^## (.+)\n\n\*(.+)\.\* \*\*(.+)\.\*\*\n\n- Done: (.+)\n- Found: (.+)$/gm,
    ),
  ];
  assertEquals(claims.length, text.match(/^## /gm)!.length);
  return new Map(claims.map(([, says, , verdict]) => [says!, verdict!]));
}

const UNTOLD = [
  "Long tails need memory: memorizing rare examples helps on new ones",
  "Rules are not a stopgap, and managing tens of thousands of them is the open problem",
];

Deno.test("formatClaims() finds that each claim holds which the figures speak for", () => {
  for (const seeds of [SEEDS, [7]]) {
    const verdicts = verdictsOf(makeFindings(seeds));
    assertEquals(verdicts.size, 17);
    for (const [says, verdict] of verdicts) {
      assertEquals(verdict, UNTOLD.includes(says) ? "Cannot tell here" : "Holds", says);
    }
  }
});

type Change = (findings: ParadigmFindings) => Partial<ParadigmFindings>;

const noises = (change: (run: NoiseRun) => Partial<NoiseRun>): Change => ({ noise }) => ({
  noise: noise.map((run) => ({ ...run, ...change(run) })),
});
const settling = (...epochs: readonly [number, number, number]) =>
  noises(({ noise, phases }) => ({
    phases: noise === 0 ? phases : settlingFor(epochs[[0.1, 0.25, 0.4].indexOf(noise)]!),
  }));
const rewinding = (...asTrue: readonly number[]) =>
  noises(({ rewound }) => ({
    rewound: rewound.map((one, i) => ({ ...one, asTrue: asTrue[i] ?? one.asTrue })),
  }));
type JointRun = ParadigmFindings["joint"][number];
const joints = (change: (run: JointRun) => Partial<JointRun>): Change => ({ joint }) => ({
  joint: joint.map((run) => ({ ...run, ...change(run) })),
});
type PlainRun = ParadigmFindings["plain"][number];
const plains = (change: (run: PlainRun) => Partial<PlainRun>): Change => ({ plain }) => ({
  plain: plain.map((run) => ({ ...run, ...change(run) })),
});
/** How long the network that was not pretrained settles, and what it answers as true at best. */
const unpretrained = (epochs: number, peak: number) =>
  plains(({ seed, pretrained }) =>
    pretrained ? {} : { phases: settlingFor(epochs), curve: curveOf(0.25, seed, { peak }) }
  );
/** Changes systems at some of the shares of exceptions. */
const systems = (
  names: readonly string[],
  change: Partial<DilemmaRow>,
  shares: readonly number[] = EXCEPTIONS,
): Change =>
({ dilemma }) => ({
  dilemma: dilemma.map((run) => ({
    ...run,
    rows: run.rows.map((row) =>
      shares.includes(run.share) && names.includes(row.system) ? { ...row, ...change } : row
    ),
  })),
});
const humans = (change: Partial<ParadigmFindings["human"][number]>): Change => ({ human }) => ({
  human: human.map((run) => ({ ...run, ...change })),
});

/** Several changes of different figures. */
const all = (...changes: readonly Change[]): Change => (findings) =>
  Object.assign({}, ...changes.map((change) => change(findings)));

/** With one seed the pretrained network does not settle without dropout. */
const plainUnsettled = plains(({ seed, pretrained }) =>
  pretrained && seed === 1 ? { phases: settlingFor(1) } : {}
);
/** With one seed it does not with dropout either; more noise still is shorter. */
const unsettled = noises(({ seed, noise, phases }) => ({
  phases: noise === 0.4 ? settlingFor(2) : noise === 0.25 && seed === 1 ? settlingFor(1) : phases,
}));
/** How long settling is where memorization begins with the second part of the training. */
const WHOLE = SEQUENTIAL.settling.epochs + 1 - settlingFor(0).memorization[0];
const [FEW, MANY] = EXCEPTIONS;

/** What turns a verdict: a claim's first words, what the figures become, and the verdict then. */
const TURNS: readonly (readonly [claim: string, change: Change, verdict: string])[] = [
  ["Training a pretrained network", plainUnsettled, "Holds in part"],
  ["Training a pretrained network", all(plainUnsettled, unsettled), "Does not hold"],
  ["More noise makes settling shorter", settling(12, 12, 5), "Holds in part"],
  ["More noise makes settling shorter", settling(12, 9, 9), "Holds in part"],
  ["More noise makes settling shorter", settling(12, 11, 11), "Does not hold"],
  ["More noise makes settling shorter", settling(5, 9, 12), "Does not hold"],
  // Shorter with more noise, but none memorizes before the training lets it.
  [
    "More noise makes settling shorter",
    settling(WHOLE + 6, WHOLE + 3, WHOLE),
    "Cannot tell here",
  ],
  ["More noise makes settling shorter", settling(WHOLE, WHOLE, WHOLE), "Cannot tell here"],
  ["More noise makes settling shorter", settling(WHOLE, WHOLE, WHOLE - 1), "Does not hold"],
  ["A network that was not pretrained", unpretrained(1, 0.39), "Holds in part"],
  ["A network that was not pretrained", unpretrained(1, 0.4), "Does not hold"],
  [
    "Pretrained networks fail on classes with few examples",
    ({ fewShots }) => ({
      fewShots: fewShots.map((run) => run.shots === 3 ? { ...run, prototype: run.network } : run),
    }),
    "Does not hold",
  ],
  // Better than the first layer, but less than .8 of the early network's .87.
  ["Memorization sits in the last layers", rewinding(0.5, 0.6, 0.69), "Does not hold"],
  ["Memorization sits in the last layers", rewinding(0.65, 0.6, 0.5), "Does not hold"],
  ["Memorization is spread over the layers", rewinding(0.75, 0.76, 0.78), "Does not hold"],
  [
    "Networks fit random labels",
    noises(({ seed, noise }) =>
      noise === 0.4 ? { curve: curveOf(noise, seed, { late: 0.9 }) } : {}
    ),
    "Does not hold",
  ],
  [
    "What is common is learnt first",
    noises(({ noise, chosen }) => noise === 0.4 ? { chosen: { ...chosen, test: 0.81 } } : {}),
    "Does not hold",
  ],
  [
    "Joint training beats the wide and the deep part alone",
    joints(({ deepOnly }) => ({ deepOnly: { ...deepOnly, test: 0.89 } })),
    "Holds in part",
  ],
  [
    "Joint training beats the wide and the deep part alone",
    joints(({ deepOnly }) => ({ deepOnly: { ...deepOnly, copies: 0.95, test: 0.89 } })),
    "Does not hold",
  ],
  [
    "Parts trained apart are no substitute",
    joints(({ addedUp }) => ({ addedUp: { ...addedUp, copies: 0.9, test: 0.86 } })),
    "Holds in part",
  ],
  [
    "Parts trained apart are no substitute",
    joints(({ addedUp }) => ({ addedUp: { ...addedUp, copies: 0.92, test: 0.885 } })),
    "Does not hold",
  ],
  [
    "The wide part needs but few weights",
    joints(({ joint }) => ({ joint: { ...joint, wideWeights: 200_000 } })),
    "Does not hold",
  ],
  [
    "A table of examples beside a network",
    systems(["early network"], { d: 0.91 }),
    "Does not hold",
  ],
  ["A table of examples beside a network", systems(["table alone"], { d: 0.91 }), "Does not hold"],
  ["One network with enough weights", systems(["late network"], { d: 0.89 }), "Does not hold"],
  [
    "One network with enough weights",
    systems(["late network"], { d: 0.89 }, [FEW]),
    "Holds in part",
  ],
  [
    "One network with enough weights",
    systems(["late network"], { d: 0.89 }, [MANY]),
    "Holds in part",
  ],
  [
    "Precision of 92 %",
    systems(["paradigm 3, human"], { q3Answered: 0.91 }, [FEW]),
    "Does not hold",
  ],
  [
    "Precision of 92 %",
    systems(["paradigm 3, human"], { q3Refused: 0.09 }, [FEW]),
    "Does not hold",
  ],
  ["Memory in front of a network", humans({ exact: 0.95 }), "Does not hold"],
  ["Memory in front of a network", humans({ copies: 0.9 }), "Does not hold"],
  ["Memory in front of a network", humans({ locality: 0.98 }), "Does not hold"],
];

Deno.test("formatClaims() turns a verdict with its figures, and no other one", () => {
  const findings = makeFindings();
  const before = verdictsOf(findings);
  const turned = new Set<string>();
  for (const [claim, change, verdict] of TURNS) {
    const after = verdictsOf({ ...findings, ...change(findings) });
    assertEquals([...after.keys()], [...before.keys()]);
    const differing = [...after].filter(([says, now]) => before.get(says) !== now);
    const [says] = [...before.keys()].filter((says) => says.startsWith(claim));
    assertEquals(differing, [[says!, verdict]]);
    turned.add(says!);
  }
  // All that can turn were turned.
  assertEquals(turned.size + UNTOLD.length, before.size);
});

/** What turns no verdict, though it is close to what does. */
const KEPT: readonly (readonly [what: string, change: Change])[] = [
  [
    "settles for two epochs without dropout",
    plains(({ pretrained }) => pretrained ? { phases: settlingFor(2) } : {}),
  ],
  ["settles without dropout, not with it", unsettled],
  [
    "memorizes before the training lets it, with the most noise only",
    settling(WHOLE + 6, WHOLE + 3, WHOLE - 1),
  ],
  ["not pretrained, answers as rightly, but does not settle", unpretrained(0, 0.8)],
  [
    "not pretrained, settles for an epoch with one seed",
    plains(({ seed, pretrained }) => !pretrained && seed === 1 ? { phases: settlingFor(1) } : {}),
  ],
  ["the first layer restores nearly enough, the last one just enough", rewinding(0.69, 0, 0.7)],
  ["the late network holds just enough", systems(["late network"], { d: 0.9 })],
  [
    "precision just high enough with just few enough refused",
    systems(["paradigm 3, human"], { q3Answered: 0.92, q3Refused: 0.08 }),
  ],
  [
    "less precise and refusing more at many exceptions",
    systems(["paradigm 3, human"], { q3Answered: 0.5, q3Refused: 0.5 }, [MANY]),
  ],
  [
    "the early network and the table as good at many exceptions",
    systems(["early network", "table alone"], { d: 0.99 }, [MANY]),
  ],
  [
    "just reliable, general and local enough",
    humans({ exact: 0.99, copies: 0.95, locality: 0.99 }),
  ],
];

Deno.test("formatClaims() keeps every verdict that the figures are just enough for", () => {
  const findings = makeFindings();
  const before = verdictsOf(findings);
  for (const [what, change] of KEPT) {
    assertEquals(verdictsOf({ ...findings, ...change(findings) }), before, what);
  }
});

Deno.test("formatClaims() finds memorization in no last layer where the first one restores as much", () => {
  const findings = makeFindings();
  const before = verdictsOf(findings);
  // The first layer is then as good as the early network: it is not spread either.
  const after = verdictsOf({ ...findings, ...rewinding(0.75, 0.6, 0.75)(findings) });
  assertEquals([...after].filter(([says, now]) => before.get(says) !== now), [
    [
      "Memorization sits in the last layers: rewinding them restores generalization",
      "Does not hold",
    ],
    ["Memorization is spread over the layers", "Does not hold"],
  ]);
});

Deno.test("drawDilemma() draws every system well-formed, inside of the frame", () => {
  const points = [
    { system: "table alone", remembers: 1, generalizes: 0.2 },
    { system: "paradigm 1 < 2 & 3", remembers: 0.9, generalizes: 0.97 },
    { system: "beyond", remembers: 1.7, generalizes: -0.3 },
    { system: "none", remembers: 0, generalizes: 0 },
  ];
  const svg = drawDilemma("More & less <5 %>", points);
  assertWellFormed(svg);
  assertStringIncludes(svg, "More &amp; less &lt;5 %&gt;");
  assertStringIncludes(svg, "2 paradigm 1 &lt; 2 &amp; 3");
  const dots = [...svg.matchAll(/<circle cx="([^"]+)" cy="([^"]+)" r="([^"]+)"/g)]
    .map(([, ...numbers]) => numbers.map(Number) as [number, number, number]);
  assertEquals(dots.length, 4);
  const [[x1, y1], [x2, y2], [x3, y3], [x0, y0]] = dots as [
    [number, number, number],
    [number, number, number],
    [number, number, number],
    [number, number, number],
  ];
  // To the right by what it remembers, upwards by how it generalizes.
  assertAlmostEquals((x2 - x0) / (x1 - x0), 0.9, 1e-3);
  assertAlmostEquals((y0 - y1) / (y0 - y2), 0.2 / 0.97, 1e-3);
  assert(x1 > x0 && y2 < y0);
  // What is beyond lies at the frame's edge.
  assertAlmostEquals((x3 - x0) / (x1 - x0), 1.05, 1e-3);
  assertEquals(y3, y0);
  // The paradigms are larger.
  assert(dots[1]![2] > dots[0]![2]);
  assertWellFormed(drawDilemma("None", []));
});
