/**
 * The page: ask, teach, and see what is known.
 *
 * @module
 */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Answer } from "../functions/core/answer_type.ts";
import { AnswerDetails } from "./answer_details.tsx";
import { AnswerWords, type Phase } from "./answer_words.tsx";
import { ApiError } from "./api_error.ts";
import type { Client, KnownLabel } from "./client.ts";
import { KnownList } from "./known_list.tsx";
import { PhotoInput } from "./photo_input.tsx";
import { sayProblem } from "./problem_words.ts";
import { RouteView } from "./route_view.tsx";
import { type Keep, keepToken, leaveDemoSpace, openSession, type Session } from "./session.ts";
import { strings } from "./strings.ts";
import { TeachForm } from "./teach_form.tsx";
import { TokenForm } from "./token_form.tsx";

/** What the page is started with. */
export interface AppProps {
  readonly origin: string;
  readonly keep: Keep;
}

/** The whole page below its header. */
export function App({ origin, keep }: AppProps) {
  const [opening, setOpening] = useState(() => openSession({ origin, keep }));
  const [session, setSession] = useState<Session | undefined>(undefined);
  const [trouble, setTrouble] = useState("");
  const [photo, setPhoto] = useState<Blob | undefined>(undefined);
  const [phase, setPhase] = useState<Phase>({ is: "idle" });
  const [known, setKnown] = useState<readonly KnownLabel[]>([]);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [since, setSince] = useState(0);
  const asked = useRef(0);

  useEffect(() => {
    let current = true;
    opening.then((opened) => {
      if (!current) return;
      setSession(opened);
      setKnown(opened.labels.labels);
      setNext(opened.labels.next);
      setTrouble("");
    }, (error) => {
      if (current) setTrouble(sayProblem(error));
    });
    return () => {
      current = false;
    };
  }, [opening]);

  /** Opens the session anew and waits for it. */
  function reopen(): Promise<Session> {
    const again = openSession({ origin, keep });
    setOpening(again);
    return again;
  }

  /** The client, once the session is open; a failed opening is tried again. */
  async function client(): Promise<Client> {
    return (await opening.catch(reopen)).client;
  }

  async function ask(file: Blob): Promise<void> {
    const turn = (asked.current ?? 0) + 1;
    asked.current = turn;
    setPhoto(file);
    setPhase({ is: "asking" });
    let then: Phase;
    try {
      then = { is: "answered", answer: await (await client()).classify(file) };
    } catch (error) {
      then = { is: "failed", why: sayProblem(error) };
    }
    // Only the last question counts: replies may overtake each other.
    if (turn === asked.current) setPhase(then);
  }

  function show(file: Blob): void {
    setSince((n) => n + 1);
    void ask(file);
  }

  async function refresh(): Promise<void> {
    const page = await (await client()).labels();
    setKnown(page.labels);
    setNext(page.next);
  }

  async function teach(label: string, keepPhoto: boolean): Promise<string> {
    if (!photo) throw new TypeError("there should be a photo to teach");
    const { teach: says } = strings;
    let taught;
    try {
      taught = await (await client()).teach(photo, label, keepPhoto);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404 && session?.expiresAt)) throw error;
      leaveDemoSpace(keep);
      taught = await (await reopen()).client.teach(photo, label, keepPhoto);
    }
    // The answer to the same photo now comes from memory: show it.
    await Promise.all([ask(photo), refresh()]);
    return taught.created > 0 ? says.taught(label) : says.known(label);
  }

  const answer: Answer | undefined = phase.is === "answered" ? phase.answer : undefined;
  const mayTeach = session === undefined || session.allowed === "teach";
  return (
    <>
      {session?.expiresAt && <p class="note">{strings.demo.until(clock(session.expiresAt))}</p>}
      {trouble && <p class="note" role="alert">{trouble}</p>}
      <div class="stage">
        <PhotoInput photo={photo} busy={phase.is === "asking"} onPhoto={show} />
        <section class="card" aria-labelledby="answer-heading">
          <h2 id="answer-heading">{strings.sections.answer}</h2>
          <AnswerWords phase={phase} />
          <RouteView answer={answer} />
          {mayTeach && <TeachForm ready={answer !== undefined} since={since} onTeach={teach} />}
          {session?.allowed === "ask" && <p class="quiet">{strings.teach.notHere}</p>}
          {session?.allowed === "token" && (
            <TokenForm
              onToken={async (token) => {
                keepToken(keep, token);
                return (await reopen()).allowed === "teach";
              }}
            />
          )}
          {answer && <AnswerDetails answer={answer} />}
        </section>
      </div>
      {mayTeach && (
        <KnownList
          labels={known}
          more={next !== undefined}
          onMore={async () => {
            const page = await (await client()).labels(next);
            setKnown([...known, ...page.labels]);
            setNext(page.next);
          }}
          photosOf={async (label, limit) => await (await client()).keptPhotos(label, limit)}
          onForget={async (label) => {
            const it = await client();
            const { forgotten } = label === undefined
              ? await it.forgetAll()
              : await it.forget(label);
            await refresh();
            setSince((n) => n + 1);
            // What is on screen may have come from what is gone.
            if (photo && answer) await ask(photo);
            return forgotten;
          }}
          onStale={refresh}
        />
      )}
    </>
  );
}

function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
