/**
 * Quality: whether what I am sure of is as right as was promised.
 *
 * @module
 */
import { useEffect, useMemo, useState } from "hono/jsx/dom";
import { actorOf, keepActor } from "../actor.ts";
import { CoverageCurve } from "./coverage_curve.tsx";
import type { PracticeProps } from "../frame.tsx";
import { createPracticeClient } from "./practice_client.ts";
import { sayDetail, sayPracticeProblem } from "./practice_problem.ts";
import { practice } from "./practice_strings.ts";
import type { Quality, StandingRecord } from "./practice_types.ts";
import { PrecisionBar } from "./precision_bar.tsx";
import { Signature } from "./signature.tsx";
import { percent, sayOrigin } from "../words.ts";

/** Rows of a table before the rest is asked for. */
const FIRST = 20;

/** The view "Quality". */
export function QualityView({ session, lasting }: PracticeProps) {
  const says = practice.quality;
  const [quality, setQuality] = useState<Quality | undefined>(undefined);
  const [rules, setRules] = useState<ReadonlyMap<string, string>>(new Map());
  const [done, setDone] = useState("");
  const [wrong, setWrong] = useState("");
  const [actor, setActor] = useState(actorOf(lasting));
  const client = useMemo(() => createPracticeClient(session.access), [session]);

  async function attempt(work: () => Promise<void>): Promise<void> {
    setDone("");
    setWrong("");
    try {
      await work();
    } catch (error) {
      setWrong(sayPracticeProblem(error));
    }
  }

  useEffect(() => {
    void attempt(async () => {
      const [quality, rules] = await Promise.all([client.quality(), client.rules()]);
      setRules(new Map(rules.map(({ id, reads }) => [id, reads])));
      setQuality(quality);
    });
  }, [client]);

  function sample(event: Event): void {
    event.preventDefault();
    const typed = String(new FormData(event.target as HTMLFormElement).get("rate") ?? "").trim();
    const share = Number(typed.replace(",", ".")) / 100;
    if (typed === "" || !(share >= 0 && share <= 1)) return setWrong(says.rateWrong);
    void attempt(async () => {
      const after = await client.sample(share);
      setQuality(after);
      setDone(says.rateSet(sayShare(after.sampleRate)));
    });
  }

  return (
    <>
      <p class="quiet">{says.about}</p>
      {quality === undefined
        ? !wrong && <p class="quiet loading" role="status">{says.loading}</p>
        : (
          <>
            <Overview quality={quality} />
            <form class="rate" noValidate onSubmit={sample}>
              <label for="rate">{says.rate}</label>
              <div class="line">
                <input
                  id="rate"
                  name="rate"
                  type="text"
                  inputMode="decimal"
                  autocomplete="off"
                  value={String(Number((quality.sampleRate * 100).toFixed(3)))}
                  aria-describedby="rate-hint"
                />
                <button type="submit" class="button">{says.rateButton}</button>
                <span id="rate-hint" class="quiet">{says.rateHint}</span>
              </div>
            </form>
          </>
        )}
      <p class="done" aria-live="polite">{done}</p>
      <p class="failed" role="alert">{wrong}</p>
      {quality && (
        <>
          <section aria-labelledby="curve-heading">
            <h3 id="curve-heading">{says.curve}</h3>
            <CoverageCurve points={quality.coverage} floor={quality.floor} />
          </section>
          <Standings
            id="routes"
            title={says.routes}
            standings={quality.routes}
            floor={quality.floor}
            nameOf={({ name }) => name in ROUTES ? sayOrigin(name as keyof typeof ROUTES) : name}
          />
          <Standings
            id="labels"
            title={says.labels}
            standings={quality.labels}
            floor={quality.floor}
            nameOf={({ name, route }) =>
              route !== undefined && route in ROUTES
                ? `${name}, ${sayOrigin(route as keyof typeof ROUTES)}`
                : name}
          />
          <Standings
            id="rules"
            title={says.rules}
            standings={quality.rules}
            floor={quality.floor}
            nameOf={({ name }) => rules.get(name) ?? says.gone}
          />
          <p class="quiet">{says.neededHint}</p>
        </>
      )}
      <Signature
        name={actor}
        onName={(name) => {
          keepActor(lasting, name);
          setActor(name);
        }}
      />
    </>
  );
}

const ROUTES = { memory: 0, rule: 0, network: 0, none: 0 };

/** A share that was set: as exact as it is. */
function sayShare(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}

/** The promise, what was found, and what waits. */
function Overview({ quality }: { readonly quality: Quality }) {
  const says = practice.quality;
  const { floor, overall, open, sampleRate } = quality;
  const { precision, lower, upper, judged, right } = overall;
  return (
    <dl class="overview">
      <div>
        <dt>{says.promise}</dt>
        <dd>
          <strong>{says.promised(percent(floor))}</strong>
        </dd>
      </div>
      <div>
        <dt>{says.found}</dt>
        <dd>
          {precision === null ? says.nothing : (
            <>
              <PrecisionBar precision={precision} lower={lower} upper={upper} floor={floor} />
              <small>{says.judgedOf(right, judged)}</small>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>{says.open}</dt>
        <dd>{open === 0 ? says.openLink(0) : <a href="#/review">{says.openLink(open)}</a>}</dd>
      </div>
      <div>
        <dt>{says.sample}</dt>
        <dd>{sayShare(sampleRate)}</dd>
      </div>
    </dl>
  );
}

function Standings(
  { id, title, standings, floor, nameOf }: {
    readonly id: string;
    readonly title: string;
    readonly standings: readonly StandingRecord[];
    readonly floor: number;
    nameOf(standing: StandingRecord): string;
  },
) {
  const says = practice.quality;
  const { columns } = says;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? standings : standings.slice(0, FIRST);
  return (
    <section aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`}>{title}</h3>
      {standings.length === 0 ? <p class="quiet">{says.none}</p> : (
        // The roles stay when the narrow page lays the rows out as cards.
        <table role="table" class="records" aria-labelledby={`${id}-heading`}>
          <thead role="rowgroup">
            <tr role="row">
              {Object.values(columns).map((name) => (
                <th key={name} role="columnheader" scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((standing) => (
              <tr key={`${standing.route}/${standing.name}`} role="row">
                <th role="rowheader" scope="row">{nameOf(standing)}</th>
                <td role="cell" data-column={columns.precision}>
                  <PrecisionBar {...standing} floor={floor} />
                </td>
                <td role="cell" data-column={columns.judged}>{standing.judged}</td>
                <td role="cell" data-column={columns.needed}>{standing.needed}</td>
                <td role="cell" data-column={columns.state}>
                  <span class="state" data-state={standing.state}>
                    {practice.states[standing.state]}
                  </span>{" "}
                  <small>{sayDetail(standing.says)}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < standings.length && (
        <button
          type="button"
          class="button plain"
          onClick={() => setWhole(true)}
        >
          {says.more(standings.length)}
        </button>
      )}
    </section>
  );
}
