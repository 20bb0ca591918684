/**
 * History: what people decided, and a way to take it back.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "hono/jsx/dom";
import { ApiError } from "../api_error.ts";
import type { PracticeProps } from "../frame.tsx";
import { createPracticeClient } from "./practice_client.ts";
import { idIn, sayPracticeProblem } from "./practice_problem.ts";
import { practice } from "./practice_strings.ts";
import type { EventPage, Happened } from "./practice_types.ts";
import { actorOf, keepActor } from "../actor.ts";
import { Signature } from "./signature.tsx";
import { sayTime } from "../words.ts";

/** Pages that are read in search of one event. */
const SEARCHED = 20;

/** What could not be done, and the event that stands in its way. */
interface Trouble {
  readonly says: string;
  readonly later?: string | undefined;
}

/** Where an event is on the page. */
function anchorOf(id: string): string {
  return `event-${id}`;
}

/** The view "History". */
export function HistoryView({ session, lasting, part }: PracticeProps) {
  const says = practice.history;
  const [page, setPage] = useState<EventPage | undefined>(undefined);
  const [asking, setAsking] = useState<string | undefined>(undefined);
  const [done, setDone] = useState("");
  const [trouble, setTrouble] = useState<Trouble>({ says: "" });
  const [actor, setActor] = useState(actorOf(lasting));
  const client = useMemo(() => createPracticeClient(session.access), [session]);

  async function attempt(work: () => Promise<void>, about?: string): Promise<void> {
    setDone("");
    setTrouble({ says: "" });
    try {
      await work();
    } catch (error) {
      const later = error instanceof ApiError && error.status === 409
        ? idIn(error.detail, about)
        : undefined;
      const other = page?.events.find(({ id }) => id === later);
      setTrouble({ says: other ? says.depends(sayWhat(other)) : sayPracticeProblem(error), later });
    }
  }

  /** Brings an event up, reading on until it is there. */
  async function bringUp(id: string, from: EventPage): Promise<void> {
    let found = from;
    for (let n = 0; n < SEARCHED && !found.events.some((event) => event.id === id); n++) {
      if (found.next === undefined) break;
      found = joined(found, await client.events(found.next));
    }
    if (!found.events.some((event) => event.id === id)) {
      setTrouble({ says: says.notFound });
      return;
    }
    setPage(found);
    // Drawn first, then gone to.
    setTimeout(() => {
      const place = document.getElementById(anchorOf(id));
      place?.focus({ preventScroll: true });
      place?.scrollIntoView({ block: "center" });
    }, 50);
  }

  useEffect(() => {
    void attempt(async () => {
      const from = page ?? await client.events();
      setPage(from);
      if (part !== "") await bringUp(part, from);
    });
  }, [client, part]);

  async function takeBack(event: Happened, why: string): Promise<void> {
    await attempt(async () => {
      await client.undo(event.id, why);
      setAsking(undefined);
      setPage(await client.events());
      setDone(says.done(sayWhat(event)));
    }, event.id);
  }

  const events = page?.events ?? [];
  const byId = new Map(events.map((event) => [event.id, event]));
  const saidTrouble = (
    <div role="alert">
      {trouble.says && (
        <p class="failed">
          {trouble.says} {trouble.later && (
            <a
              href={`#/history/${trouble.later}`}
              onClick={() => {
                // The same address again goes nowhere by itself.
                if (page && trouble.later === part) void bringUp(part, page);
              }}
            >
              {says.later}
            </a>
          )}
        </p>
      )}
    </div>
  );
  return (
    <>
      <p class="quiet">{says.about}</p>
      <p class="done" aria-live="polite">{done}</p>
      {!events.some(({ id }) => id === asking) && saidTrouble}
      {page === undefined
        ? !trouble.says && <p class="quiet loading" role="status">{says.loading}</p>
        : events.length === 0 && <p class="quiet">{says.none}</p>}
      <ol class="events" aria-label={says.list}>
        {events.map((event) => (
          <li key={event.id} id={anchorOf(event.id)} tabIndex={-1}>
            <Told event={event} undo={event.undoneBy ? byId.get(event.undoneBy) : undefined} />
            {event.undoable && asking !== event.id && (
              <button
                type="button"
                class="button plain small"
                aria-label={says.undoOne(sayWhat(event))}
                onClick={() => setAsking(event.id)}
              >
                {says.undo}
              </button>
            )}
            {asking === event.id && (
              <WhyForm
                onUndo={(why) => takeBack(event, why)}
                onCancel={() => {
                  setTrouble({ says: "" });
                  setAsking(undefined);
                }}
              >
                {saidTrouble}
              </WhyForm>
            )}
          </li>
        ))}
      </ol>
      {page?.next !== undefined && (
        <button
          type="button"
          class="button plain"
          onClick={() => attempt(async () => setPage(joined(page, await client.events(page.next))))}
        >
          {says.more}
        </button>
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

function joined(first: EventPage, next: EventPage): EventPage {
  return { events: [...first.events, ...next.events], next: next.next };
}

/** What an event did, as a sentence. */
function sayWhat({ type, what, count }: Happened): string {
  if (type === "forget") return practice.history.forgot(count);
  return what.charAt(0).toUpperCase() + what.slice(1);
}

function Told(
  { event, undo }: {
    readonly event: Happened;
    /** What took it back, where that is on the page. */
    readonly undo: Happened | undefined;
  },
) {
  const says = practice.history;
  const { type, at, by, why, undoneBy, undoes } = event;
  const what = sayWhat(event);
  return (
    <div class="event">
      <p class="quiet">
        <time dateTime={at}>{sayTime(at)}</time> · <strong>{by}</strong> ·{" "}
        <span class="type" data-type={type}>{says.types[type]}</span>
      </p>
      <p class="what">{undoneBy ? <del>{what}</del> : what}</p>
      {why && <p class="quiet">{says.why}{why}</p>}
      {undoneBy && (
        <p class="quiet">
          <a href={`#/history/${undoneBy}`}>{undo ? says.undoneBy(undo.by) : says.undone}</a>
        </p>
      )}
      {undoes && (
        <p class="quiet">
          <a href={`#/history/${undoes}`}>{says.undoes}</a>
        </p>
      )}
    </div>
  );
}

function WhyForm(
  { onUndo, onCancel, children }: {
    onUndo(why: string): Promise<void>;
    onCancel(): void;
    /** What went wrong. */
    readonly children?: Child;
  },
) {
  const says = practice.history;
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      class="why"
      noValidate
      onSubmit={async (event: Event) => {
        event.preventDefault();
        setBusy(true);
        await onUndo(field.current?.value.trim() ?? "");
        setBusy(false);
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <label for="why">{says.whyLabel}</label>
      <div class="line">
        <input id="why" type="text" maxLength={500} autocomplete="off" ref={field} />
        <button type="submit" class="button" disabled={busy}>{says.confirm}</button>
        <button type="button" class="button plain" onClick={onCancel}>{says.cancel}</button>
      </div>
      {children}
    </form>
  );
}
