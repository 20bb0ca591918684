/**
 * Opens the networks of the trained paradigms.
 *
 * @module
 */
import type { Seen } from "../../models/backbone.ts";
import {
  createJoint,
  createSequential,
  type ParadigmScores,
  type ParadigmsSection,
  type TrainedParadigm,
} from "../../models/paradigms.ts";
import type { OpenSession, Session } from "../../models/session.ts";
import { openModel, type ReadModel } from "./open_model.ts";
import { createRetried } from "./retried.ts";

/** The networks of the trained paradigms, each opened when it is first asked. */
export interface ParadigmModels {
  /**
   * The scores of the paradigms named.
   *
   * @param centre what the backbone makes of the centre view
   * @throws {Error} when a file is missing, not the manifest's, or cannot be loaded; the next call
   * tries again
   */
  score(paradigms: readonly TrainedParadigm[], centre: Seen): Promise<ParadigmScores>;
  /** Lets go of what was opened. */
  release(): Promise<void>;
}

/**
 * Makes what opens them. Nothing is read yet.
 *
 * @param section what the manifest says of them
 * @param open the engine
 */
export function createParadigmModels(
  section: ParadigmsSection,
  read: ReadModel,
  open: OpenSession,
): ParadigmModels {
  const sequential = createRetried(() => opened(section.sequential, createSequential));
  const joint = createRetried(() => opened(section.joint, createJoint));

  async function opened<S extends { readonly file: string; readonly sha256: string }, F>(
    section: S | undefined,
    wrap: (session: Session, section: S) => F,
  ): Promise<{ score: F; release(): Promise<void> }> {
    if (!section) throw new TypeError("The manifest has no such paradigm");
    const session = await openModel(section, read, open);
    try {
      return { score: wrap(session, section), release: () => session.release() };
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  return {
    async score(paradigms, centre) {
      const asked = (name: TrainedParadigm) => paradigms.includes(name);
      return {
        ...(asked("sequential")
          ? { sequential: await (await sequential.get()).score(centre) }
          : {}),
        ...(asked("joint") ? { joint: await (await joint.get()).score(centre) } : {}),
      };
    },
    async release() {
      await (await sequential.got())?.release();
      await (await joint.got())?.release();
    },
  };
}

/** What is thrown when a paradigm is asked for that the encoder was made without. */
export function noParadigms(asked: readonly TrainedParadigm[]): TypeError {
  return new TypeError(
    `Expected an encoder with the models of ${asked.join(" and ")}; it was made without`,
  );
}
