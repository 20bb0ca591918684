/**
 * Rules: what people wrote, how it does, and a form to write more.
 *
 * @module
 */
import { useEffect, useMemo, useRef, useState } from "hono/jsx/dom";
import type { RuleText } from "../../functions/core/rules/rule.ts";
import { ConfirmDialog } from "../confirm_dialog.tsx";
import type { PracticeProps } from "../frame.tsx";
import { knownLabels } from "./known_labels.ts";
import { createPracticeClient } from "./practice_client.ts";
import { sayPracticeProblem } from "./practice_problem.ts";
import { practice } from "./practice_strings.ts";
import type { RuleRecord } from "./practice_types.ts";
import { PrecisionBar } from "./precision_bar.tsx";
import { RuleEditor } from "./rule_editor.tsx";
import { type NameOf, sayRuleProblem } from "./rule_trial.tsx";
import { actorOf, keepActor } from "../actor.ts";
import { Signature } from "./signature.tsx";
import { sayTime } from "../words.ts";

/** The part of a rule that is written. */
function textOf({ when, then, priority, enabled, note }: RuleRecord): RuleText {
  return { when: when as RuleText["when"], then, priority, enabled, note };
}

/** The order of asking: the highest priority first, among equals the oldest. */
function byRank(a: RuleRecord, b: RuleRecord): number {
  return b.priority - a.priority || (a.id < b.id ? -1 : 1);
}

/** The view "Rules". */
export function RulesView({ session, lasting }: PracticeProps) {
  const says = practice.rules;
  const [rules, setRules] = useState<readonly RuleRecord[] | undefined>(undefined);
  const [floor, setFloor] = useState(0);
  const [labels, setLabels] = useState<readonly string[]>([]);
  const [editing, setEditing] = useState<RuleRecord | "new" | undefined>(undefined);
  const [doomed, setDoomed] = useState<RuleRecord | undefined>(undefined);
  const [done, setDone] = useState("");
  const [wrong, setWrong] = useState("");
  const [actor, setActor] = useState(actorOf(lasting));
  const write = useRef<HTMLButtonElement>(null);
  const client = useMemo(() => createPracticeClient(session.access), [session]);

  async function refresh(): Promise<void> {
    setRules((await client.rules()).toSorted(byRank));
  }

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
      const [, { floor }] = await Promise.all([refresh(), client.quality()]);
      setFloor(floor);
    });
    knownLabels(session.client).then(setLabels, () => {/* any can be typed */});
  }, [client]);

  // Whoever is done with the form goes on at the button that stands in its place.
  const wasEditing = useRef(false);
  useEffect(() => {
    if (editing === undefined && wasEditing.current) write.current?.focus();
    wasEditing.current = editing !== undefined;
  }, [editing]);

  function finish(): void {
    setEditing(undefined);
  }

  const nameOf: NameOf = (id) => rules?.find((rule) => rule.id === id)?.reads;
  return (
    <>
      <p class="quiet">{says.about}</p>
      {editing === undefined
        ? (
          <div class="line">
            <button type="button" class="button" ref={write} onClick={() => setEditing("new")}>
              {says.write}
            </button>
          </div>
        )
        : (
          <RuleEditor
            key={editing === "new" ? "new" : editing.id}
            rule={editing === "new" ? undefined : textOf(editing)}
            labels={labels}
            nameOf={(id) => editing !== "new" && id === editing.id ? undefined : nameOf(id)}
            onTry={(rule) => client.tryRule(rule, editing === "new" ? undefined : editing.id)}
            onSave={async (rule) => {
              await client.writeRule(rule, editing === "new" ? undefined : editing.id);
              await refresh();
              setDone(says.saved);
              finish();
            }}
            onCancel={finish}
          />
        )}
      <p class="done" aria-live="polite">{done}</p>
      <p class="failed" role="alert">{wrong}</p>
      {rules === undefined
        ? !wrong && <p class="quiet loading" role="status">{says.loading}</p>
        : rules.length === 0
        ? <p class="quiet">{says.none}</p>
        : (
          <RuleTable
            rules={rules}
            floor={floor}
            nameOf={nameOf}
            onEdit={(rule) => {
              setDone("");
              setEditing(rule);
            }}
            onDrop={setDoomed}
            onSwitch={(rule, enabled) =>
              attempt(async () => {
                await client.writeRule({ ...textOf(rule), enabled }, rule.id);
                await refresh();
                setDone(says.switched(enabled));
              })}
          />
        )}
      <Signature
        name={actor}
        onName={(name) => {
          keepActor(lasting, name);
          setActor(name);
        }}
      />
      {doomed && (
        <ConfirmDialog
          title={says.confirmDrop}
          text={says.confirmText(doomed.reads)}
          cancel={says.confirmNo}
          confirm={says.confirmYes}
          onCancel={() => setDoomed(undefined)}
          onConfirm={() => {
            setDoomed(undefined);
            void attempt(async () => {
              await client.dropRule(doomed.id);
              await refresh();
              setDone(says.dropped);
            });
          }}
        />
      )}
    </>
  );
}

function RuleTable(
  { rules, floor, nameOf, onEdit, onDrop, onSwitch }: {
    readonly rules: readonly RuleRecord[];
    readonly floor: number;
    readonly nameOf: NameOf;
    onEdit(rule: RuleRecord): void;
    onDrop(rule: RuleRecord): void;
    onSwitch(rule: RuleRecord, on: boolean): void;
  },
) {
  const says = practice.rules;
  const { columns } = says;
  return (
    // The roles stay when the narrow page lays the rows out as cards.
    <table role="table" class="records">
      <caption>{says.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {Object.values(columns).map((name) => (
            <th key={name} role="columnheader" scope="col">{name}</th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rules.map((rule) => (
          <tr key={rule.id} role="row" data-off={String(!rule.enabled)}>
            <th role="rowheader" scope="row">
              {rule.reads}
              {rule.note && <p class="quiet">{rule.note}</p>}
              {rule.problems.map((problem, i) => (
                <p key={i} class="failed">{sayRuleProblem(problem, nameOf)}</p>
              ))}
            </th>
            <td role="cell" data-column={columns.priority}>{rule.priority}</td>
            <td role="cell" data-column={columns.hits}>
              {says.hits(rule.hits)}{" "}
              <small>
                {rule.lastHitAt ? says.lastHit(sayTime(rule.lastHitAt)) : says.never}
              </small>
            </td>
            <td role="cell" data-column={columns.precision}>
              <PrecisionBar
                precision={rule.judged.n === 0 ? null : rule.judged.right / rule.judged.n}
                lower={rule.judged.lower}
                upper={rule.judged.upper}
                floor={floor}
              />
            </td>
            <td role="cell" data-column={columns.state}>
              <span class="state" data-state={rule.judged.state}>
                {practice.states[rule.judged.state]}
              </span>
            </td>
            <td role="cell" data-column={columns.on}>
              <input
                type="checkbox"
                role="switch"
                class="switch"
                aria-label={says.switch(rule.reads)}
                checked={rule.enabled}
                onChange={(event: Event) => {
                  // It moves when the server has agreed.
                  (event.target as HTMLInputElement).checked = rule.enabled;
                  onSwitch(rule, !rule.enabled);
                }}
              />
            </td>
            <td role="cell" class="line">
              <button
                type="button"
                class="button plain small"
                aria-label={says.editOne(rule.reads)}
                onClick={() => onEdit(rule)}
              >
                {says.edit}
              </button>
              <button
                type="button"
                class="button plain small"
                aria-label={says.dropOne(rule.reads)}
                onClick={() => onDrop(rule)}
              >
                {says.drop}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
