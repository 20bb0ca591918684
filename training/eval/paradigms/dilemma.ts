/**
 * The benchmark of the dilemma: who remembers exceptions, and still generalizes?
 *
 * Four quadrants: Q1 what was trained and is typical, Q2 copies of what was trained and is an
 * exception, Q3 new photos of trained classes, Q4 classes never trained.
 * D = min(Q2 / Q2 of the table, Q3 / Q3 of a network without exceptions): 1 is no dilemma.
 *
 * @module
 */
import { standardize } from "../../fit/standardizer.ts";
import { logitsOf } from "../../nets/run_mlp.ts";
import {
  fitExemplars,
  jointLogits,
  type JointSettings,
  trainJointModel,
} from "../../paradigms/joint.ts";
import { DOUBTED } from "../../paradigms/calibration.ts";
import { withNoise } from "../../paradigms/label_noise.ts";
import { createExceptionTable, thresholdFor } from "../../paradigms/exception_table.ts";
import { familiarities, fitFamiliarity } from "../../paradigms/familiarity.ts";
import { agreement, bestClasses, quantile } from "../../paradigms/scores.ts";
import {
  type SequentialModel,
  type SequentialSettings,
  trainSequential,
} from "../../paradigms/sequential.ts";
import { KNOWN_BY_CHANCE, knownOf } from "../../paradigms/sequential_card.ts";
import { type Examples, pick, splitWorld, withoutClasses } from "../../paradigms/world.ts";
import { lookUp, type Sketch } from "../../sketch/sketch.ts";
import { rowsOf } from "../../sketch/whitening.ts";
import { createRandom, draw } from "../random.ts";
import { copiesOf, forCopies, remember, type StudyContext, trainedOn } from "./study.ts";

/** Shares of training photos that are exceptions. */
export const EXCEPTIONS = [0.05, 0.25] as const;
/** Classes that are left out of training. */
export const LEFT_OUT = 15;
/** Typical photos that are asked about. */
const ASKED = 500;
/** Share of new photos that a table without more takes for known ones. */
const ALIKE_BY_CHANCE = 0.05;
/**
 * Share of new photos that the table of exceptions may answer, for each share of the training photos
 * that is an exception: what one exception may reach does not hang on how many others there are.
 */
const REACH = 0.06;

/** One system's figures; shares, 0 to 1. */
export interface DilemmaRow {
  readonly system: string;
  readonly q1: number;
  readonly q2: number;
  readonly q3: number;
  /** Photos of classes never trained that are refused when 5 % of validation are. */
  readonly q4: number;
  /** Right answers among the new photos that are not refused, and how many are refused. */
  readonly q3Answered: number;
  readonly q3Refused: number;
  /** New photos that are answered as the network without exceptions answers them. */
  readonly locality: number;
  /** Q3 of the network without exceptions. */
  readonly cleanQ3: number;
  readonly d: number;
}

/** One world. */
export interface DilemmaRun {
  readonly seed: number;
  readonly share: number;
  readonly rows: readonly DilemmaRow[];
}

/** What a system makes of photos. */
interface Answers {
  /** −1 for no answer. */
  readonly labels: ArrayLike<number>;
  /** How familiar each photo is: what is below a cut is refused. Infinity is never refused. */
  readonly familiar: ArrayLike<number>;
}

type System = (embeddings: Float32Array) => Promise<Answers>;

/** Trains and judges every system in each world. */
export async function benchDilemma(
  context: StudyContext,
  sequential: SequentialSettings,
  joint: JointSettings,
): Promise<DilemmaRun[]> {
  const runs: DilemmaRun[] = [];
  for (const seed of context.seeds) {
    for (const share of EXCEPTIONS) {
      context.log(`dilemma at ${share * 100} % exceptions, seed ${seed}`);
      const settings = {
        share,
        LEFT_OUT,
        ASKED,
        CUT: DOUBTED,
        CHANGED: REACH * share,
        KNOWN_BY_CHANCE,
        sequential,
        joint,
        seed,
      };
      runs.push(
        await remember(
          context,
          "dilemma",
          settings,
          () => runDilemma(context, share, { ...sequential, seed }, { ...joint, seed }),
        ),
      );
    }
  }
  return runs;
}

async function runDilemma(
  context: StudyContext,
  share: number,
  sequential: SequentialSettings,
  joint: JointSettings,
): Promise<DilemmaRun> {
  const { seed } = sequential;
  const all = splitWorld(context.collection, seed);
  const left = drawClasses(all.classes, createRandom(seed));
  const { world, strangers } = withoutClasses(all, left);
  const { train, validation, test, dim, classes: { length: classes } } = world;
  const labels = withNoise(train.labels, share, { classes, seed });
  const facts = pick({ ...train, labels: labels.given }, labels.wrong);
  const typical = pick(train, labels.right);
  const asked = pick(typical, draw([...typical.labels.keys()], ASKED, createRandom(seed)));
  const copies = await copiesOf(facts.paths, context);

  const quick = { measured: false };
  const both = await trainSequential(world, labels, sequential, quick);
  // What has no exceptions to learn: the measure of generalization, and the network of paradigm 3.
  const clean = await trainSequential(
    trainedOn(world, labels.right),
    withNoise(typical.labels, 0, { classes, seed: 0 }),
    { ...sequential, memorizing: { ...sequential.memorizing, epochs: 0 } },
    quick,
  );
  const features = fitExemplars(world, labels.given, joint);
  const wideAndDeep = await trainJointModel(world, labels.given, joint, {
    features,
    ...quick,
  });

  const { sketch } = features;
  const directions = onceFor((embeddings) =>
    rowsOf(embeddings, dim).map((row) => lookUp(sketch, row).projected)
  );
  const keys = directions(train.embeddings);
  const table = createExceptionTable({ keys, labels: labels.given, exceptions: labels.wrong });
  const seenBy = onceFor(context.backbone);
  /** How familiar photos are to a network that learnt these labels, by what it makes of them. */
  async function familiarTo(
    general: (embeddings: Float32Array) => Promise<Float32Array>,
    { embeddings, labels }: Examples,
  ): Promise<(embeddings: Float32Array) => Promise<Float64Array>> {
    const both = async (embeddings: Float32Array) => ({
      general: await general(embeddings),
      backbone: await seenBy(embeddings),
    });
    const familiarity = fitFamiliarity(await seenBy(embeddings), labels, {
      classes,
      validation: await both(validation.embeddings),
    });
    return async (embeddings) => familiarities(familiarity, await both(embeddings));
  }
  async function network(
    model: SequentialModel,
    learnt: Examples,
    moment: "generalizer" | "memorizer" = "generalizer",
  ): Promise<System> {
    const logits = (embeddings: Float32Array) =>
      logitsOf(model[moment], standardize(embeddings, model.standardizer));
    const familiar = await familiarTo(logits, learnt);
    return async (embeddings) => ({
      labels: bestClasses(await logits(embeddings), classes),
      familiar: await familiar(embeddings),
    });
  }
  const told = { ...train, labels: labels.given };
  const early = await network(both, told);
  const late = await network(both, told, "memorizer");
  const look = onceFor((embeddings) => directions(embeddings).map(table.look));
  const nearest = (embeddings: Float32Array) =>
    look(embeddings).map(({ exception, typical }) =>
      exception.similarity > typical.similarity ? exception : typical
    );
  // The threshold of a table without more: one in twenty new photos may be taken for a known one.
  const unseen = nearest(validation.embeddings);
  const alike = quantile(unseen.map(({ similarity }) => similarity), 1 - ALIKE_BY_CHANCE);
  const cleanly = await network(clean, typical);

  const systems: Record<string, System> = {
    "table alone": async (embeddings) => {
      const found = nearest(embeddings);
      return await Promise.resolve({
        labels: found.map(({ key, similarity }) => similarity >= alike ? labels.given[key]! : -1),
        familiar: found.map(({ similarity }) => similarity),
      });
    },
    "1-NN": async (embeddings) => {
      const found = nearest(embeddings);
      return await Promise.resolve({
        labels: found.map(({ key }) => labels.given[key]!),
        familiar: found.map(({ similarity }) => similarity),
      });
    },
    "early network": early,
    "late network": late,
    "table of every label + early network": async (embeddings) =>
      preferring(
        nearest(embeddings).map(({ key, similarity }) =>
          similarity >= alike ? labels.given[key]! : undefined
        ),
        await early(embeddings),
      ),
    "paradigm 1, sequential": routed(sketch, validation.embeddings, {
      early,
      late,
    }),
    "paradigm 2, joint": await jointly(),
    "paradigm 3, human": taughtByHumans(),
  };

  async function jointly(): Promise<System> {
    const logits = onceFor((embeddings) => jointLogits(wideAndDeep, embeddings));
    const familiar = await familiarTo(async (asked) => (await logits(asked)).deep, told);
    return async (embeddings) => ({
      labels: bestClasses((await logits(embeddings)).sum, classes),
      familiar: await familiar(embeddings),
    });
  }

  /** The table of exceptions in front of the network that never saw one. */
  function taughtByHumans(): System {
    const threshold = thresholdFor(
      [...look(validation.embeddings), ...table.lookAnew()],
      REACH * share,
    );
    return async (embeddings) =>
      preferring(
        look(embeddings).map((neighbours) => table.recall(neighbours, threshold)),
        await cleanly(embeddings),
      );
  }

  const cleanAnswers = await cleanly(test.embeddings);
  const cleanQ3 = agreement(cleanAnswers.labels, test.labels);
  const copied = forCopies([...facts.labels]);
  const judged: Omit<DilemmaRow, "d">[] = [];
  for (const [system, ask] of Object.entries(systems)) {
    const refused = quantile((await ask(validation.embeddings)).familiar, DOUBTED);
    const isRefused = ({ labels, familiar }: Answers, i: number) =>
      labels[i] === -1 || familiar[i]! < refused;
    const [q1, q2, q3, q4] = [
      await ask(asked.embeddings),
      await ask(copies),
      await ask(test.embeddings),
      await ask(strangers.embeddings),
    ];
    const answered = [...test.labels.keys()].filter((i) => !isRefused(q3!, i));
    judged.push({
      system,
      q1: agreement(q1!.labels, asked.labels),
      q2: agreement(q2!.labels, copied),
      q3: agreement(q3!.labels, test.labels),
      q4: [...strangers.labels.keys()].filter((i) => isRefused(q4!, i)).length /
        strangers.labels.length,
      q3Answered: agreement(q3!.labels, test.labels, answered),
      q3Refused: 1 - answered.length / test.labels.length,
      locality: agreement(q3!.labels, cleanAnswers.labels),
      cleanQ3,
    });
  }
  const tableQ2 = judged.find(({ system }) => system === "table alone")!.q2;
  return {
    seed,
    share,
    rows: judged.map((row) => ({ ...row, d: Math.min(row.q2 / tableQ2, row.q3 / cleanQ3) })),
  };
}

/** Several systems ask the same of the same photos, and it takes a while. */
function onceFor<T>(compute: (embeddings: Float32Array) => T): (embeddings: Float32Array) => T {
  const known = new WeakMap<Float32Array, T>();
  return (embeddings) => {
    let result = known.get(embeddings);
    if (result === undefined) known.set(embeddings, result = compute(embeddings));
    return result;
  };
}

/**
 * Classes to leave out. Those that share their first word, such as "crocodile" and "crocodile head",
 * go together: of what is left the other would be no stranger.
 */
function drawClasses(classes: readonly string[], random: () => number): number[] {
  const first = (c: number) => classes[c]!.split(" ")[0]!.toLowerCase();
  const all = classes.map((_, c) => c);
  const left = new Set<number>();
  for (const c of draw(all, all.length, random)) {
    if (left.size >= LEFT_OUT) break;
    for (const other of all) if (first(other) === first(c)) left.add(other);
  }
  return [...left].sort((a, b) => a - b);
}

/** What memory says, and the network where memory says nothing. What memory says is not refused. */
function preferring(memory: readonly (number | undefined)[], network: Answers): Answers {
  return {
    labels: memory.map((label, i) => label ?? network.labels[i]!),
    familiar: memory.map((label, i) => label === undefined ? network.familiar[i]! : Infinity),
  };
}

/** The late moment where the router knows the photo, else the early one. */
function routed(
  sketch: Sketch,
  validation: Float32Array,
  { early, late }: { readonly early: System; readonly late: System },
): System {
  const cut = quantile(knownOf(sketch, validation), 1 - KNOWN_BY_CHANCE);
  return async (embeddings) => {
    const known = knownOf(sketch, embeddings);
    const [first, last] = [await early(embeddings), await late(embeddings)];
    return preferring(
      [...known].map((value, i) => value >= cut ? last.labels[i]! : undefined),
      first,
    );
  };
}
