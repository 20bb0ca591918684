/**
 * The part of the API that only the views for practice call: review, rules, quality, history.
 *
 * @module
 */
import { hc } from "hono/client";
import type { App } from "../../functions/app.ts";
import type { RuleText } from "../../functions/core/rules/rule.ts";
import { type Access, createCall, DEFAULT_SPACE, headersOf } from "../call.ts";
import type {
  EventPage,
  Happened,
  Leased,
  Quality,
  Reviewed,
  ReviewItem,
  RuleRecord,
  RuleTrial,
  Verdict,
} from "./practice_types.ts";

/** What the views for practice ask of the server. All reject with an `ApiError`. */
export interface PracticeClient {
  /** How many items wait. */
  waiting(): Promise<number>;
  /** Takes at most `limit` items in hand. */
  lease(limit: number): Promise<Leased>;
  item(id: string): Promise<ReviewItem>;
  /** The thumbnail of an item that has one. */
  itemPhoto(id: string): Promise<Blob>;
  answer(id: string, verdict: Verdict, lease: string | undefined): Promise<Reviewed>;
  rules(): Promise<readonly RuleRecord[]>;
  /** Tries a rule, in the place of the one of that id if any. */
  tryRule(rule: RuleText, id?: string): Promise<RuleTrial>;
  /** Writes a rule, over the one of that id if any. */
  writeRule(rule: RuleText, id?: string): Promise<RuleRecord>;
  dropRule(id: string): Promise<void>;
  quality(): Promise<Quality>;
  /** Sets which share of sure answers is drawn for review, 0 to 1. */
  sample(rate: number): Promise<Quality>;
  events(cursor?: string): Promise<EventPage>;
  undo(event: string, why?: string): Promise<Happened>;
}

/** How long an item is in one's hands, in minutes. */
const MINUTES = 10;

/** Makes a client. */
export function createPracticeClient(access: Access): PracticeClient {
  const { origin, space = DEFAULT_SPACE } = access;
  const query = { space };
  const { review, rules, quality, events, undo } = hc<App>(origin, {
    headers: () => headersOf(access),
    fetch: createCall(access),
  });

  return {
    async waiting() {
      return (await read<Waiting>(review.$get({ query: { ...query, limit: "1" } }))).open;
    },
    lease: (limit) => read(review.leases.$post({ query, json: { limit, minutes: MINUTES } })),
    item: (id) => read(review[":id"].$get({ param: { id }, query })),
    async itemPhoto(id) {
      return await (await review[":id"].photo.$get({ param: { id }, query })).blob();
    },
    answer: (id, verdict, lease) =>
      read(review[":id"].$post({ param: { id }, query, json: { ...verdict, lease } })),
    async rules() {
      return (await read<{ rules: readonly RuleRecord[] }>(rules.$get({ query }))).rules;
    },
    tryRule: (rule, id) => read(rules["dry-run"].$post({ query, json: { rule: sent(rule), id } })),
    writeRule: (rule, id) =>
      id === undefined
        ? read(rules.$post({ query, json: sent(rule) }))
        : read(rules[":id"].$put({ param: { id }, query, json: sent(rule) })),
    async dropRule(id) {
      await rules[":id"].$delete({ param: { id }, query });
    },
    quality: () => read(quality.$get({ query })),
    sample: (sampleRate) => read(quality.$patch({ query, json: { sampleRate } })),
    events: (cursor) => read(events.$get({ query: { ...query, cursor } })),
    undo: (event, why) => read(undo.$post({ query, json: { event, why: why || undefined } })),
  };
}

interface Waiting {
  readonly open: number;
}

/** What a reply holds; refusals were thrown before it is read. */
async function read<T>(reply: Promise<{ json(): Promise<unknown> }>): Promise<T> {
  return await (await reply).json() as T;
}

/** A rule as the call takes it: its parts may be changed. */
function sent({ when, then, ...rest }: RuleText) {
  return { ...rest, when: { ...when }, then };
}
