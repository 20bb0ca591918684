/**
 * The way of an answer, station by station: memory's four questions, the rules, the network.
 *
 * @module
 */
import type { Answer, Evidence, RecalledBy } from "../../functions/core/answer_type.ts";
import { strings } from "../strings.ts";
import { ownEvidence } from "../words.ts";

/** A station on the way to the answer. */
export interface Step {
  readonly id: "bytes" | "copy" | "face" | "look" | "rule" | "network";
  readonly title: string;
  /** `passed` found nothing, `answered` gave the answer, `skipped` was not needed. */
  readonly state: "waiting" | "passed" | "answered" | "skipped";
  /** The state in words; empty while waiting. */
  readonly says: string;
}

/** The part of an answer that tells its way. */
export type Routed =
  & Pick<Answer, "label" | "route" | "certainty" | "evidence">
  & Partial<Pick<Answer, "rule" | "subjects" | "timings">>;

const STATIONS: Readonly<Record<RecalledBy, Step["id"]>> = {
  bytes: "bytes",
  copy: "copy",
  look: "look",
  face: "face",
};

/** The way that answers take, before there is one. */
export function sayRouteAhead(): readonly Step[] {
  const { steps } = strings.route;
  return (Object.keys(steps) as Step["id"][])
    .map((id) => ({ id, title: steps[id], state: "waiting", says: "" }));
}

/** The memory that decided, where one did. */
export function decidingEvidence(
  { label, route, evidence }: Pick<Routed, "label" | "route" | "evidence">,
): Evidence | undefined {
  return route === "memory" ? ownEvidence(label, evidence)[0] : undefined;
}

/** The way that an answer took, station by station. */
export function sayRoute(answer: Routed): readonly Step[] {
  const { steps } = strings.route;
  const recalled = decidingEvidence(answer);
  const end = recalled ? STATIONS[recalled.by] : answer.route === "rule" ? "rule" : "network";
  const ids = Object.keys(steps) as Step["id"][];
  const last = ids.indexOf(end);
  return ids.map((id, i): Step => {
    const title = steps[id];
    if (i === last) return { id, title, state: "answered", says: sayEnd(answer) };
    const state = i < last || isAskedToo(id, answer) ? "passed" : "skipped";
    return { id, title, state, says: i < last ? sayBefore(id, answer) : sayBeyond(id, answer) };
  });
}

/** Unsure of a memory, the answer also says what the rules and the network make of it. */
function isAskedToo(id: Step["id"], { certainty }: Routed): boolean {
  return certainty === "perhaps" && (id === "rule" || id === "network");
}

function sayEnd(answer: Routed): string {
  const { found, states } = strings.route;
  if (decidingEvidence(answer)) return answer.certainty === "is" ? found.is : found.perhaps;
  return answer.route === "none" ? states.unsure : states.answered;
}

function sayBefore(id: Step["id"], { evidence, subjects = [], rule }: Routed): string {
  const { states } = strings.route;
  if (id === "rule") return rule ? states.person : states.none;
  // Somebody who is known can stand beside what the answer is about.
  if (evidence.some(({ by }) => STATIONS[by] === id)) return states.besides;
  const strangers = subjects.some(({ kind, label }) => kind === "person" && label === null);
  return id === "face" && strangers ? states.stranger : states.passed;
}

function sayBeyond(id: Step["id"], answer: Routed): string {
  const { states } = strings.route;
  if (!isAskedToo(id, answer)) return states.skipped;
  return id === "network" ? states.doubted : answer.rule ? states.person : states.none;
}

/** That the network was passed by, and how; undefined where it was not. */
export function sayShortcut(answer: Routed): string | undefined {
  const { shortcut } = strings.route;
  if (answer.route === "rule") return shortcut.rule;
  const recalled = decidingEvidence(answer);
  if (!recalled || answer.certainty !== "is") return undefined;
  return recalled.by === "bytes" ? shortcut.bytes : shortcut.memory;
}
