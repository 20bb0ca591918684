/**
 * Which of all that was found in a photo is its answer.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Generalization } from "../functions/core/generalize_type.ts";
import type { Recalled } from "../functions/core/recall.ts";
import type { RecalledFace } from "../functions/core/recall_people.ts";
import { settleAnswer } from "../functions/core/settle_answer.ts";
import { isOfPeople, isSubjectOf } from "../functions/core/subject_of.ts";
import { example } from "./support/memory_contract.ts";

const image = { width: 1000, height: 1000 };
const large = { x: 350, y: 250, width: 300, height: 400 };
const small = { x: 20, y: 20, width: 60, height: 80 };
const standing = { x: 450, y: 100, width: 90, height: 110 };

const memory = { ...example(1), id: "1", space: "home", createdAt: "", hasPhoto: false };

function person(
  label: string | null,
  certainty: RecalledFace["certainty"],
  box = large,
  by: "face" | "bytes" = "face",
): RecalledFace {
  const known = label === null
    ? []
    : [{ memory: label, label, by, similarity: 0.5, threshold: 0.4 }];
  return {
    box,
    score: 0.95,
    label,
    certainty,
    confidence: 0.8,
    similarity: label === null ? null : 0.5,
    memory: null,
    evidence: known,
    rivals: [],
    reason: `face of ${label}`,
  };
}

function thing(label: string, certainty: Recalled["certainty"]): Recalled {
  return {
    label,
    certainty,
    confidence: 0.9,
    by: "look",
    similarity: 0.9,
    memory,
    evidence: [{ memory: "2", label, by: "look", similarity: 0.9, threshold: 0.8 }],
    rivals: [],
    reason: `look of ${label}`,
  };
}

const general: Generalization = {
  label: "mug",
  named: true,
  route: "network",
  certainty: "is",
  confidence: 0.9,
  path: ["thing", "mug"],
  novel: false,
  novelty: 0.1,
  alternatives: [],
  reason: "network",
};

function settle(faces: readonly RecalledFace[], recalled?: Recalled, network = general) {
  return settleAnswer({ faces, thing: recalled, general: network }, image);
}

Deno.test("settleAnswer() names the person whose face the photo is of", () => {
  const answer = settle([person("Ann", "is")], thing("my mug", "is"));
  assertEquals([answer.label, answer.route, answer.path], ["Ann", "memory", ["person"]]);
  assertEquals(answer.subjects.map(({ kind, label }) => [kind, label]), [
    ["person", "Ann"],
    ["thing", "my mug"],
  ]);
  assertEquals(settle([person("Ann", "is")]).subjects.length, 1);
});

Deno.test("settleAnswer() names somebody known who stands there, and no stranger so small", () => {
  assertEquals(settle([person("Ann", "is", standing)]).label, "Ann");
  assertEquals(settle([person(null, "unknown", standing)]).label, "mug");
});

Deno.test("settleAnswer() leaves a passer-by among the subjects", () => {
  const byMug = settle([person("Ann", "is", small)], thing("my mug", "is"));
  assertEquals([byMug.label, byMug.subjects.length], ["my mug", 2]);
  const byNetwork = settle([person("Ann", "is", small)]);
  assertEquals([byNetwork.label, byNetwork.route], ["mug", "network"]);
  assertEquals(byNetwork.subjects.map(({ label }) => label), ["Ann", "mug"]);
  assertEquals(byNetwork.evidence.map(({ label }) => label), ["Ann"]);
});

Deno.test("settleAnswer() takes what is sure before what may be", () => {
  assertEquals(settle([person("Ann", "perhaps")], thing("my mug", "is")).label, "my mug");
  assertEquals(settle([person("Ann", "perhaps")], thing("my mug", "perhaps")).label, "Ann");
  const two = [person(null, "unknown"), person("Ben", "perhaps"), person("Ann", "is")];
  assertEquals(settle(two).label, "Ann");
});

Deno.test("settleAnswer() takes the very same file for what it was taught as", () => {
  const file: Recalled = { ...thing("the office", "is"), by: "bytes" };
  const exact = { ...file, evidence: [{ ...file.evidence[0]!, by: "bytes" as const }] };
  const answer = settle([person("Ann", "is")], exact);
  assertEquals(answer.label, "the office");
  assertEquals(answer.evidence.map(({ label }) => label), ["the office", "Ann"]);
  assertEquals(settle([person("Ann", "is", large, "bytes")], exact).label, "Ann");
});

Deno.test("settleAnswer() says person of a stranger, unless something was taught", () => {
  const stranger = settle([person(null, "unknown")]);
  assertEquals([stranger.label, stranger.route, stranger.certainty], ["person", "network", "is"]);
  assertEquals(stranger.subjects[0]?.label, null);
  assertEquals(settle([person(null, "unknown")], thing("my mug", "perhaps")).label, "my mug");
});

Deno.test("settleAnswer() says dog of a dog beside a stranger, and who it is beside a friend", () => {
  const dog: Generalization = { ...general, label: "dog", named: false, path: ["animal", "dog"] };
  const stranger = settle([person(null, "unknown")], undefined, dog);
  assertEquals([stranger.label, stranger.subjects.length], ["dog", 2]);
  assertEquals(settle([person("Ann", "is")], undefined, dog).label, "Ann");
  const unsure: Generalization = { ...dog, certainty: "unknown" };
  assertEquals(settle([person(null, "unknown")], undefined, unsure).label, "person");
});

Deno.test("settleAnswer() says what it would be without the memory where it doubts", () => {
  assertEquals(settle([person("Ann", "perhaps")]).alternatives[0]?.label, "person");
  assertEquals(settle([], thing("my mug", "perhaps")).alternatives[0]?.label, "mug");
  assertEquals(settle([person("Ann", "is")]).alternatives, []);
});

Deno.test("settleAnswer() names a small face rather than nothing, and by its bytes at once", () => {
  const nothing: Generalization = {
    ...general,
    label: null,
    named: false,
    route: "none",
    certainty: "unknown",
  };
  assertEquals(settle([person("Ann", "is", small)], undefined, nothing).label, "Ann");
  const none = settle([person(null, "unknown", small)], undefined, nothing);
  assertEquals([none.label, none.route], [null, "none"]);
  const taught = settleAnswer({
    faces: [person("Ann", "is", small, "bytes")],
    thing: undefined,
  }, image);
  assertEquals([taught.label, taught.novelty], ["Ann", 0]);
});

Deno.test("isOfPeople() takes a group for people though each is small", () => {
  const at = (n: number) => ({ x: 100 * n, y: 500, width: 45, height: 50 });
  assert(!isOfPeople([at(1)], image));
  assert(isOfPeople(Array.from({ length: 8 }, (_, n) => at(n)), image));
});

Deno.test("isSubjectOf() asks more of a face at the edge", () => {
  const side = { width: 140, height: 140 };
  assert(isSubjectOf({ x: 430, y: 430, ...side }, image));
  assert(!isSubjectOf({ x: 0, y: 0, ...side }, image));
});
