/**
 * Review: one answer at a time, large, each answered with one key.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "hono/jsx/dom";
import type { PracticeProps } from "../frame.tsx";
import { ItemPhoto } from "./item_photo.tsx";
import { sayItem } from "./item_words.ts";
import { knownLabels } from "./known_labels.ts";
import { createPracticeClient } from "./practice_client.ts";
import { sayDetail } from "./practice_problem.ts";
import { practice } from "./practice_strings.ts";
import type { ReviewItem, Verdict } from "./practice_types.ts";
import { createReviewDesk, type Desk } from "./review_desk.ts";
import { ReviewKeys, type Stroke, strokeOf } from "./review_keys.tsx";
import { actorOf, keepActor } from "../actor.ts";
import { Signature } from "./signature.tsx";
import { percent } from "../words.ts";

const SINGLE_KEYS = "xolo.single-keys";

/** The view "Review". */
export function ReviewView({ session, keep, lasting }: PracticeProps) {
  const says = practice.review;
  const [actor, setActor] = useState(actorOf(lasting));
  if (actor === undefined) {
    return (
      <>
        <p class="quiet">{says.about}</p>
        <Signature
          isFirst
          name={undefined}
          onName={(name) => {
            keepActor(lasting, name);
            setActor(name);
          }}
        />
      </>
    );
  }
  return (
    <Reviewing
      session={session}
      keep={keep}
      lasting={lasting}
      actor={actor}
      onActor={(name) => {
        keepActor(lasting, name);
        setActor(name);
      }}
    />
  );
}

function Reviewing(
  { session, keep, lasting, actor, onActor }: Omit<PracticeProps, "part"> & {
    readonly actor: string;
    onActor(name: string): void;
  },
) {
  const says = practice.review;
  const [, setTurn] = useState(0);
  const [isTyping, setTyping] = useState(false);
  const [isType, setType] = useState(false);
  const [isHelp, setHelp] = useState(false);
  const [hasKeys, setKeys] = useState(lasting.get(SINGLE_KEYS) !== "off");
  const [labels, setLabels] = useState<readonly string[]>([]);
  const card = useRef<HTMLElement>(null);
  const desk = useMemo(() => {
    const client = createPracticeClient(session.access);
    return createReviewDesk({ client, keep, onChange: () => setTurn((turn) => turn + 1) });
  }, [session]);

  useEffect(() => {
    void desk.open();
    knownLabels(session.client).then(setLabels, () => {/* any can be typed */});
    return () => desk.close();
  }, [desk]);

  const now = desk.read();
  const { item } = now;

  function answer(verdict: Verdict, what: string): void {
    setType(false);
    setTyping(false);
    desk.answer(verdict, what);
  }

  function say(label: string): void {
    const scope = isType ? { scope: "type" as const } : {};
    answer({ label, ...scope }, isType ? says.did.type(label) : says.did.label(label));
  }

  function act(stroke: Stroke): void {
    if ("action" in stroke && stroke.action === "help") return setHelp(true);
    if ("action" in stroke && stroke.action === "undo") {
      setTyping(false);
      return void desk.undo();
    }
    if (!item || now.isUndoing) return;
    if ("suggestion" in stroke) {
      const label = item.suggestions[stroke.suggestion]?.label;
      if (label !== undefined) return say(label);
      // Without a suggestion Enter asks for a label.
      if (stroke.suggestion === 0) setTyping(true);
      return;
    }
    switch (stroke.action) {
      case "not": {
        const { label } = item.answer;
        if (label === null) desk.tell({ is: "failed", says: says.nothingToDeny });
        else answer({ not: true }, says.did.not(label));
        break;
      }
      case "other":
        setTyping(true);
        break;
      case "type":
        if (item.kind === "person") desk.tell({ is: "failed", says: says.typePerson });
        else setType(!isType);
        break;
      case "skip":
        answer({ skip: true }, says.did.skip);
        break;
      case "subject":
        answer({ subject: false }, says.did.subject);
        break;
    }
  }

  // The newest, since the listener stays the same.
  const latest = useRef(act);
  latest.current = act;
  // With the field open a key is a letter, wherever the focus has gone.
  const isListening = useRef(true);
  isListening.current = !isTyping && !isHelp;
  useEffect(() => {
    if (!hasKeys) return;
    const press = (event: KeyboardEvent) => {
      const stroke = strokeOf(event);
      if (!stroke || !isListening.current) return;
      event.preventDefault();
      latest.current?.(stroke);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [hasKeys]);

  function leaveField(): void {
    setTyping(false);
    card.current?.focus();
  }

  return (
    <>
      <Stats desk={now} />
      <section class="card review" aria-label={says.card} tabIndex={-1} ref={card}>
        {item
          ? (
            <>
              <ItemPhoto key={item.id} item={item} photoOf={desk.photo} />
              <div class="judging">
                <Told item={item} />
                <Suggestions item={item} isType={isType} onSay={say} />
                {isTyping
                  ? (
                    <LabelField
                      known={labels}
                      onSend={(label) => {
                        say(label);
                        leaveField();
                      }}
                      onClose={leaveField}
                    />
                  )
                  : <Actions item={item} isType={isType} onAct={act} />}
              </div>
            </>
          )
          : <Empty desk={now} onLook={() => void desk.look()} />}
        <div class="bottom-line">
          <p class={now.note?.is === "failed" ? "failed" : "done"} aria-live="polite">
            {now.note?.says}
            {item && <span class="unseen">{says.next(sayItem(item).headline.join(""))}</span>}
          </p>
          <button
            type="button"
            class="button plain small"
            aria-keyshortcuts="u"
            onClick={() => act({ action: "undo" })}
          >
            <span>{says.undo}</span> <kbd>u</kbd>
          </button>
          <button
            type="button"
            class="button plain small"
            aria-keyshortcuts="?"
            onClick={() => setHelp(true)}
          >
            <span>{says.help}</span> <kbd>?</kbd>
          </button>
        </div>
      </section>
      <Signature name={actor} onName={onActor} />
      {isHelp && (
        <ReviewKeys
          isOn={hasKeys}
          onSwitch={(on) => {
            lasting.set(SINGLE_KEYS, on ? "on" : "off");
            setKeys(on);
          }}
          onClose={() => setHelp(false)}
        />
      )}
    </>
  );
}

/** How far the session has come. */
function Stats({ desk: { answered, pace, open } }: { readonly desk: Desk }) {
  const says = practice.review;
  const figures: readonly [string, string][] = [
    [says.answered, String(answered)],
    [says.pace, pace === undefined ? "–" : String(Math.round(pace))],
    [says.open, open === undefined ? "–" : String(open)],
  ];
  return (
    <ul class="figures" aria-label={says.stats}>
      {figures.map(([name, figure]) => (
        <li key={name}>
          <strong>{figure}</strong> <span class="quiet">{name}</span>
        </li>
      ))}
    </ul>
  );
}

/** What was answered, and why it is here. */
function Told({ item }: { readonly item: ReviewItem }) {
  const says = practice.review;
  const { headline: [before, strong, after], more } = sayItem(item);
  return (
    <div class="told">
      <p class="reason" data-reason={item.reason}>{says.reasons[item.reason]}</p>
      <p class="headline">
        {before}
        <strong>{strong}</strong>
        {after}
      </p>
      {more.map((sentence) => <p key={sentence}>{sentence}</p>)}
      <p class="quiet">
        {sayDetail(item.says)} {says.seen(item.seen)}
      </p>
    </div>
  );
}

function Suggestions(
  { item: { suggestions }, isType, onSay }: {
    readonly item: ReviewItem;
    readonly isType: boolean;
    onSay(label: string): void;
  },
) {
  const says = practice.review;
  return (
    <div>
      <h3 id="suggestions-heading">
        {says.suggestions}
        {isType && <span class="quiet">{says.typeHint}</span>}
      </h3>
      {suggestions.length === 0 && <p class="quiet">{says.noSuggestions}</p>}
      <ol class="suggestions" aria-labelledby="suggestions-heading">
        {suggestions.slice(0, 9).map(({ label, confidence }, i) => (
          // By place: the button that has the focus stays for the next item.
          <li key={i}>
            <button
              type="button"
              class={i === 0 ? "button" : "button plain"}
              aria-keyshortcuts={i === 0 ? "Enter 1" : String(i + 1)}
              onClick={() => onSay(label)}
            >
              <kbd>{i + 1}</kbd> <span>{label}</span> <small>{percent(confidence)}</small>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Actions(
  { item, isType, onAct }: {
    readonly item: ReviewItem;
    readonly isType: boolean;
    onAct(stroke: Stroke): void;
  },
) {
  const says = practice.review;
  const { label } = item.answer;
  const actions = [
    ["n", "not", label === null ? says.notAnything : says.not(label)],
    ["l", "other", says.other],
    ["t", "type", says.type],
    ["s", "skip", says.skip],
    ["x", "subject", says.subject],
  ] as const;
  return (
    <ul class="actions" aria-label={says.actions}>
      {actions.map(([key, action, name]) => (
        <li key={key}>
          <button
            type="button"
            class="button plain small"
            aria-keyshortcuts={key}
            aria-pressed={action === "type" ? (isType ? "true" : "false") : undefined}
            onClick={() => onAct({ action })}
          >
            <kbd>{key}</kbd> <span>{name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function LabelField(
  { known, onSend, onClose }: {
    readonly known: readonly string[];
    onSend(label: string): void;
    onClose(): void;
  },
) {
  const says = practice.review;
  const field = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState("");
  // Before the next key: who types fast types into the field.
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      class="label-field"
      noValidate
      onSubmit={(event: Event) => {
        event.preventDefault();
        const label = field.current?.value.trim() ?? "";
        if (label === "") setWrong(says.labelless);
        else onSend(label);
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        onClose();
      }}
    >
      <label for="review-label">{says.label}</label>
      <div class="line">
        <input
          id="review-label"
          type="text"
          list="known-labels"
          maxLength={200}
          autocomplete="off"
          ref={field}
        />
        <button type="submit" class="button">{says.send}</button>
        <button type="button" class="button plain" onClick={onClose}>{says.close}</button>
      </div>
      <datalist id="known-labels">
        {known.map((label) => <option key={label} value={label} />)}
      </datalist>
      <p class="failed" role="alert">{wrong}</p>
    </form>
  );
}

function Empty({ desk: { isLooking, skipped }, onLook }: { readonly desk: Desk; onLook(): void }) {
  const says = practice.review;
  if (isLooking) return <p class="quiet nothing">{says.looking}</p>;
  return (
    <div class="nothing">
      <p class="headline">{skipped > 0 ? says.skippedOnly(skipped) : says.empty}</p>
      {skipped === 0 && <p class="quiet">{says.emptyHint}</p>}
      <button type="button" class="button" onClick={onLook}>
        {skipped > 0 ? says.again : says.look}
      </button>
    </div>
  );
}
