/**
 * What the deep and the wide part of one model say of a photo, beside the other paradigms' answers.
 *
 * @module
 */
import { useRef, useState } from "hono/jsx/dom";
import type { Answer, JointParts, Paradigm } from "../../functions/core/answer_type.ts";
import { language } from "../language.ts";
import { sayProblem } from "../problem_words.ts";
import { samples } from "../ask/samples.ts";
import { percent } from "../words.ts";
import type { Answers, DilemmaClient } from "./dilemma_client.ts";
import { dilemma } from "./dilemma_strings.ts";

const PARADIGMS: readonly Paradigm[] = ["sequential", "joint", "human"];

/** What the parts of an answer by `joint` are; undefined for one that has none. */
export function partsOf({ parts }: Pick<Answer, "parts">): JointParts | undefined {
  return parts !== undefined && "deep" in parts ? parts : undefined;
}

/** A number with its sign. */
export function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

/** Photos to choose from, and what is said of the one that was chosen. */
export function PartsOfAnswer({ client }: { readonly client: Pick<DilemmaClient, "compare"> }) {
  const says = dilemma.joint;
  const [chosen, setChosen] = useState("");
  const [answers, setAnswers] = useState<Answers | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  const asked = useRef(0);

  async function choose(file: string): Promise<void> {
    const turn = (asked.current ?? 0) + 1;
    asked.current = turn;
    setChosen(file);
    setAnswers(undefined);
    setWrong("");
    try {
      const found = await client.compare(`/assets/samples/${file}`);
      if (turn === asked.current) setAnswers(found);
    } catch (error) {
      if (turn === asked.current) setWrong(sayProblem(error));
    }
  }

  return (
    <div class="parts">
      <div class="samples">
        <p id="parts-heading">{says.choose}</p>
        <ul aria-labelledby="parts-heading">
          {samples.map(({ file, alt }) => (
            <li key={file}>
              <button
                type="button"
                aria-pressed={chosen === file ? "true" : "false"}
                onClick={() => void choose(file)}
              >
                <img src={`/assets/samples/${file}`} alt={alt[language]} width="64" height="64" />
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div class="said" role="status">
        {chosen !== "" && !answers && !wrong && <p class="quiet">{says.asking}</p>}
        {answers && <Parts answers={answers} />}
      </div>
      <p class="failed" role="alert">{wrong}</p>
    </div>
  );
}

function Parts({ answers }: { readonly answers: Answers }) {
  const says = dilemma.joint;
  const { label } = answers.joint;
  const parts = partsOf(answers.joint);
  return (
    <>
      {parts && label !== null && <Contributions label={label} {...parts} />}
      <h4>{says.others}</h4>
      <dl class="answers">
        {PARADIGMS.map((id) => (
          <div key={id}>
            <dt>{says.paradigms[id]}</dt>
            <dd>{sayAnswer(answers[id])}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">{says.known}</p>
    </>
  );
}

function sayAnswer({ label, certainty, confidence }: Answer): string {
  const says = dilemma.joint;
  return label === null ? says.nothing : says.sure[certainty](label, percent(confidence));
}

/** Each part to the right where it speaks for the label, and to the left where against it. */
function Contributions({ label, deep, wide }: JointParts & { readonly label: string }) {
  const says = dilemma.joint;
  const sum = deep + wide;
  const most = Math.max(Math.abs(deep), Math.abs(wide), Math.abs(sum), 1);
  const rows = [["deep", deep], ["wide", wide], ["sum", sum]] as const;
  return (
    <>
      <h4>{says.parts(label)}</h4>
      <dl class="contributions">
        {rows.map(([name, value]) => (
          <div key={name} data-part={name}>
            <dt>{says[name]}</dt>
            <dd>
              <span class="axis" aria-hidden="true">
                <span
                  class="fill"
                  style={{
                    left: `${50 + Math.min(0, 50 * value / most)}%`,
                    width: `${50 * Math.abs(value) / most}%`,
                  }}
                >
                </span>
              </span>
              <span>{signed(value)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p>{says.says(label, signed(deep), signed(wide), signed(sum))}</p>
    </>
  );
}
