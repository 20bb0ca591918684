import { assertEquals, assertMatch } from "@std/assert";
import { ApiError } from "../web/api_error.ts";
import { sayProblem } from "../web/problem_words.ts";
import {
  milliseconds,
  percent,
  type Sayable,
  sayAnswer,
  sayRoute,
  sayTimings,
} from "../web/words.ts";

/** A network's answer about a dog, with what a test changes. */
function dog(changes: Partial<Sayable> = {}): Sayable {
  return {
    label: "dog",
    route: "network",
    certainty: "is",
    confidence: 0.97,
    path: ["animal", "dog"],
    novelty: 0.1,
    evidence: [],
    alternatives: [
      { label: "Pembroke", confidence: 0.41 },
      { label: "Cardigan", confidence: 0.2 },
    ],
    ...changes,
  };
}

function said(answer: Sayable): string {
  const { headline, more } = sayAnswer(answer);
  return [headline.join(""), ...more].join(" ");
}

function evidence(by: "bytes" | "copy" | "look" | "face") {
  return { memory: "01J", label: "Rex", by, similarity: 0.9, threshold: 0.8 };
}

Deno.test("sayAnswer() names the memory and how it was known when it is sure", () => {
  const rex = { label: "Rex", route: "memory", alternatives: [] } as const;
  assertEquals(
    said(dog({ ...rex, evidence: [evidence("bytes")] })),
    "That is Rex. I know this very photo.",
  );
  assertEquals(
    said(dog({ ...rex, evidence: [evidence("copy")] })),
    "That is Rex. I know this picture: yours is a copy of one that I was taught.",
  );
  assertEquals(
    said(dog({ ...rex, evidence: [evidence("look"), evidence("look")] })),
    "That is Rex. I remember the look from 2 photos.",
  );
});

Deno.test("sayAnswer() says perhaps and what else it would be when the memory is unsure", () => {
  assertEquals(
    said(dog({
      label: "Rex",
      route: "memory",
      certainty: "perhaps",
      evidence: [evidence("look")],
      alternatives: [{ label: "dog", confidence: 0.9 }],
    })),
    "Perhaps Rex. It looks much like it, but not enough to be sure. Without that memory I would say: dog.",
  );
});

Deno.test("sayAnswer() calls a type new only when that is the likelier case", () => {
  const known = "A dog. It looks most like a Pembroke (41 %).";
  const novel = "A dog, of a breed I do not know. Nearest I know: Pembroke, Cardigan.";
  assertEquals(said(dog({ novelty: 0.49 })), known);
  assertEquals(said(dog({ novelty: 0.5 })), novel);
  assertEquals(
    said(dog({ label: "truck", path: ["vehicle", "truck"], novelty: 0.8, alternatives: [] })),
    "A truck, of a kind I do not know.",
  );
});

Deno.test("sayAnswer() weakens its words as the probability falls", () => {
  const plain = { alternatives: [], label: "espresso", path: ["drink", "espresso"] };
  assertEquals(said(dog({ ...plain, confidence: 0.9 })), "An espresso.");
  assertEquals(said(dog({ ...plain, confidence: 0.89 })), "Probably an espresso.");
  assertEquals(said(dog({ ...plain, confidence: 0.59 })), "Perhaps an espresso.");
  assertEquals(said(dog({ ...plain, certainty: "unknown" })), "Perhaps an espresso.");
});

Deno.test("sayAnswer() admits it when nothing can be vouched for", () => {
  assertEquals(
    said(dog({ label: null, route: "none", certainty: "unknown", confidence: 0 })),
    "I cannot say what this is. It looks most like a Pembroke (41 %).",
  );
});

Deno.test("sayAnswer() gives nouns the article that they take", () => {
  const one = (label: string) => said(dog({ label, path: [label], alternatives: [] }));
  assertEquals(one("ape"), "An ape.");
  assertEquals(one("unicycle"), "A unicycle.");
  assertEquals(one("sunglasses"), "Sunglasses.");
  assertEquals(one("school bus"), "A school bus.");
  assertEquals(one("hourglass"), "An hourglass.");
  assertEquals(one("clothing"), "Clothing.");
  assertEquals(one("Great Pyrenees"), "A Great Pyrenees.");
});

Deno.test("sayRoute() marks what was asked, what answered and what was not needed", () => {
  const states = (answer: Sayable) => sayRoute(answer).map(({ state }) => state);
  const memory = (by: "bytes" | "copy" | "look" | "face") =>
    states(dog({ route: "memory", evidence: [evidence(by)] }));
  assertEquals(memory("bytes"), ["answered", "skipped", "skipped", "skipped"]);
  assertEquals(memory("copy"), ["passed", "answered", "skipped", "skipped"]);
  assertEquals(memory("look"), ["passed", "passed", "answered", "skipped"]);
  assertEquals(states(dog()), ["passed", "passed", "passed", "answered"]);
  const unsure = dog({ route: "memory", certainty: "perhaps", evidence: [evidence("look")] });
  assertEquals(sayRoute(unsure).map(({ says }) => says), ["no", "no", "perhaps", "asked too"]);
  assertEquals(sayRoute(dog({ label: null, route: "none" })).at(-1)?.says, "not sure");
});

Deno.test("percent() never rounds to certainty or impossibility", () => {
  assertEquals([0, 0.004, 0.5, 0.994, 1].map(percent), [
    "under 1 %",
    "under 1 %",
    "50 %",
    "over 99 %",
    "100 %",
  ]);
});

Deno.test("milliseconds() keeps the digits that tell something", () => {
  assertEquals([0.123, 4.56, 78.9].map(milliseconds), ["0.12", "4.6", "79"]);
});

Deno.test("sayTimings() accounts for the whole when stages leave some of it open", () => {
  const stages = sayTimings({
    decode: 5,
    encode: 10,
    faces: 0,
    recall: 1,
    generalize: 0.001,
    total: 20,
  });
  assertEquals(stages.map(({ id }) => id), ["decode", "encode", "recall", "other"]);
  assertEquals(stages.slice(0, 3).map(({ share }) => share), [0.25, 0.5, 0.05]);
  assertEquals(Math.round(stages.at(-1)!.ms * 1000), 3999);
});

Deno.test("sayProblem() says what to do for every status that the API has", () => {
  for (const status of [0, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503, 507]) {
    const sentence = sayProblem(new ApiError(status, { detail: "because" }));
    assertMatch(sentence, /^[A-Z][^\n]{20,}\.$/, `${status}: ${sentence}`);
  }
});

Deno.test("sayProblem() says how long to wait when the server does", () => {
  assertMatch(sayProblem(new ApiError(503, {}, 5)), /in 5 seconds/);
  assertMatch(sayProblem(new ApiError(503, {}, 1)), /in 1 second\./);
  assertMatch(sayProblem(new ApiError(429, {}, 3000)), /in 50 minutes/);
  assertMatch(sayProblem(new ApiError(503, {})), /in a moment/);
});

Deno.test("sayProblem() gives the reason when a photo is too poor to teach", () => {
  const refusals = [{ image: 0, reason: "it is nearly blank; it should show something" }];
  assertMatch(sayProblem(new ApiError(422, { refusals })), /nearly blank/);
});
