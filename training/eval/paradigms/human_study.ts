/**
 * The third paradigm over several seeds, with copies of the exceptions.
 *
 * @module
 */
import { type HumanJudgement, type HumanSettings, judgeHuman } from "../../paradigms/human.ts";
import { splitWorld } from "../../paradigms/world.ts";
import { copiesOf, remember, type StudyContext } from "./study.ts";

/** One seed's figures. */
export type HumanRun = HumanJudgement & { readonly seed: number };

/** Teaches exceptions with each seed. */
export async function studyHuman(
  context: StudyContext,
  settings: HumanSettings,
): Promise<HumanRun[]> {
  const runs: HumanRun[] = [];
  for (const seed of context.seeds) {
    context.log(`human, seed ${seed}`);
    const seeded = { ...settings, network: { ...settings.network, seed } };
    runs.push(
      await remember(context, "human", seeded, async () => ({
        seed,
        ...await judgeHuman(
          splitWorld(context.collection, seed),
          seeded,
          (paths) => copiesOf(paths, context),
        ),
      })),
    );
  }
  return runs;
}
