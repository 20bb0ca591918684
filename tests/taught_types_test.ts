/**
 * Types over the API: a breed that the network never learnt is taught by a few photos and then
 * recognised in others, and nothing else is answered otherwise for it.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import type { Answer } from "../functions/core/answer_type.ts";
import { sharp } from "../functions/photo/vips.ts";
import { filesBelow, testWithData } from "./support/data.ts";
import {
  formOf,
  samplePhoto,
  serviceTest,
  startService,
  type TestService,
} from "./support/service.ts";

type Photo = Uint8Array<ArrayBuffer>;

async function ask(service: TestService, photo: Photo): Promise<Answer> {
  const reply = await service.request("/classify", { method: "POST", body: formOf({}, photo) });
  assertEquals(reply.status, 200, await reply.clone().text());
  return await reply.json();
}

/** Answers in the order of the photos, two of which are in work at a time. */
async function askAll(service: TestService, photos: readonly Photo[]): Promise<Answer[]> {
  const answers: Answer[] = new Array(photos.length);
  let next = 0;
  async function work() {
    while (next < photos.length) {
      const i = next++;
      answers[i] = await ask(service, photos[i]!);
    }
  }
  await Promise.all([work(), work()]);
  return answers;
}

async function teachType(service: TestService, label: string, ...photos: Photo[]): Promise<void> {
  const body = formOf({ label, kind: "thing", scope: "type" }, ...photos);
  const reply = await service.request("/memories", { method: "POST", body });
  assertEquals(reply.status, 201, await reply.text());
}

/** What forgetting and teaching must leave as it was. */
const essence = ({ label, route, confidence }: Answer) => ({ label, route, confidence });

const BREEDS = ["dog__havanese", "dog__american_bulldog", "cat__birman", "cat__bombay"];
const TAUGHT = 3;
/** Other photos of each that are asked about. */
const ASKED = 7;
/** Photos of other breeds, one each, known to the network and new. */
const OTHERS = 40;

/** The first photos of a breed, by name. */
function photosOf(folder: string, count: number): Photo[] {
  return filesBelow(folder).slice(0, count).map((path) => Deno.readFileSync(path));
}

/** The last photo of each of some breeds that are spread evenly over all others of a folder. */
function otherBreeds(folder: string, count: number): Photo[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
    .filter((name) => !BREEDS.includes(name));
  return Array.from({ length: count }, (_, i) => {
    const paths = filesBelow(`${folder}/${names[Math.floor(i * names.length / count)]}`);
    return Deno.readFileSync(paths.at(-1)!);
  });
}

const share = (some: readonly boolean[]) => some.filter(Boolean).length / some.length;

testWithData(
  "breeds that are taught by three photos are recognised in others, and all else stays as it was",
  ["data/novel-breeds", "data/breeds"],
  async ([fresh, known]) => {
    const others = [...otherBreeds(fresh, OTHERS / 2), ...otherBreeds(known, OTHERS / 2)];
    const service = await startService();
    try {
      const othersBefore = await askAll(service, others);
      const recognised: boolean[] = [], mistaken: boolean[] = [];
      for (const breed of BREEDS) {
        const photos = photosOf(`${fresh}/${breed}`, TAUGHT + ASKED);
        const taught = photos.slice(0, TAUGHT), asked = photos.slice(TAUGHT);
        const all = [...asked, ...others];
        const before = [...await askAll(service, asked), ...othersBefore];
        assert(before.every(({ route }) => route !== "memory"));

        await teachType(service, breed, ...taught);
        const after = await askAll(service, all);
        const named = after.map(({ route, label }) => route === "memory" && label === breed);
        for (const [i, answer] of after.entries()) {
          if (!named[i]) assertEquals(essence(answer), essence(before[i]!));
        }
        recognised.push(...named.slice(0, asked.length));
        mistaken.push(...named.slice(asked.length));

        const forgotten = await service.request(`/labels/${breed}`, { method: "DELETE" });
        assertEquals((await forgotten.json()).forgotten, TAUGHT);
        const again = await askAll(service, [...all.filter((_, i) => named[i]), ...taught]);
        for (const { label, route } of again) {
          assert(label !== breed && route !== "memory", `${label} by ${route}`);
        }
        const expected = before.filter((_, i) => named[i]);
        assertEquals(again.slice(0, expected.length).map(essence), expected.map(essence));
      }
      assertGreaterOrEqual(share(recognised), 0.8);
      assertLessOrEqual(share(mistaken), 0.02);
    } finally {
      await service.close();
    }
  },
);

serviceTest(
  "a type of one photo is known in copies of it, and nothing else is",
  async (service) => {
    const cat = samplePhoto("chelsea_cat.jpg"), cup = samplePhoto("coffee_cup.jpg");
    const before = await ask(service, cup);
    await teachType(service, "Ginger cat", cat);
    const { width, height } = await sharp(cat).metadata();
    const copies = {
      mirrored: sharp(cat).flop(),
      cropped: sharp(cat).extract({
        left: Math.round(0.03 * width),
        top: Math.round(0.03 * height),
        width: Math.round(0.94 * width),
        height: Math.round(0.94 * height),
      }),
      small: sharp(cat).resize(240),
    };
    for (const [name, copy] of Object.entries(copies)) {
      const answer = await ask(service, new Uint8Array(await copy.jpeg().toBuffer()));
      assertEquals(
        [answer.label, answer.route, answer.certainty, answer.evidence[0]?.by],
        ["Ginger cat", "memory", "is", "copy"],
        name,
      );
    }
    const after = await ask(service, cup);
    assertEquals([after.evidence, essence(after)], [[], essence(before)]);
  },
);
