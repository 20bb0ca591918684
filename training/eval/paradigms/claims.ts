/**
 * What the papers say of the three paradigms, and whether it holds here.
 *
 * @module
 */
import { type DilemmaRow, EXCEPTIONS } from "./dilemma.ts";
import type { ParadigmFindings } from "./evaluate.ts";
import { RARE } from "./few_shot_study.ts";
import { FACTS } from "./joint_study.ts";
import { dilemmaRows, lengthOf } from "./report.ts";
import { HUMAN } from "../../recipes/human.ts";
import { SEQUENTIAL } from "../../recipes/sequential.ts";
import { said, spreadBy } from "./study.ts";

/** What came of measuring a claim again. */
type Verdict = "holds" | "holds in part" | "does not hold" | "cannot tell here";

interface Claim {
  readonly by: string;
  readonly says: string;
  readonly did: string;
  readonly found: string;
  readonly verdict: Verdict;
}

const holds = (is: boolean): Verdict => is ? "holds" : "does not hold";

/** The document. The verdicts follow from the figures, they are not written by hand. */
export function formatClaims(findings: ParadigmFindings): string {
  const claims = [...firstParadigm(findings), ...secondParadigm(findings), ...third(findings)];
  return [
    "# Claims, measured again",
    "",
    "Each claim of the papers behind the three paradigms, what was done here, what came out, and whether " +
    "it holds: on heads of some hundred thousand weights over frozen features of 4,000 photos, which is " +
    "not where most of them were made. Figures are of `deno task eval paradigms`, mean ± standard " +
    "deviation over its seeds; the details are in [paradigms.md](paradigms.md).",
    "",
    ...claims.flatMap(({ by, says, did, found, verdict }) => [
      `## ${says}`,
      "",
      `*${by}.* **${verdict[0]!.toUpperCase()}${verdict.slice(1)}.**`,
      "",
      `- Done: ${did}`,
      `- Found: ${found}`,
      "",
    ]),
  ].join("\n");
}

function firstParadigm({ noise, plain, fewShots }: ParadigmFindings): Claim[] {
  const { settling: schedule, memorizing } = SEQUENTIAL;
  const at = (share: number) => noise.filter((run) => run.noise === share);
  const settling = (share: number) =>
    spreadBy(at(share), ({ phases }) => lengthOf(phases.settling));
  const late = (share: number) => spreadBy(at(share), ({ curve }) => curve.at(-1)!.asGiven);
  const of = (pretrained: boolean) => plain.filter((run) => run.pretrained === pretrained);
  const plainSettling = (pretrained: boolean) =>
    spreadBy(of(pretrained), ({ phases }) => lengthOf(phases.settling));
  const peak = (pretrained: boolean) =>
    spreadBy(of(pretrained), ({ curve }) => Math.max(...curve.map(({ asTrue }) => asTrue)));
  const onset = (share: number) => spreadBy(at(share), ({ phases }) => phases.memorization[0]);
  const shot = (key: "network" | "prototype") =>
    spreadBy(fewShots.filter(({ shots }) => shots === 3), (run) => run[key]);
  const early = at(0.25);
  const layersOf = (index: number) => spreadBy(early, ({ rewound }) => rewound[index]!.asTrue);
  const single = early[0]!.rewound.filter(({ layers }) => layers.length === 1).length;
  const [firstLayer, lastLayer] = [layersOf(0), layersOf(single - 1)];
  const chosen = spreadBy(early, ({ chosen }) => chosen.asTrue);
  const gain = spreadBy(at(0.4), ({ chosen, curve }) => chosen.test - curve.at(-1)!.test);
  const shorter = [0.1, 0.25, 0.4].map(settling);
  const tail = spreadBy(at(0), ({ chosen, curve }) => curve.at(-1)!.test - chosen.test);
  return [
    {
      by: "Tänzer, Ruder & Rei 2022",
      says:
        "Training a pretrained network on partly wrong labels goes through fitting, settling and memorization",
      did:
        `25 % wrong labels; ${schedule.epochs} epochs in which ${schedule.dropout} of the input is left out, ${memorizing.epochs} in which ${memorizing.dropout} of it is. Settling: from validation within .02 of its best until a tenth of the wrong labels is answered as given.`,
      found: `settling lasts ${said(settling(0.25), 1)} epochs. Without dropout it lasts ${
        said(plainSettling(true), 1)
      }: the phase is there, how long it lasts is the training's doing.`,
      verdict: of(true).every(({ phases }) => lengthOf(phases.settling) >= 2)
        ? "holds"
        : early.every(({ phases }) => lengthOf(phases.settling) >= 2)
        ? "holds in part"
        : "does not hold",
    },
    {
      by: "Tänzer, Ruder & Rei 2022",
      says: "More noise makes settling shorter",
      did: "10, 25 and 40 % wrong labels, otherwise the same.",
      found: `${
        shorter.map((spread) => said(spread, 1)).join(", ")
      } epochs; memorization begins at epoch ${
        [0.1, 0.25, 0.4].map((share) => said(onset(share), 1)).join(", ")
      }.`,
      // Where memorization begins with the second phase of the training, at any noise, the schedule
      // ends settling and not the noise.
      verdict: [0.1, 0.25, 0.4].every((share) => onset(share).mean > SEQUENTIAL.settling.epochs)
        ? "cannot tell here"
        : shorter[0]!.mean > shorter[1]!.mean + 1 && shorter[1]!.mean > shorter[2]!.mean + 1
        ? "holds"
        : shorter[0]!.mean > shorter[2]!.mean + 1
        ? "holds in part"
        : "does not hold",
    },
    {
      by: "Tänzer, Ruder & Rei 2022",
      says: "A network that was not pretrained does not settle",
      did:
        "The same network on pictures of 24 × 24 pixels in place of embeddings, 25 % wrong labels, no dropout, beside the pretrained one without dropout.",
      found: `wrong labels are answered rightly by ${
        said(peak(false))
      } of the photos at best (pretrained ${said(peak(true))}); settling by the criterion lasts ${
        said(plainSettling(false), 1)
      } epochs (pretrained ${said(plainSettling(true), 1)}).`,
      verdict: plainSettling(false).mean < 1
        ? "holds"
        : peak(false).mean < 0.5 * peak(true).mean
        ? "holds in part"
        : "does not hold",
    },
    {
      by: "Tänzer, Ruder & Rei 2022",
      says: "Pretrained networks fail on classes with few examples, and prototypes mend that",
      did: `${RARE} classes with three photos each, the others with all of theirs.`,
      found: `right among the rare classes' test photos: network ${
        said(shot("network"))
      }, prototype ${said(shot("prototype"))}.`,
      verdict: holds(shot("prototype").mean - shot("network").mean > 0.1),
    },
    {
      by: "Stephenson and others 2021",
      says: "Memorization sits in the last layers: rewinding them restores generalization",
      did:
        "The late network at 25 % wrong labels with single layers taken back to the early moment.",
      found: `as true: first layer ${said(firstLayer)}, last layer ${
        said(lastLayer)
      }; the early network has ${said(chosen)}.`,
      verdict: holds(
        lastLayer.mean > firstLayer.mean && lastLayer.mean >= 0.8 * chosen.mean,
      ),
    },
    {
      by: "Maini and others 2023",
      says: "Memorization is spread over the layers",
      did: "The same.",
      found: `rewinding the first layer alone gives ${
        (100 * firstLayer.mean / chosen.mean).toFixed(0)
      } % of what the early network has${
        firstLayer.mean >= 0.8 * chosen.mean
          ? ": in a head over frozen features one layer holds nearly all of it"
          : ""
      }.`,
      verdict: holds(firstLayer.mean < 0.8 * chosen.mean),
    },
    {
      by: "Zhang and others 2016",
      says: "Networks fit random labels",
      did: "The late network, by share of wrong labels.",
      found: [0.1, 0.25, 0.4].map((share) => `${share * 100} %: ${said(late(share))} as given`)
        .join("; ") + ".",
      verdict: holds(Math.min(...[0.1, 0.25, 0.4].map((share) => late(share).mean)) >= 0.95),
    },
    {
      by: "Arpit and others 2017; Liu and others (ELR) 2020",
      says: "What is common is learnt first, so an early stop helps under noise",
      did: "40 % wrong labels, early against late.",
      found: `the early network is better by ${
        said({ mean: 100 * gain.mean, spread: 100 * gain.spread }, 1)
      } points on test.`,
      verdict: holds(gain.mean >= 0.02),
    },
    {
      by: "Feldman & Zhang 2020",
      says: "Long tails need memory: memorizing rare examples helps on new ones",
      did: "The late against the early network on right labels.",
      found: `${
        said({ mean: 100 * tail.mean, spread: 100 * tail.spread }, 1)
      } points on test. Which photos are alone of their kind was not looked at.`,
      verdict: "cannot tell here",
    },
  ];
}

function secondParadigm({ joint, dilemma }: ParadigmFindings): Claim[] {
  const least = (key: "joint" | "deepOnly" | "wideOnly" | "addedUp" | "staged") =>
    spreadBy(joint, (run) => Math.min(run[key].copies, run[key].test));
  const both = (key: "joint" | "deepOnly" | "wideOnly" | "addedUp") =>
    `${said(spreadBy(joint, (run) => run[key].copies))} and ${
      said(spreadBy(joint, (run) => run[key].test))
    }`;
  const rows = new Map(
    dilemmaRows({ dilemma }, EXCEPTIONS[0]).map(({ system, runs }) => [system, runs]),
  );
  const d = (system: string) => spreadBy(rows.get(system)!, (row: DilemmaRow) => row.d);
  const lateAt = (share: number) =>
    spreadBy(
      dilemmaRows({ dilemma }, share).find(({ system }) => system === "late network")!.runs,
      (row: DilemmaRow) => row.d,
    );
  const better = joint.every(({ joint, deepOnly, wideOnly }) =>
    joint.test >= Math.max(deepOnly.test, wideOnly.test) &&
    joint.copies >= Math.max(deepOnly.copies, wideOnly.copies)
  );
  return [
    {
      by: "Cheng and others 2016",
      says: "Joint training beats the wide and the deep part alone",
      did: `${FACTS * 100} % wrong labels to memorize; copies of them and new photos.`,
      found: `copies and test: joint ${both("joint")}, deep alone ${both("deepOnly")}, wide alone ${
        both("wideOnly")
      }. The lesser of the two: joint ${said(least("joint"))}, deep ${
        said(least("deepOnly"))
      }, wide ${said(least("wideOnly"))}.`,
      verdict: better
        ? "holds"
        : least("joint").mean > Math.max(least("deepOnly").mean, least("wideOnly").mean)
        ? "holds in part"
        : "does not hold",
    },
    {
      by: "Cheng and others 2016",
      says: "Parts trained apart are no substitute: each must be whole by itself",
      did: "The same parts, trained apart and added up.",
      found: `copies and test: ${both("addedUp")} against ${both("joint")} of joint training.`,
      verdict: least("addedUp").mean < least("joint").mean - 0.05
        ? "holds"
        : least("addedUp").mean < least("joint").mean
        ? "holds in part"
        : "does not hold",
    },
    {
      by: "Cheng and others 2016",
      says: "The wide part needs but few weights under L1",
      did: "FTRL with L1; weights that are not zero, of all that the features would allow.",
      found: `${said(spreadBy(joint, (run) => run.joint.wideWeights), 0)} weights.`,
      verdict: holds(spreadBy(joint, (run) => run.joint.wideWeights).mean <= 20_000),
    },
    {
      by: "Tip-Adapter (Zhang and others 2022), RAC (Long and others 2022)",
      says: "A table of examples beside a network that is left alone adds to it",
      did: `The table of every given label before the early network, ${
        EXCEPTIONS[0] * 100
      } % exceptions.`,
      found: `D ${said(d("table of every label + early network"))}, the early network alone ${
        said(d("early network"))
      }, the table alone ${said(d("table alone"))}.`,
      verdict: holds(
        d("table of every label + early network").mean >
          Math.max(d("early network").mean, d("table alone").mean),
      ),
    },
    {
      by: "Rules and Facts 2026",
      says: "One network with enough weights holds the rule and the facts",
      did: `The late network alone at ${
        EXCEPTIONS.map((share) => `${share * 100} %`).join(" and ")
      } exceptions.`,
      found: `D ${
        EXCEPTIONS.map((share) => `${said(lateAt(share))} at ${share * 100} %`).join(", ")
      }.`,
      verdict: EXCEPTIONS.every((share) => lateAt(share).mean >= 0.9)
        ? "holds"
        : EXCEPTIONS.some((share) => lateAt(share).mean >= 0.9)
        ? "holds in part"
        : "does not hold",
    },
  ];
}

function third({ human, dilemma }: ParadigmFindings): Claim[] {
  const rows = (share: number) =>
    dilemmaRows({ dilemma }, share).find(({ system }) => system === "paradigm 3, human")!.runs;
  const precision = spreadBy(rows(EXCEPTIONS[0]), ({ q3Answered }) => q3Answered);
  const refused = spreadBy(rows(EXCEPTIONS[0]), ({ q3Refused }) => q3Refused);
  const figure = (key: "exact" | "copies" | "locality") => spreadBy(human, (run) => run[key]);
  return [
    {
      by: "Sun and others (Chimera) 2014",
      says:
        "Precision of 92 % can be kept by leaving the doubtful unanswered (93 % answered there)",
      did: "Paradigm 3, table and network, refusing what 5 % of validation is below.",
      found: `${said(precision)} of the answered new photos are right, with ${
        said(refused)
      } left unanswered.`,
      verdict: holds(precision.mean >= 0.92 && refused.mean <= 0.08),
    },
    {
      by: "GRACE (Hartvigsen and others 2022), SERAC (Mitchell and others 2022)",
      says: "Memory in front of a network that is left alone is reliable, general and local",
      did: `${
        HUMAN.exceptions * 100
      } % exceptions taught: themselves, their copies, and everything else.`,
      found: `reliability ${said(figure("exact"))}, generality ${
        said(figure("copies"))
      }, locality ${said(figure("locality"))}.`,
      verdict: holds(
        figure("exact").mean >= 0.99 && figure("copies").mean >= 0.95 &&
          figure("locality").mean >= 0.99,
      ),
    },
    {
      by: "Sun and others 2015 (the follow-up)",
      says: "Rules are not a stopgap, and managing tens of thousands of them is the open problem",
      did: "Nothing: there are exceptions here, but no rules and nobody who writes them.",
      found: "–",
      verdict: "cannot tell here",
    },
  ];
}
