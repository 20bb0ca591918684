/**
 * The first view: ask, teach, and see what is known.
 *
 * @module
 */
import type { FC } from "hono/jsx";
import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Answer } from "../functions/core/answer_type.ts";
import { AnswerDetails } from "./ask/answer_details.tsx";
import { AnswerWords, type Phase } from "./ask/answer_words.tsx";
import { ApiError } from "./api_error.ts";
import type { CameraViewProps } from "./ask/camera_view.tsx";
import type { Client, KnownLabel, Lesson } from "./client.ts";
import { Correction } from "./teach/correction.tsx";
import { FaceFrames } from "./ask/face_frames.tsx";
import { sayHint } from "./ask/hint_words.ts";
import { KnownList } from "./know/known_list.tsx";
import { locale } from "./language.ts";
import type { Learnt } from "./teach/lesson_outcome.tsx";
import { undoOf } from "./teach/lesson_undo.ts";
import { loadPart } from "./load_part.ts";
import { correctable, meantFace, sayMeant } from "./ask/people.ts";
import { PhotoInput } from "./ask/photo_input.tsx";
import { PhotoTools } from "./ask/photo_tools.tsx";
import { sayProblem } from "./problem_words.ts";
import { RouteView } from "./ask/route_view.tsx";
import { SamplePhotos } from "./ask/sample_photos.tsx";
import { type Keep, keepToken, leaveDemoSpace, type Session } from "./session.ts";
import { SeveralPhotos } from "./ask/several_photos.tsx";
import { strings } from "./strings.ts";
import { TeachForm } from "./teach/teach_form.tsx";
import { teachSeveral } from "./teach/teach_several.ts";
import { TokenForm } from "./token_form.tsx";
import { Tour } from "./ask/tour.tsx";

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

/** What is on screen. */
interface Shot {
  readonly photo: Blob;
  /** The photo that a filter aged. */
  readonly original?: Blob | undefined;
  /** All photos that get one name, where there are several. */
  readonly several: readonly Blob[];
}

/** Least milliseconds from one frame of the camera to the next; visitors of a demo share a quota. */
const FRAME_INTERVAL = 100;
const DEMO_FRAME_INTERVAL = 1000;

/** The first view: ask, teach, and see what is known. */
export function App({ keep, opening, shown, reopen, onShow }: AppProps) {
  const [session, setSession] = useState<Session | undefined>(undefined);
  const [trouble, setTrouble] = useState("");
  const [shot, setShot] = useState<Shot | undefined>(undefined);
  const [camera, setCamera] = useState<{ View: FC<CameraViewProps> } | undefined>(undefined);
  const [phase, setPhase] = useState<Phase>({ is: "idle" });
  const [known, setKnown] = useState<readonly KnownLabel[]>([]);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [since, setSince] = useState(0);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const [progress, setProgress] = useState<number | undefined>(undefined);
  const asked = useRef(0);
  const heading = useRef<HTMLHeadingElement>(null);
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

  // What was decided in another view may be known here now; and nobody is filmed meanwhile.
  const wasShown = useRef(shown);
  useEffect(() => {
    if (shown && !wasShown.current && mayTeach) {
      refresh().catch(() => {/* the list says it later */});
    }
    if (!shown && camera) stopCamera();
    wasShown.current = shown;
  }, [shown]);

  /** The session, once it is open; a failed opening is tried again. */
  function opened(): Promise<Session> {
    return opening.catch(reopen);
  }

  async function client(): Promise<Client> {
    return (await opened()).client;
  }

  /** Puts an answer on screen, or why there is none, unless something else was asked meanwhile. */
  async function answerWith(find: () => Promise<Answer>): Promise<void> {
    const turn = (asked.current ?? 0) + 1;
    asked.current = turn;
    setChosen(undefined);
    setPhase({ is: "asking" });
    let then: Phase;
    try {
      const answer = await find();
      if (answer.route === "network") usual.current = answer.timings.total;
      then = { is: "answered", answer };
    } catch (error) {
      then = { is: "failed", why: sayProblem(error) };
    }
    // Only the last question counts: replies may overtake each other.
    if (turn === asked.current) setPhase(then);
  }

  const ask = (photo: Blob) => answerWith(async () => await (await client()).classify(photo));

  /** Says why there is no photo to ask about. */
  function fail(error: unknown): void {
    asked.current = (asked.current ?? 0) + 1;
    setPhase({ is: "failed", why: sayProblem(error) });
  }

  function choose(face: number | undefined): void {
    setChosen(face);
    setSince((n) => n + 1);
  }

  function show(next: Shot): Promise<void> {
    onShow();
    setCamera(undefined);
    setSince((n) => n + 1);
    setShot(next);
    return ask(next.photo);
  }

  function showPhotos(photos: readonly Blob[]): void {
    void show({ photo: photos[0]!, several: photos.length > 1 ? photos : [] });
  }

  async function showSample(url: string): Promise<void> {
    try {
      const reply = await loadPart(fetch(url));
      if (!reply.ok) throw await ApiError.from(reply);
      showPhotos([await reply.blob()]);
    } catch (error) {
      fail(error);
    }
  }

  async function age({ photo }: Shot): Promise<void> {
    try {
      const { agePhoto } = await loadPart(import("./ask/age_photo.ts"));
      await show({ photo: await agePhoto(photo), original: photo, several: [] });
    } catch (error) {
      fail(error);
    }
  }

  async function startCamera(): Promise<void> {
    try {
      const { CameraView: View } = await loadPart(import("./ask/camera_view.tsx"));
      // What is on screen now is no answer to what the camera sees.
      asked.current = (asked.current ?? 0) + 1;
      setShot(undefined);
      setChosen(undefined);
      setPhase({ is: "idle" });
      setCamera({ View });
    } catch (error) {
      fail(error);
    }
  }

  function stopCamera(): void {
    setCamera(undefined);
    setPhase({ is: "idle" });
    if (shown) readOn();
  }

  /** Where who works by keyboard goes on, once the button that was pressed is gone. */
  function readOn(): void {
    heading.current?.focus({ preventScroll: true });
  }

  async function refresh(): Promise<void> {
    const page = await (await client()).labels();
    setKnown(page.labels);
    setNext(page.next);
  }

  /** Shows what the photo on screen is answered with now, and what is known. */
  async function look(): Promise<void> {
    setSince((n) => n + 1);
    await Promise.all([shot && ask(shot.photo), refresh()]);
  }

  /** Gives one lesson; resolves to how many memories are new. */
  async function give(photo: Blob, lesson: Lesson): Promise<number> {
    try {
      return (await (await client()).teach(photo, lesson)).created;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404 && session?.expiresAt)) throw error;
      leaveDemoSpace(keep);
      return (await (await reopen()).client.teach(photo, lesson)).created;
    }
  }

  /** Says what was learnt, and how it is taken back, once the page shows it. */
  async function tell(label: string, created: number, learnt: Learnt): Promise<Learnt> {
    const [undo] = await Promise.all([
      created > 0 ? client().then((it) => undoOf(it, label, created)) : undefined,
      look(),
    ]);
    return {
      ...learnt,
      undo: undo && (async () => {
        await undo();
        await look();
        return strings.teach.undone(label);
      }),
    };
  }

  /** Teaches the photo on screen. */
  async function teach(lesson: Lesson, says: (created: number) => string): Promise<Learnt> {
    if (!shot) throw new TypeError("there should be a photo to teach");
    const created = await give(shot.photo, lesson);
    return await tell(lesson.label, created, { says: says(created) });
  }

  /** Teaches several photos, the one on screen with the face that was chosen. */
  async function teachAll(photos: readonly Blob[], lesson: Lesson): Promise<Learnt> {
    const { face, ...common } = lesson;
    try {
      const { created, known, passed } = await teachSeveral(photos, {
        teach: (photo) => give(photo, photo === shot?.photo ? { ...common, face } : common),
        onPhoto: setProgress,
      });
      const [first] = passed;
      if (known === 0 && first) throw first.error;
      return await tell(lesson.label, created, {
        says: strings.teach.taughtSome(lesson.label, known, photos.length),
        but: passed.map(({ photo, error }) => strings.teach.refused(photo + 1, sayProblem(error))),
      });
    } finally {
      setProgress(undefined);
    }
  }

  const answer: Answer | undefined = phase.is === "answered" ? phase.answer : undefined;
  /** The answer about the photo that can be taught; none to a picture that moves. */
  const still = camera ? undefined : answer;
  const several = shot?.several ?? [];
  const mayTeach = session === undefined || session.allowed === "teach";
  const says = strings.teach;
  return (
    <>
      {session?.expiresAt && <p class="note">{strings.demo.until(clock(session.expiresAt))}</p>}
      {trouble && <p class="note" role="alert">{trouble}</p>}
      <div class="stage">
        <PhotoInput
          photo={shot?.photo}
          isAged={shot?.original !== undefined}
          busy={phase.is === "asking"}
          onPhotos={showPhotos}
          instead={camera && (
            <camera.View
              interval={session?.expiresAt ? DEMO_FRAME_INTERVAL : FRAME_INTERVAL}
              ask={async (frame) => await (await client()).preview(frame)}
              onAnswer={(answer) => setPhase({ is: "answered", answer, live: true })}
              onHold={(photo) => {
                showPhotos([photo]);
                readOn();
              }}
              onStop={stopCamera}
            />
          )}
          over={still && (
            <FaceFrames
              answer={still}
              chosen={chosen}
              onChoose={mayTeach ? choose : undefined}
            />
          )}
          below={
            <>
              {several.length > 0 && (
                <SeveralPhotos
                  photos={several}
                  shown={shot?.photo}
                  onShow={(photo) => void show({ photo, several })}
                />
              )}
              {!camera && (
                <PhotoTools
                  isThere={shot !== undefined}
                  isAged={shot?.original !== undefined}
                  isBusy={phase.is === "asking"}
                  onAge={() => shot && void age(shot)}
                  onOriginal={() => shot?.original && showPhotos([shot.original])}
                  onCamera={() => void startCamera()}
                />
              )}
              <SamplePhotos onSample={(url) => void showSample(url)} />
            </>
          }
        />
        <section class="card" aria-labelledby="answer-heading">
          <h2 id="answer-heading" tabIndex={-1} ref={heading}>{strings.sections.answer}</h2>
          <AnswerWords phase={phase} />
          {mayTeach && (
            <Correction
              name={still && correctable(still, chosen)}
              since={since}
              onCorrect={({ label, face }, force) => {
                const kind = face === undefined ? "thing" as const : undefined;
                return teach(
                  { label, face, kind, not: true, force },
                  (created) => created > 0 ? says.learntNot(label) : says.knownNot(label),
                );
              }}
            />
          )}
          <RouteView answer={answer} />
          {mayTeach && (
            <TeachForm
              ready={still !== undefined}
              meant={camera ? strings.camera.held : still && sayMeant(still, chosen)}
              hint={still && sayHint(still, chosen)}
              photos={Math.max(1, several.length)}
              progress={progress}
              since={since}
              onTeach={(label, keepPhoto, force) => {
                const face = still && meantFace(still, chosen)?.index;
                const lesson = { label, keepPhoto, face, force };
                return several.length > 0 ? teachAll(several, lesson) : teach(
                  lesson,
                  (created) => created > 0 ? says.taught(label) : says.known(label),
                );
              }}
            />
          )}
          {session?.allowed === "ask" && <p class="quiet">{says.notHere}</p>}
          {/* One at a time: another view has one too. */}
          {shown && session?.allowed === "token" && (
            <TokenForm
              onToken={async (token) => {
                keepToken(keep, token);
                return (await reopen()).allowed === "teach";
              }}
            />
          )}
          {answer ? <AnswerDetails answer={answer} usual={usual.current ?? undefined} /> : <Tour />}
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
          onRename={async (label, to) => {
            await (await client()).rename(label, to);
            await look();
          }}
          onForget={async (label) => {
            const it = await client();
            const { forgotten } = label === undefined
              ? await it.forgetAll()
              : await it.forget(label);
            await look();
            return forgotten;
          }}
          onExport={async () => {
            const [{ exportSpace }, { saveFile }] = await loadPart(
              Promise.all([import("./know/transfer.ts"), import("./know/save_file.ts")]),
            );
            saveFile(await exportSpace((await opened()).access), "xolo.ndjson");
          }}
          onImport={async (file) => {
            const { importSpace } = await loadPart(import("./know/transfer.ts"));
            const taken = await importSpace((await opened()).access, file);
            await look();
            return taken;
          }}
          onStale={refresh}
        />
      )}
    </>
  );
}

function clock(time: Date): string {
  return time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}
