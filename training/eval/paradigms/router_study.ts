/**
 * How well the router tells what was trained on from what was not.
 *
 * @module
 */
import { KNOWN_BY_CHANCE, knownOf } from "../../paradigms/sequential_card.ts";
import { quantile } from "../../paradigms/scores.ts";
import { pick, splitWorld } from "../../paradigms/world.ts";
import { TABLES } from "../../recipes/sequential.ts";
import { fitSketch } from "../../sketch/sketch.ts";
import { auroc } from "../measures.ts";
import { createRandom, draw } from "../random.ts";
import { VARIANTS } from "../variants.ts";
import { copiesOf, remember, type StudyContext } from "./study.ts";

/** Training photos that are asked about. */
const ASKED = 1000;

/** Areas under the curve, and shares of photos. */
export interface RouterRun {
  readonly seed: number;
  /** Trained photos and all of their copies against new photos. */
  readonly auroc: number;
  /** The photos themselves against new photos. */
  readonly exact: number;
  /** The copies of each kind against new photos. */
  readonly byVariant: Readonly<Record<string, number>>;
  /** Copies that pass at the router's cut. */
  readonly passed: number;
  /** New photos that pass at it. */
  readonly taken: number;
}

/** Fits a sketch with each seed. */
export async function studyRouter(context: StudyContext): Promise<RouterRun[]> {
  const runs: RouterRun[] = [];
  for (const seed of context.seeds) {
    context.log(`router, seed ${seed}`);
    runs.push(
      await remember(
        context,
        "router",
        { ASKED, KNOWN_BY_CHANCE, TABLES, seed },
        () => runRouter(context, seed),
      ),
    );
  }
  return runs;
}

async function runRouter(context: StudyContext, seed: number): Promise<RouterRun> {
  const { train, validation, test, dim } = splitWorld(context.collection, seed);
  const { sketch } = fitSketch(train.embeddings, { dim, seed, tables: TABLES });
  const asked = pick(train, draw([...train.labels.keys()], ASKED, createRandom(seed)));
  const fresh = [...knownOf(sketch, test.embeddings)];
  const exact = [...knownOf(sketch, asked.embeddings)];
  const copies = [...knownOf(sketch, await copiesOf(asked.paths, context))];
  const area = (known: readonly number[]) =>
    auroc([
      ...known.map((score) => ({ score, positive: true })),
      ...fresh.map((score) => ({ score, positive: false })),
    ]);
  const cut = quantile(knownOf(sketch, validation.embeddings), 1 - KNOWN_BY_CHANCE);
  const passing = (known: readonly number[]) =>
    known.filter((value) => value >= cut).length / known.length;
  return {
    seed,
    auroc: area([...exact, ...copies]),
    exact: area(exact),
    byVariant: Object.fromEntries(
      VARIANTS.map(({ name }, v) => [
        name,
        area(copies.filter((_, i) => i % VARIANTS.length === v)),
      ]),
    ),
    passed: passing(copies),
    taken: passing(fresh),
  };
}
