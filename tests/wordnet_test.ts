import { assertEquals, assertThrows } from "@std/assert";
import { matchSynsets, parseImageNetClasses } from "../training/import/imagenet_classes.ts";
import { parseWordNet } from "../training/import/wordnet.ts";

// Lines of WordNet 3.1 itself; synsets that are not here are left to dangle.
const DATA = `  1 This software and database is being provided to you, the LICENSEE, by  
01320032 05 n 02 domestic_animal 0 domesticated_animal 0 007 @ 00015568 n 0000 ~ 01320304 n 0000 ~ 01320544 n 0000 ~ 01320872 n 0000 ~ 02086723 n 0000 ~ 02124460 n 0000 ~ 02125232 n 0000 | any of various animals that have been tamed and made fit for a human environment  
02015503 05 n 01 crane 0 004 @ 02003608 n 0000 #m 02015369 n 0000 + 00028160 v 0101 ~ 02015831 n 0000 | large long-necked wading bird of marshes and plains in many parts of the world  
02085998 05 n 02 canine 0 canid 0 011 @ 02077948 n 0000 #m 02085690 n 0000 + 02688440 a 0101 ~ 02086324 n 0000 ~ 02086723 n 0000 ~ 02116752 n 0000 ~ 02117748 n 0000 ~ 02117987 n 0000 ~ 02119787 n 0000 ~ 02120985 n 0000 %p 02442560 n 0000 | any of various fissiped mammals with nonretractile claws and typically long muzzles  
02086723 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 023 @ 02085998 n 0000 @ 01320032 n 0000 #m 02086515 n 0000 #m 08011383 n 0000 ~ 01325095 n 0000 ~ 02087384 n 0000 ~ 02087513 n 0000 ~ 02087924 n 0000 ~ 02088026 n 0000 ~ 02089774 n 0000 ~ 02106058 n 0000 ~ 02112993 n 0000 ~ 02113458 n 0000 ~ 02113610 n 0000 ~ 02113781 n 0000 ~ 02113929 n 0000 ~ 02114152 n 0000 ~ 02114278 n 0000 ~ 02115149 n 0000 ~ 02115478 n 0000 ~ 02115987 n 0000 ~ 02116630 n 0000 %p 02161498 n 0000 | a member of the genus Canis (probably descended from the common wolf) that has been domesticated by man since prehistoric times; occurs in many breeds; "the dog barked all night"  
02115478 05 n 02 corgi 0 Welsh_corgi 0 003 @ 02086723 n 0000 ~ 02115675 n 0000 ~ 02115838 n 0000 | either of two Welsh breeds of long-bodied short-legged dogs with erect ears and a fox-like head  
03131358 06 n 01 crane 0 004 @ 03670001 n 0000 ~ 03169595 n 0000 ~ 03183096 n 0000 ~ 04481119 n 0000 | lifts and moves heavy objects; lifting tackle is suspended from a pivoted boom that rotates around a vertical axis  
10934199 18 n 02 Crane 1 Stephen_Crane 0 001 @i 10813654 n 0000 | United States writer (1871-1900)  
`;
const INDEX = `  1 This software and database is being provided to you, the LICENSEE, by  
corgi n 1 2 @ ~ 1 0 02115478  
crane n 5 4 @ ~ #m + 5 0 10934199 10934083 09318361 03131358 02015503  
dog n 7 5 @ ~ #m #p %p 7 1 02086723 10133978 10042764 09905672 07692347 03907626 02712903  
`;

Deno.test("parseWordNet() reads words, gloss and hypernyms when a line has other pointers too", () => {
  const { synsets } = parseWordNet(DATA, INDEX);
  assertEquals(synsets.size, 7);
  assertEquals(synsets.get("02115478"), {
    offset: "02115478",
    lemmas: ["corgi", "Welsh corgi"],
    gloss:
      "either of two Welsh breeds of long-bodied short-legged dogs with erect ears and a fox-like head",
    hypernyms: ["02086723"],
  });
  assertEquals(synsets.get("02086723")?.lemmas, ["dog", "domestic dog", "Canis familiaris"]);
  assertEquals(synsets.get("02086723")?.hypernyms, ["02085998", "01320032"]);
  // An instance of a writer.
  assertEquals(synsets.get("10934199")?.hypernyms, ["10813654"]);
});

Deno.test("ancestors() finds each kind once, nearest first, when there are several ways up", () => {
  const wordnet = parseWordNet(DATA, INDEX);
  assertEquals(
    wordnet.ancestors(wordnet.sense("corgi#1").offset).map(({ lemmas }) => lemmas[0]),
    ["dog", "canine", "domestic animal"],
  );
  assertEquals(wordnet.ancestors("99999999"), []);
});

Deno.test("sense() counts senses from the most usual when a word has several", () => {
  const wordnet = parseWordNet(DATA, INDEX);
  assertEquals(wordnet.sense("crane#1").lemmas[1], "Stephen Crane");
  assertEquals(wordnet.sense("crane#4").offset, "03131358");
  assertEquals(wordnet.sense("crane#5").offset, "02015503");
  assertThrows(() => wordnet.sense("crane#6"), RangeError, '"crane" has 5 senses');
  assertThrows(() => wordnet.sense("xolo#1"), RangeError, '"xolo" has 0 senses');
});

Deno.test("parseWordNet() throws when a line is cut short", () => {
  assertThrows(() => parseWordNet("02085998 05 n 02 canine 1 | x\n", ""), SyntaxError, "cut short");
});

Deno.test("matchSynsets() tells namesakes apart when only the definition differs", () => {
  const wordnet = parseWordNet(DATA, INDEX);
  const found = matchSynsets([
    {
      id: "n02012849",
      lemmas: ["crane"],
      definition: "large wading bird of marshes and plains in many parts of the world",
    },
    {
      id: "n03126707",
      lemmas: ["crane"],
      definition: "lifts and moves heavy objects by a tackle suspended from a boom",
    },
  ], wordnet);
  assertEquals(found.map(({ offset }) => offset), ["02015503", "03131358"]);
});

Deno.test("matchSynsets() throws when nothing fits or two classes are one synset", () => {
  const wordnet = parseWordNet(DATA, INDEX);
  const dog = { id: "n1", lemmas: ["domestic animal"], definition: "a machine that toasts bread" };
  assertThrows(() => matchSynsets([dog], wordnet), RangeError, "No synset of WordNet fits n1");
  const canine = { id: "n1", lemmas: ["canine", "canid"], definition: "mammals with long muzzles" };
  assertThrows(
    () => matchSynsets([canine, { ...canine, id: "n2" }], wordnet),
    RangeError,
    "n2 and n1 are both",
  );
});

Deno.test("parseImageNetClasses() throws when the ids are not the 1,000 in ascending order", () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `n${String(i).padStart(8, "0")}`);
  const table = ids.map((id) => `${id}\tdog, hound`).join("\n");
  const classes = parseImageNetClasses(ids.join("\n"), table, table);
  assertEquals(classes[7], { id: "n00000007", lemmas: ["dog", "hound"], definition: "dog, hound" });
  assertThrows(
    () => parseImageNetClasses(ids.toReversed().join("\n"), table, table),
    RangeError,
    "ascending order",
  );
  assertThrows(() => parseImageNetClasses("n99999999", table, table), RangeError, "has no words");
});
