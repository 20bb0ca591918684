/**
 * What the views for practice are sent, as the server's own routes type it.
 *
 * @module
 */
import type { hc, InferRequestType, InferResponseType } from "hono/client";
import type { App } from "../../functions/app.ts";

/** The calls that the server takes. */
export type Calls = ReturnType<typeof hc<App>>;

type Review = Calls["review"];
type Rules = Calls["rules"];

/** Items in one's own hands. */
export type Leased = InferResponseType<Review["leases"]["$post"], 200>;
/** An answer that waits for a person. */
export type ReviewItem = InferResponseType<Review[":id"]["$get"], 200>;
/** What a person says of an item. */
export type Verdict = Omit<InferRequestType<Review[":id"]["$post"]>["json"], "lease">;
/** What became of an item. */
export type Reviewed = InferResponseType<Review[":id"]["$post"], 200>;
/** A rule with what became of it. */
export type RuleRecord = InferResponseType<Rules["$get"], 200>["rules"][number];
/** What a rule would change. */
export type RuleTrial = InferResponseType<Rules["dry-run"]["$post"], 200>;
/** An answer as rules leave it. */
export type TriedOutcome = RuleTrial["answers"]["changed"][number]["before"];
/** How precise a space's answers are. */
export type Quality = InferResponseType<Calls["quality"]["$get"], 200>;
/** The record of a route, label or rule. */
export type StandingRecord = Quality["overall"];
/** What was answered in one hour. */
export type CoveragePoint = Quality["coverage"][number];
/** A page of the history, newest first. */
export type EventPage = InferResponseType<Calls["events"]["$get"], 200>;
/** One change that a person made. */
export type Happened = EventPage["events"][number];
