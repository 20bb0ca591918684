import { assertAlmostEquals, assertEquals } from "@std/assert";
import { acceptedAt, verify } from "./verification.ts";

Deno.test("verify() counts every pair of photos once", () => {
  const persons = ["ann", "ann", "bob", "bob", "eve"];
  const { genuine, impostor, auc, tar } = verify(
    persons,
    (a, b) => persons[a] === persons[b] ? 1 : 0,
  );
  assertEquals({ genuine, impostor, auc, tar }, { genuine: 2, impostor: 8, auc: 1, tar: 1 });
});

Deno.test("verify() never accepts a photo without a face", () => {
  const persons = ["ann", "ann", "ann", "bob"];
  // The last photo of Ann has no face: one of three genuine pairs is left.
  const { tar, auc } = verify(persons, (a, b) => b === 2 || a === 2 ? -Infinity : b === 3 ? 0 : 1);
  assertAlmostEquals(tar, 1 / 3);
  // Of 3 × 3: the pair found beats three; two not found tie with the impostor pair not found.
  assertAlmostEquals(auc, (3 + 2 * 0.5) / 9);
});

Deno.test("acceptedAt() lets through no more impostors than the share", () => {
  const impostor = Array.from({ length: 200 }, (_, i) => i);
  // Two of 200 may pass: those above 197.
  assertEquals(acceptedAt(0.01, [196.5, 197.5, 250], impostor), 2 / 3);
  assertEquals(acceptedAt(0.005, [196.5, 197.5, 250], impostor), 2 / 3 - 1 / 3);
});

Deno.test("acceptedAt() accepts nothing that ties with the impostors, nor what has no score", () => {
  assertEquals(acceptedAt(0.01, [1, 1, 2, -Infinity], [1, 1, 1]), 1 / 4);
});
