/**
 * The first view: ask, teach, and see what is known.
 *
 * @module
 */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Answer } from "../functions/core/answer_type.ts";
import { AnswerDetails } from "./answer_details.tsx";
import { AnswerWords, type Phase } from "./answer_words.tsx";
import { ApiError } from "./api_error.ts";
import type { Client, KnownLabel, Lesson, Taught } from "./client.ts";
import { Correction } from "./correction.tsx";
import { FaceFrames } from "./face_frames.tsx";
import { KnownList } from "./known_list.tsx";
import { locale } from "./language.ts";
import { correctable, facesOf, isChoice, isOfPeople, meantFace } from "./people.ts";
import { PhotoInput } from "./photo_input.tsx";
import { sayProblem } from "./problem_words.ts";
import { RouteView } from "./route_view.tsx";
import { type Keep, keepToken, leaveDemoSpace, type Session } from "./session.ts";
import { strings } from "./strings.ts";
import { TeachForm } from "./teach_form.tsx";
import { TokenForm } from "./token_form.tsx";

/** What the view is given. */
export interface AppProps {
  readonly keep: Keep;
  /** The session, as it is being opened. */
  readonly opening: Promise<Session>;
  /** Whether the view is the one that is shown. */
  readonly shown: boolean;
  /** Opens the session anew and waits for it. */
  reopen(): Promise<Session>;
  /** Brings the view up: a photo may be dropped anywhere. */
  onShow(): void;
}

/** The first view: ask, teach, and see what is known. */
export function App({ keep, opening, shown, reopen, onShow }: AppProps) {
  const [session, setSession] = useState<Session | undefined>(undefined);
  const [trouble, setTrouble] = useState("");
  const [photo, setPhoto] = useState<Blob | undefined>(undefined);
  const [phase, setPhase] = useState<Phase>({ is: "idle" });
  const [known, setKnown] = useState<readonly KnownLabel[]>([]);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [since, setSince] = useState(0);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const asked = useRef(0);
  // What the last answer took that the network gave, in milliseconds.
  const usual = useRef<number | undefined>(undefined);

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

  // What was decided in another view may be known here now.
  const wasShown = useRef(shown);
  useEffect(() => {
    if (shown && !wasShown.current && mayTeach) {
      refresh().catch(() => {/* the list says it later */});
    }
    wasShown.current = shown;
  }, [shown]);

  /** The client, once the session is open; a failed opening is tried again. */
  async function client(): Promise<Client> {
    return (await opening.catch(reopen)).client;
  }

  async function ask(file: Blob): Promise<void> {
    const turn = (asked.current ?? 0) + 1;
    asked.current = turn;
    setPhoto(file);
    setChosen(undefined);
    setPhase({ is: "asking" });
    let then: Phase;
    try {
      const answer = await (await client()).classify(file);
      if (answer.route === "network") usual.current = answer.timings.total;
      then = { is: "answered", answer };
    } catch (error) {
      then = { is: "failed", why: sayProblem(error) };
    }
    // Only the last question counts: replies may overtake each other.
    if (turn === asked.current) setPhase(then);
  }

  function choose(face: number | undefined): void {
    setChosen(face);
    setSince((n) => n + 1);
  }

  function show(file: Blob): void {
    onShow();
    setSince((n) => n + 1);
    void ask(file);
  }

  async function refresh(): Promise<void> {
    const page = await (await client()).labels();
    setKnown(page.labels);
    setNext(page.next);
  }

  /** Teaches the photo on screen and shows what it is answered with now. */
  async function learn(lesson: Lesson): Promise<Taught> {
    if (!photo) throw new TypeError("there should be a photo to teach");
    setSince((n) => n + 1);
    let taught;
    try {
      taught = await (await client()).teach(photo, lesson);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404 && session?.expiresAt)) throw error;
      leaveDemoSpace(keep);
      taught = await (await reopen()).client.teach(photo, lesson);
    }
    await Promise.all([ask(photo), refresh()]);
    return taught;
  }

  const answer: Answer | undefined = phase.is === "answered" ? phase.answer : undefined;
  const mayTeach = session === undefined || session.allowed === "teach";
  return (
    <>
      {session?.expiresAt && <p class="note">{strings.demo.until(clock(session.expiresAt))}</p>}
      {trouble && <p class="note" role="alert">{trouble}</p>}
      <div class="stage">
        <PhotoInput photo={photo} busy={phase.is === "asking"} onPhoto={show}>
          {answer && (
            <FaceFrames
              answer={answer}
              chosen={chosen}
              onChoose={mayTeach ? choose : undefined}
            />
          )}
        </PhotoInput>
        <section class="card" aria-labelledby="answer-heading">
          <h2 id="answer-heading">{strings.sections.answer}</h2>
          <AnswerWords phase={phase} />
          {mayTeach && (
            <Correction
              name={answer && correctable(answer, chosen)}
              since={since}
              onCorrect={async ({ label, face }, force) => {
                const kind = face === undefined ? "thing" as const : undefined;
                const { created } = await learn({ label, face, kind, not: true, force });
                return created > 0 ? strings.teach.learntNot(label) : strings.teach.knownNot(label);
              }}
            />
          )}
          <RouteView answer={answer} />
          {mayTeach && (
            <TeachForm
              ready={answer !== undefined}
              meant={answer && sayMeant(answer, chosen)}
              since={since}
              onTeach={async (label, keepPhoto, force) => {
                const face = answer && meantFace(answer, chosen)?.index;
                const { created } = await learn({ label, keepPhoto, face, force });
                return created > 0 ? strings.teach.taught(label) : strings.teach.known(label);
              }}
            />
          )}
          {session?.allowed === "ask" && <p class="quiet">{strings.teach.notHere}</p>}
          {/* One at a time: another view has one too. */}
          {shown && session?.allowed === "token" && (
            <TokenForm
              onToken={async (token) => {
                keepToken(keep, token);
                return (await reopen()).allowed === "teach";
              }}
            />
          )}
          {answer && <AnswerDetails answer={answer} usual={usual.current ?? undefined} />}
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

/** Which of several faces a lesson means, or that one should be chosen. */
function sayMeant(answer: Answer, chosen: number | undefined): string | undefined {
  if (!isChoice(answer)) return undefined;
  const { choose, chosen: says, maybe } = strings.faces;
  const faces = facesOf(answer);
  const at = faces.findIndex(({ index }) => index === chosen);
  if (at >= 0) return says(at + 1, faces.length);
  return isOfPeople(answer) ? choose(faces.length) : maybe;
}

function clock(time: Date): string {
  return time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}
