/**
 * Writes a rule, field by field or as JSON, and tries it before it may be saved.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { useLayoutEffect, useRef, useState } from "hono/jsx/dom";
import { FIELDS, testsOf } from "../../functions/core/rules/fields.ts";
import type { RuleText } from "../../functions/core/rules/rule.ts";
import { sayPracticeProblem } from "./practice_problem.ts";
import { practice } from "./practice_strings.ts";
import type { RuleTrial } from "./practice_types.ts";
import {
  type Draft,
  DraftError,
  draftOf,
  fieldOfRow,
  HIGHEST_PRIORITY,
  jsonOf,
  NEW_DRAFT,
  NEW_ROW,
  OWN,
  readJson,
  type Row,
  ruleOf,
  typeOfRow,
  type ValueType,
} from "./rule_form.ts";
import { RuleTrialView } from "./rule_trial.tsx";

/** What the editor is given. */
export interface RuleEditorProps {
  /** The rule to change; undefined for a new one. */
  readonly rule: RuleText | undefined;
  readonly labels: readonly string[];
  /** Names the rules that a problem speaks of. */
  nameOf(id: string): string | undefined;
  onTry(rule: RuleText): Promise<RuleTrial>;
  onSave(rule: RuleText): Promise<void>;
  onCancel(): void;
}

/** What is written: in the form as long as it can show it, and always as text. */
interface Written {
  readonly draft: Draft;
  /** Whether the form shows what the text says. */
  readonly isInForm: boolean;
  readonly text: string;
}

function begin(rule: RuleText | undefined): Written {
  if (!rule) return { draft: NEW_DRAFT, isInForm: true, text: "" };
  const draft = draftOf(rule);
  return { draft: draft ?? NEW_DRAFT, isInForm: draft !== undefined, text: jsonOf(rule) };
}

/** The rule that is written, or why there is none. */
function read({ draft, isInForm, text }: Written): RuleText | DraftError {
  try {
    return isInForm ? ruleOf(draft) : readJson(text);
  } catch (error) {
    if (error instanceof DraftError) return error;
    throw error;
  }
}

/** The form, the same rule as JSON, and its dry run. */
export function RuleEditor(
  { rule: old, labels, nameOf, onTry, onSave, onCancel }: RuleEditorProps,
) {
  const says = practice.rules.form;
  const [written, setWritten] = useState(() => begin(old));
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<{ key: string; trial: RuleTrial } | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { draft, isInForm, text } = written;
  const rule = read(written);
  const key = rule instanceof DraftError ? undefined : JSON.stringify(rule);
  const isTried = tried !== undefined && tried.key === key;

  useLayoutEffect(() => heading.current?.focus(), []);

  function fill(changes: Partial<Draft>): void {
    const next = { draft: { ...draft, ...changes }, isInForm: true, text };
    const made = read(next);
    setWrong("");
    setWritten(made instanceof DraftError ? next : { ...next, text: jsonOf(made) });
  }

  function fillRow(at: number, changes: Partial<Row>): void {
    fill({ rows: draft.rows.map((row, i) => (i === at ? fitting({ ...row, ...changes }) : row)) });
  }

  function type(typed: string): void {
    setWrong("");
    const made = read({ draft, isInForm: false, text: typed });
    const shown = made instanceof DraftError ? undefined : draftOf(made);
    setWritten({ draft: shown ?? draft, isInForm: shown !== undefined, text: typed });
  }

  async function attempt(work: (rule: RuleText, key: string) => Promise<void>): Promise<void> {
    if (rule instanceof DraftError) return setWrong(rule.message);
    setBusy(true);
    setWrong("");
    try {
      await work(rule, key!);
    } catch (error) {
      setWrong(sayPracticeProblem(error));
    }
    setBusy(false);
  }

  const dryRun = () => attempt(async (rule, key) => setTried({ key, trial: await onTry(rule) }));

  return (
    <form
      class="card rule-form"
      noValidate
      aria-labelledby="rule-form-heading"
      onSubmit={(event: Event) => {
        event.preventDefault();
        void dryRun();
      }}
    >
      <h3 id="rule-form-heading" tabIndex={-1} ref={heading}>{old ? says.edit : says.new}</h3>
      <fieldset class="fields" disabled={!isInForm}>
        <Fields draft={draft} onFill={fill} onFillRow={fillRow} />
      </fieldset>
      <p class="quiet" role="status">
        {!isInForm && (rule instanceof DraftError ? rule.message : says.jsonOnly)}
      </p>
      <details open={!begin(old).isInForm}>
        <summary>{says.json}</summary>
        <label for="rule-json" class="quiet">{says.jsonHint}</label>
        <textarea
          id="rule-json"
          rows={9}
          spellcheck={false}
          autocomplete="off"
          value={text}
          onInput={(event: Event) => type((event.target as HTMLTextAreaElement).value)}
        />
      </details>
      <p class="failed" role="alert">{wrong}</p>
      <div class="line">
        <button type="submit" class={isTried ? "button plain" : "button"} disabled={busy}>
          {busy && !isTried ? says.trying : says.try}
        </button>
        <button
          type="button"
          class="button"
          disabled={busy || !isTried}
          aria-describedby="save-hint"
          onClick={() => void attempt(onSave)}
        >
          {says.save}
        </button>
        <button type="button" class="button plain" onClick={onCancel}>{says.cancel}</button>
        <span id="save-hint" class="quiet">{isTried ? says.tried : says.first}</span>
      </div>
      <div aria-live="polite">
        {isTried && <RuleTrialView trial={tried.trial} nameOf={nameOf} />}
      </div>
      <datalist id="rule-labels">
        {labels.map((label) => <option key={label} value={label} />)}
      </datalist>
    </form>
  );
}

/** A row whose comparison and value suit its field. */
function fitting(row: Row): Row {
  const field = fieldOfRow(row);
  const tests = testsOf(field);
  const test = tests.includes(row.test) ? row.test : tests[0]!;
  const fits = { ...row, test };
  const type = typeOfRow(fits);
  const isOne = test !== "in";
  if (type === "flag" && isOne && !["yes", "no"].includes(row.value)) {
    return { ...fits, value: "yes" };
  }
  if (field.type === "choice" && isOne && test !== "exists") {
    return field.choices.includes(row.value) ? fits : { ...fits, value: field.choices[0]! };
  }
  return fits;
}

function Fields(
  { draft, onFill, onFillRow }: {
    readonly draft: Draft;
    onFill(changes: Partial<Draft>): void;
    onFillRow(at: number, changes: Partial<Row>): void;
  },
) {
  const says = practice.rules.form;
  const { rows, then, label, priority, enabled, note } = draft;
  return (
    <>
      <fieldset>
        <legend>{says.when}</legend>
        <ol class="conditions">
          {rows.map((row, i) => (
            <li key={i}>
              <Condition row={row} at={i} onFill={(changes) => onFillRow(i, changes)} />
              <button
                type="button"
                class="button plain small"
                disabled={rows.length === 1}
                aria-label={says.remove(i + 1)}
                onClick={() => onFill({ rows: rows.filter((_, k) => k !== i) })}
              >
                ×
              </button>
            </li>
          ))}
        </ol>
        <button
          type="button"
          class="button plain small"
          onClick={() => onFill({ rows: [...rows, NEW_ROW] })}
        >
          {says.add}
        </button>
      </fieldset>
      <fieldset>
        <legend>{says.then}</legend>
        <div class="line">
          {(["label", "not", "review"] as const).map((kind) => (
            <label key={kind} class="choice">
              <input
                type="radio"
                name="then"
                value={kind}
                checked={then === kind}
                onChange={() => onFill({ then: kind })}
              />{" "}
              {says.thens[kind]}
            </label>
          ))}
        </div>
        {then !== "review" && (
          <Labelled name={says.label} id="rule-label">
            <input
              id="rule-label"
              type="text"
              list="rule-labels"
              maxLength={200}
              autocomplete="off"
              value={label}
              onInput={(event: Event) => onFill({ label: valueOf(event) })}
            />
          </Labelled>
        )}
      </fieldset>
      <div class="rule-rest">
        <Labelled name={says.priority} id="rule-priority" hint={says.priorityHint}>
          <input
            id="rule-priority"
            type="number"
            min={-HIGHEST_PRIORITY}
            max={HIGHEST_PRIORITY}
            step={1}
            value={priority}
            onInput={(event: Event) => onFill({ priority: valueOf(event) })}
          />
        </Labelled>
        <Labelled name={says.note} id="rule-note">
          <input
            id="rule-note"
            type="text"
            maxLength={500}
            autocomplete="off"
            value={note}
            onInput={(event: Event) => onFill({ note: valueOf(event) })}
          />
        </Labelled>
        <label class="choice">
          <input
            type="checkbox"
            checked={enabled}
            onChange={(event: Event) =>
              onFill({ enabled: (event.target as HTMLInputElement).checked })}
          />{" "}
          {says.on}
        </label>
      </div>
    </>
  );
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

function Labelled(
  { name, id, hint, children }: {
    readonly name: string;
    readonly id: string;
    readonly hint?: string;
    readonly children?: Child;
  },
) {
  return (
    <div class="labelled">
      <label for={id}>{name}</label>
      {children}
      {hint && <small>{hint}</small>}
    </div>
  );
}

/** Field, comparison, value. */
function Condition(
  { row, at, onFill }: {
    readonly row: Row;
    readonly at: number;
    onFill(changes: Partial<Row>): void;
  },
) {
  const { form, fields, tests } = practice.rules;
  const field = fieldOfRow(row);
  const id = (part: string) => `condition-${at}-${part}`;
  return (
    <fieldset class="condition">
      <legend class="unseen">{form.condition(at + 1)}</legend>
      <Labelled name={form.field} id={id("field")}>
        <select
          id={id("field")}
          value={row.field}
          onChange={(event: Event) => onFill({ field: valueOf(event) })}
        >
          {[...FIELDS.keys(), OWN].map((name) => (
            <option key={name} value={name}>{fields[name]}</option>
          ))}
        </select>
      </Labelled>
      {row.field === OWN && (
        <>
          <Labelled name={form.name} id={id("name")}>
            <input
              id={id("name")}
              type="text"
              maxLength={100}
              autocomplete="off"
              placeholder={form.namePlaceholder}
              value={row.name}
              onInput={(event: Event) => onFill({ name: valueOf(event) })}
            />
          </Labelled>
          {row.test !== "exists" && (
            <Labelled name={form.type} id={id("type")}>
              <select
                id={id("type")}
                value={row.type}
                onChange={(event: Event) => onFill({ type: valueOf(event) as ValueType })}
              >
                {(["text", "number", "flag"] as const).map((type) => (
                  <option key={type} value={type}>{form.types[type]}</option>
                ))}
              </select>
            </Labelled>
          )}
        </>
      )}
      <Labelled name={form.test} id={id("test")}>
        <select
          id={id("test")}
          value={row.test}
          onChange={(event: Event) => onFill({ test: valueOf(event) as Row["test"] })}
        >
          {testsOf(field).map((test) => <option key={test} value={test}>{tests[test]}</option>)}
        </select>
      </Labelled>
      <Labelled
        name={form.value}
        id={id("value")}
        {...(row.test === "in" ? { hint: form.several } : {})}
      >
        <Value row={row} id={id("value")} onValue={(value) => onFill({ value })} />
      </Labelled>
    </fieldset>
  );
}

function Value(
  { row, id, onValue }: {
    readonly row: Row;
    readonly id: string;
    onValue(value: string): void;
  },
) {
  const { form } = practice.rules;
  const field = fieldOfRow(row);
  const type = typeOfRow(row);
  const choices: readonly (readonly [value: string, name: string])[] = row.test === "in"
    ? []
    : type === "flag"
    ? [["yes", form.yes], ["no", form.no]]
    : field.type === "choice"
    ? field.choices.map((choice) => [choice, choice] as const)
    : [];
  const change = (event: Event) => onValue(valueOf(event));
  if (choices.length > 0) {
    return (
      <select key="choice" id={id} value={row.value} onChange={change}>
        {choices.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
      </select>
    );
  }
  const isLabel = field.type === "label" || field.type === "words";
  return (
    <input
      key="text"
      id={id}
      type="text"
      inputMode={type === "number" && row.test !== "in" ? "decimal" : "text"}
      maxLength={500}
      autocomplete="off"
      list={isLabel && row.test !== "in" ? "rule-labels" : undefined}
      value={row.value}
      onInput={change}
    />
  );
}
