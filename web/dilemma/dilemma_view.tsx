/**
 * The dilemma, explained: memorizing against generalizing, and three ways out, to be played with.
 *
 * @module
 */
import { useEffect, useMemo, useState } from "hono/jsx/dom";
import type { ParadigmEvaluation } from "../../models/paradigm_card.ts";
import type { Session } from "../session.ts";
import { sayProblem } from "../problem_words.ts";
import { createDilemmaClient } from "./dilemma_client.ts";
import { dilemma } from "./dilemma_strings.ts";
import { NoiseExplorer } from "./noise_explorer.tsx";
import { PartsOfAnswer } from "./parts_of_answer.tsx";
import { Quadrants } from "./quadrants.tsx";
import { Rewinding } from "./rewinding.tsx";

/** The view "The dilemma". */
export function DilemmaView({ session }: { readonly session: Session }) {
  const client = useMemo(() => createDilemmaClient(session.access), [session]);
  const [evaluation, setEvaluation] = useState<ParadigmEvaluation | null | undefined>(undefined);
  const [wrong, setWrong] = useState("");

  useEffect(() => {
    client.evaluation().then(setEvaluation, (error) => setWrong(sayProblem(error)));
  }, [client]);

  const { noise: trainings, rewinding, command = "", seeds = [] } = evaluation ?? {};
  const { noise, rewinding: layers, joint, human, quadrants } = dilemma;
  return (
    <div class="dilemma">
      {dilemma.lead.map((text) => <p key={text}>{text}</p>)}
      <p class="failed" role="alert">{wrong}</p>
      {evaluation === undefined && !wrong && (
        <p class="quiet loading" role="status">{dilemma.loading}</p>
      )}
      {evaluation === null && <p class="note">{dilemma.none}</p>}
      {trainings && trainings.length > 0 && (
        <section aria-labelledby="noise-heading">
          <h3 id="noise-heading">{noise.heading}</h3>
          <p>{noise.about}</p>
          <NoiseExplorer trainings={trainings} command={command} />
          <p>{noise.one(seeds.length)} {noise.served}</p>
        </section>
      )}
      {rewinding && (
        <section aria-labelledby="rewinding-heading">
          <h3 id="rewinding-heading">{layers.heading}</h3>
          <p>{layers.about(`${Math.round(rewinding.noise * 100)} %`)}</p>
          <Rewinding rewinding={rewinding} command={command} seeds={seeds.length} />
        </section>
      )}
      <section aria-labelledby="joint-heading">
        <h3 id="joint-heading">{joint.heading}</h3>
        <p>{joint.about}</p>
        <PartsOfAnswer client={client} />
      </section>
      <section aria-labelledby="human-heading">
        <h3 id="human-heading">{human.heading}</h3>
        <p>
          {human.about} <a href="#/">{human.link}</a>.
        </p>
      </section>
      {evaluation && (
        <section aria-labelledby="quadrants-heading">
          <h3 id="quadrants-heading">{quadrants.heading}</h3>
          <p>{quadrants.about}</p>
          <Quadrants evaluation={evaluation} />
        </section>
      )}
    </div>
  );
}
