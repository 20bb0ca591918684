import { assertEquals, assertMatch } from "@std/assert";
import type { Certainty, Subject } from "../functions/core/answer_type.ts";
import { ApiError } from "../web/api_error.ts";
import { correctable, isChoice, meantFace, type Peopled } from "../web/ask/people.ts";
import { sayProblem } from "../web/problem_words.ts";
import { TwoFacesError } from "../web/two_faces_error.ts";
import { milliseconds, percent, type Sayable, sayAnswer, sayTimings } from "../web/words.ts";
import { sayKinds } from "../web/ask/kind_words.ts";
import { type Routed, sayRoute, sayShortcut } from "../web/ask/route_words.ts";

/** A network's answer about a dog, with what a test changes. */
function dog(changes: Partial<Sayable> = {}): Sayable {
  return {
    label: "dog",
    route: "network",
    certainty: "is",
    confidence: 0.97,
    path: ["animal", "dog"],
    novelty: 0.1,
    subjects: [],
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

function evidence(by: "bytes" | "copy" | "look" | "face", label = "Rex") {
  return { memory: "01J", label, by, similarity: 0.9, threshold: 0.8 };
}

/** Where a face is what a photo of 1000 × 1000 is of, and where it is not. */
const MIDDLE = { x: 400, y: 200, width: 200, height: 250 };
const CORNER = { x: 10, y: 10, width: 60, height: 80 };

/** A face of a photo; a stranger's without a label. */
function face(label: string | null, certainty: Certainty = "is", box = MIDDLE): Subject {
  return {
    kind: "person",
    label,
    certainty: label === null ? "unknown" : certainty,
    confidence: 0.9,
    similarity: label === null ? null : 0.5,
    box,
  };
}

/** A cat that fills the photo. */
const tom: Subject = {
  kind: "thing",
  label: "Tom",
  certainty: "is",
  confidence: 0.9,
  similarity: 0.8,
  box: { x: 0, y: 0, width: 1000, height: 1000 },
};

/** An answer from memory about Grandma, among these subjects. */
function grandma(...subjects: Subject[]): Sayable {
  return dog({
    label: "Grandma",
    route: "memory",
    path: ["person"],
    subjects,
    evidence: [evidence("face", "Grandma"), evidence("face", "Grandma"), evidence("face", "Ben")],
    alternatives: [],
  });
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

Deno.test("sayAnswer() counts only the photos of the person whom it names", () => {
  assertEquals(
    said(grandma(face("Grandma"))),
    "That is Grandma. I remember the face from 2 photos.",
  );
});

Deno.test("sayAnswer() tells who else is in the photo", () => {
  const others = (...subjects: Subject[]) =>
    sayAnswer(grandma(face("Grandma"), ...subjects)).more.at(-1);
  assertEquals(others(face(null)), "With a person I do not know.");
  assertEquals(others(face("Ben"), face(null)), "With Ben, and a person I do not know.");
  assertEquals(
    others(face("Ben"), face("Anna", "perhaps"), face(null), face(null)),
    "With Ben and perhaps Anna, and 2 people I do not know.",
  );
  assertEquals(
    sayAnswer(dog({ subjects: [face("Ben", "is", CORNER)] })).more.at(-1),
    "With Ben.",
  );
});

Deno.test("sayAnswer() says of a face that is only much alike that it is not enough", () => {
  assertEquals(
    said({ ...grandma(face("Grandma", "perhaps")), certainty: "perhaps" }),
    "Perhaps Grandma. The face is much like that, but not enough to be sure.",
  );
});

Deno.test("sayAnswer() does not guess who or what a stranger might be", () => {
  const stranger = (...subjects: Subject[]) =>
    said(dog({ label: "person", path: ["person"], subjects, confidence: 0.99 }));
  assertEquals(stranger(face(null)), "A person I do not know.");
  assertEquals(stranger(face(null), face(null)), "2 people I do not know.");
  assertEquals(
    stranger(face(null), face("Ben", "is", CORNER)),
    "A person I do not know. With Ben.",
  );
  // The network's own word for one of whom it sees no face.
  assertEquals(
    said(dog({ label: "person", path: ["person"], alternatives: [] })),
    "A person.",
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
    states(dog({ label: "Rex", route: "memory", evidence: [evidence(by)] }));
  const skipped = (n: number) => new Array(n).fill("skipped");
  const passed = (n: number) => new Array(n).fill("passed");
  assertEquals(memory("bytes"), ["answered", ...skipped(5)]);
  assertEquals(memory("copy"), ["passed", "answered", ...skipped(4)]);
  assertEquals(memory("face"), [...passed(2), "answered", ...skipped(3)]);
  assertEquals(memory("look"), [...passed(3), "answered", ...skipped(2)]);
  assertEquals(states(dog()), [...passed(5), "answered"]);
  assertEquals(states(dog({ route: "rule" })), [...passed(4), "answered", "skipped"]);
  const says = (answer: Routed) => sayRoute(answer).map(({ says }) => says);
  const unsure = dog({
    label: "Rex",
    route: "memory",
    certainty: "perhaps",
    evidence: [evidence("look")],
  });
  assertEquals(says(unsure), ["no", "no", "no", "perhaps", "none", "asked too"]);
  const beside = dog({
    label: "Tom",
    route: "memory",
    evidence: [evidence("look", "Tom"), evidence("face", "Ben")],
  });
  assertEquals(says(beside), ["no", "no", "yes, too", "yes", "not needed", "not needed"]);
  const stranger = dog({ label: "person", path: ["person"], subjects: [face(null)] });
  assertEquals(says(stranger), ["no", "no", "nobody I know", "no", "none", "answered"]);
  const asks = { ...dog(), rule: { id: "1", reads: "dogs are for a person to look at" } };
  assertEquals(says(asks).at(-2), "asks a person");

  assertEquals(sayRoute(dog({ label: null, route: "none" })).at(-1)?.says, "not sure");
});

Deno.test("sayShortcut() tells what spared the network, and is silent where it was asked", () => {
  const memory = (by: "bytes" | "look", certainty: Certainty = "is") =>
    sayShortcut(dog({ label: "Rex", route: "memory", certainty, evidence: [evidence(by)] }));
  assertMatch(memory("bytes") ?? "", /no network had to look/);
  assertMatch(memory("look") ?? "", /Straight from memory/);
  assertEquals(memory("look", "perhaps"), undefined);
  assertMatch(sayShortcut(dog({ route: "rule" })) ?? "", /^A rule/);
  assertEquals(sayShortcut(dog()), undefined);
});

Deno.test("sayKinds() goes down to the label, and on to what may be below it", () => {
  const kinds = (changes: Partial<Sayable>) =>
    sayKinds({ ...dog(changes), pathConfidence: [0.99, 0.97] })
      .map(({ name, share, is }) => [name, share, is]);
  const down = [["animal", 0.99, "kind"], ["dog", 0.97, "label"]];
  assertEquals(kinds({ novelty: 0.3 }), [
    ...down,
    ["Pembroke", 0.41, "below"],
    ["a breed I do not know", 0.3, "new"],
    ["Cardigan", 0.2, "below"],
  ]);
  assertEquals(kinds({ named: true }), down);
  assertEquals(kinds({ route: "memory" }), []);
});

Deno.test("sayAnswer() says nothing of what is below a type that has nothing below it", () => {
  const cup = dog({
    label: "espresso",
    path: ["drink", "espresso"],
    novelty: 0.9,
    alternatives: [],
  });
  assertEquals(said(cup), "An espresso, of a kind I do not know.");
  assertEquals(said({ ...cup, named: true }), "An espresso.");
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

Deno.test("sayProblem() asks for a face when the server could not tell which one is meant", () => {
  const refusals = [{ image: 0, reason: "it shows 2 faces", faces: [{ index: 0 }, { index: 1 }] }];
  const error = new ApiError(422, { refusals });
  assertEquals(
    sayProblem(error),
    "There are 2 faces: choose which one is meant, in the photo.",
  );
  assertEquals(error.mayForce, false);
  const blurred = { image: 0, reason: "its face is blurred", forcible: true };
  const poor = new ApiError(422, { refusals: [blurred] });
  assertEquals(poor.mayForce, true);
  assertEquals(new ApiError(422, {}).mayForce, false);
});

Deno.test("TwoFacesError.of() tells a second face of the same name from other refusals", () => {
  const bare = new ApiError(422, { detail: "two faces of one photo are never the same person" });
  const twice = TwoFacesError.of(bare, "Grandma", 1);
  assertMatch(sayProblem(twice), /^Grandma is another face of this photo already/);
  assertEquals(TwoFacesError.of(bare, "Grandma", undefined), bare);
  const blurred = { image: 0, reason: "its face is blurred", forcible: true };
  const poor = new ApiError(422, { refusals: [blurred] });
  assertEquals(TwoFacesError.of(poor, "Grandma", 1), poor);
});

/** An answer about a photo of 1000 × 1000. */
function photo(subjects: readonly Subject[], changes: Partial<Peopled> = {}): Peopled {
  const image = { width: 1000, height: 1000 };
  return { label: "person", route: "network", path: ["person"], subjects, image, ...changes };
}

Deno.test("meantFace() is the only face where the photo is of it, else the chosen one", () => {
  assertEquals(meantFace(photo([face(null)]), undefined)?.index, 0);
  const several = photo([face(null), face("Ben")]);
  assertEquals(meantFace(several, undefined), undefined);
  assertEquals(meantFace(several, 1)?.label, "Ben");
  const besideTom = photo([face(null, "is", CORNER), tom]);
  assertEquals(meantFace(besideTom, undefined), undefined);
  assertEquals(meantFace(besideTom, 0)?.index, 0);
  assertEquals(meantFace(besideTom, 1), undefined, "Tom has no face");
});

Deno.test("isChoice() is false where only one face or none can be meant", () => {
  assertEquals(isChoice(photo([tom])), false);
  assertEquals(isChoice(photo([face(null)])), false);
  assertEquals(isChoice(photo([face(null), face(null)])), true);
  assertEquals(isChoice(photo([face(null, "is", CORNER), tom])), true);
});

Deno.test("correctable() is the chosen face's name, or the answer's when it is from memory", () => {
  const both = photo([face(null), face("Grandma")], { label: "Grandma", route: "memory" });
  assertEquals(correctable(both, undefined), { label: "Grandma", face: 1 });
  assertEquals(correctable(both, 1), { label: "Grandma", face: 1 });
  assertEquals(correctable(both, 0), undefined);
  assertEquals(correctable(photo([face(null)]), undefined), undefined);
  const thing = photo([face("Tom"), tom], { label: "Tom", route: "memory", path: ["cat"] });
  assertEquals(correctable(thing, undefined), { label: "Tom", face: undefined });
});
