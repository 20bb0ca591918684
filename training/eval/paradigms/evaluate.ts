/**
 * All studies of the three paradigms, in the order of the report.
 *
 * @module
 */
import type { HumanSettings } from "../../paradigms/human.ts";
import type { JointSettings } from "../../paradigms/joint.ts";
import type { SequentialSettings } from "../../paradigms/sequential.ts";
import { benchDilemma, type DilemmaRun } from "./dilemma.ts";
import { type FewShotRun, studyFewShots } from "./few_shot_study.ts";
import { type HumanRun, studyHuman } from "./human_study.ts";
import { type JointStudyRun, studyJoint } from "./joint_study.ts";
import { type NoiseRun, studyNoise } from "./noise_study.ts";
import { type PlainRun, studyPlain } from "./plain_study.ts";
import { type RouterRun, studyRouter } from "./router_study.ts";
import type { StudyContext } from "./study.ts";

/** What all studies are run with. */
export interface ParadigmSettings {
  readonly sequential: SequentialSettings;
  readonly joint: JointSettings;
  readonly human: HumanSettings;
}

/** What all studies found. */
export interface ParadigmFindings {
  readonly noise: readonly NoiseRun[];
  readonly plain: readonly PlainRun[];
  readonly fewShots: readonly FewShotRun[];
  readonly router: readonly RouterRun[];
  readonly joint: readonly JointStudyRun[];
  readonly human: readonly HumanRun[];
  readonly dilemma: readonly DilemmaRun[];
}

/** Runs what was not run before on the same photos with the same settings. */
export async function evaluateParadigms(
  context: StudyContext,
  { sequential, joint, human }: ParadigmSettings,
): Promise<ParadigmFindings> {
  return {
    noise: await studyNoise(context, sequential),
    plain: await studyPlain(context, sequential),
    fewShots: await studyFewShots(context, sequential),
    router: await studyRouter(context),
    joint: await studyJoint(context, joint),
    human: await studyHuman(context, human),
    dilemma: await benchDilemma(context, sequential, joint),
  };
}
