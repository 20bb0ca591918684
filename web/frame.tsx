/**
 * The page below its header: which of its views is shown, by the address, and the session that they
 * share. The views for practice are loaded when they are first opened.
 *
 * @module
 */
import type { FC } from "hono/jsx";
import { useEffect, useLayoutEffect, useRef, useState } from "hono/jsx/dom";
import { actorOf } from "./actor.ts";
import { App } from "./app.tsx";
import { createPrivateFetch, isPrivate, type PrivateState } from "./private_mode.ts";
import { PrivateSwitch } from "./private_switch.tsx";
import { sayProblem } from "./problem_words.ts";
import { type Keep, keepToken, openSession, type Session } from "./session.ts";
import { strings } from "./strings.ts";
import { TokenForm } from "./token_form.tsx";

/** What a view for practice is given. */
export interface PracticeProps {
  readonly session: Session;
  /** What the tab remembers, and what the browser does. */
  readonly keep: Keep;
  readonly lasting: Keep;
  /** What the address names in the view, as the id of an event; empty for nothing. */
  readonly part: string;
}

type Practice = FC<PracticeProps>;

/** How each view for practice is loaded. */
const PRACTICE = {
  review: async (): Promise<Practice> => (await import("./practice/review_view.tsx")).ReviewView,
  rules: async (): Promise<Practice> => (await import("./practice/rules_view.tsx")).RulesView,
  quality: async (): Promise<Practice> => (await import("./practice/quality_view.tsx")).QualityView,
  history: async (): Promise<Practice> => (await import("./practice/history_view.tsx")).HistoryView,
  dilemma: async (): Promise<Practice> => (await import("./dilemma/dilemma_view.tsx")).DilemmaView,
};

/** Views that nobody has to be allowed to see. */
const FOR_ALL: ReadonlySet<string> = new Set(["dilemma"]);

type View = "ask" | keyof typeof PRACTICE;

/** A view, and what is named in it: "#/history/01J…". */
interface Place {
  readonly view: View;
  readonly part: string;
}

/** What the page is started with. */
export interface FrameProps {
  readonly origin: string;
  /** What the tab remembers until it is closed. */
  readonly keep: Keep;
  /** What the browser remembers longer. */
  readonly lasting: Keep;
}

/** Where an address leads; to the first view when it leads nowhere. */
export function placeOf(hash: string): Place {
  const [, name = "", part = ""] = hash.split("/");
  return Object.hasOwn(PRACTICE, name) ? { view: name as View, part } : { view: "ask", part: "" };
}

/** The whole page below its header. */
export function Frame({ origin, keep, lasting }: FrameProps) {
  const [privacy, setPrivacy] = useState<PrivateState | undefined>(
    isPrivate(lasting) ? { is: "loading" } : undefined,
  );
  const [privateFetch] = useState(() =>
    isPrivate(lasting) ? createPrivateFetch(setPrivacy) : undefined
  );
  const open = () =>
    openSession({
      origin,
      keep,
      actor: () => actorOf(lasting),
      ...(privateFetch ? { fetch: privateFetch } : {}),
    });
  const [opening, setOpening] = useState(open);
  const [place, setPlace] = useState(() => placeOf(location.hash));
  const { view, part } = place;
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<View | undefined>(undefined);

  useEffect(() => {
    const follow = () => setPlace(placeOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  useLayoutEffect(() => {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-view]")) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = view === "ask"
      ? strings.frame.title
      : strings.views.title(strings.frame[view]);
    // Whoever goes to another view is to read on there; who comes to the page begins at its top.
    if (before.current !== undefined && before.current !== view) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    before.current = view;
  }, [view]);

  function reopen(): Promise<Session> {
    const again = open();
    setOpening(again);
    return again;
  }

  const practice = view === "ask" ? undefined : view;
  return (
    <>
      <PrivateSwitch lasting={lasting} state={privacy} />
      <div class="view" hidden={practice !== undefined}>
        <h2 class="unseen" tabIndex={-1} ref={practice ? undefined : heading}>
          {strings.frame.ask}
        </h2>
        <App
          keep={keep}
          opening={opening}
          shown={practice === undefined}
          reopen={reopen}
          onShow={() => {
            if (practice) location.hash = "#/";
          }}
        />
      </div>
      {practice && (
        <section key={practice} class="view practice" aria-labelledby="view-heading">
          <h2 id="view-heading" tabIndex={-1} ref={heading}>{strings.frame[practice]}</h2>
          <PracticeView
            view={practice}
            part={part}
            opening={opening}
            keep={keep}
            lasting={lasting}
            reopen={reopen}
          />
        </section>
      )}
    </>
  );
}

/** A view for practice, once it is loaded, the session open, and practice allowed. */
function PracticeView(
  { view, part, opening, keep, lasting, reopen }: Omit<PracticeProps, "session"> & {
    readonly view: keyof typeof PRACTICE;
    readonly opening: Promise<Session>;
    reopen(): Promise<Session>;
  },
) {
  const [ready, setReady] = useState<{ view: Practice; session: Session } | undefined>(undefined);
  const [trouble, setTrouble] = useState("");
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let current = true;
    setTrouble("");
    Promise.all([PRACTICE[view](), opening]).then(([loaded, session]) => {
      if (current) setReady({ view: loaded, session });
    }, (error) => {
      // A file that does not come is no refusal of the API.
      const file = error instanceof TypeError;
      if (current) setTrouble(file ? strings.views.failed : sayProblem(error));
    });
    return () => {
      current = false;
    };
  }, [view, opening, turn]);

  if (trouble) {
    return (
      <>
        <p class="note" role="alert">{trouble}</p>
        <button
          type="button"
          class="button plain"
          onClick={() => {
            void reopen().catch(() => {/* told by the promise that is waited for */});
            setTurn(turn + 1);
          }}
        >
          {strings.views.again}
        </button>
      </>
    );
  }
  if (!ready) return <p class="quiet loading" role="status">{strings.views.loading}</p>;
  const { view: Shown, session } = ready;
  if (FOR_ALL.has(view)) {
    return <Shown session={session} keep={keep} lasting={lasting} part={part} />;
  }
  if (session.allowed === "ask") return <p class="quiet">{strings.teach.notHere}</p>;
  if (session.allowed === "token") {
    return (
      <TokenForm
        onToken={async (token) => {
          keepToken(keep, token);
          return (await reopen()).allowed === "teach";
        }}
      />
    );
  }
  return <Shown session={session} keep={keep} lasting={lasting} part={part} />;
}
