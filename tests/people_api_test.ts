/**
 * People over the API: taught by a face, recalled by it, never mistaken twice.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Answer } from "../functions/core/answer_type.ts";
import { sharp } from "../functions/photo/vips.ts";
import { testWithData } from "./support/data.ts";
import { filesOf } from "./support/store_file.ts";
import {
  formOf,
  samplePhoto,
  serviceTest,
  startService,
  type TestService,
} from "./support/service.ts";

const GRACE = "grace_hopper.jpg";
const EILEEN = "eileen_collins.jpg";

type Photo = Uint8Array<ArrayBuffer>;

async function ask(service: TestService, photo: Photo, fields = {}): Promise<Answer> {
  const body = formOf(fields, photo);
  const reply = await service.request("/classify", { method: "POST", body });
  assertEquals(reply.status, 200, await reply.clone().text());
  return await reply.json();
}

/** Teaches and returns the body, whatever the status. */
async function teach(
  service: TestService,
  status: number,
  fields: Record<string, string>,
  ...photos: Photo[]
) {
  const reply = await service.request("/memories", {
    method: "POST",
    body: formOf(fields, ...photos),
  });
  const text = await reply.text();
  assertEquals(reply.status, status, text);
  return JSON.parse(text);
}

async function changed(
  photo: Photo,
  change: (picture: ReturnType<typeof sharp>) => ReturnType<typeof sharp>,
): Promise<Photo> {
  return new Uint8Array(await change(sharp(photo)).jpeg().toBuffer());
}

/** Grey, faded, small: what an old print looks like. */
const aged = (photo: Photo) =>
  changed(photo, (picture) => picture.resize(300).greyscale().linear(0.7, 50));

/** Two photos beside each other. */
async function together(left: Photo, right: Photo): Promise<Photo> {
  const [a, b] = await Promise.all(
    [left, right].map((photo) => sharp(photo).resize(400, 500, { fit: "cover" }).toBuffer()),
  );
  return new Uint8Array(
    await sharp({ create: { width: 800, height: 500, channels: 3, background: "#fff" } })
      .composite([{ input: a!, left: 0, top: 0 }, { input: b!, left: 400, top: 0 }])
      .jpeg().toBuffer(),
  );
}

serviceTest("a person is known by her face in a photo that was never shown", async (service) => {
  const photo = samplePhoto(GRACE);
  const stranger = await ask(service, photo);
  assertObjectMatch(stranger as never, { label: "person", route: "network", path: ["person"] });
  assertObjectMatch(stranger.subjects[0] as never, {
    kind: "person",
    label: null,
    certainty: "unknown",
    similarity: null,
  });

  const { memories } = await teach(service, 201, { label: "Grace" }, photo);
  assertObjectMatch(memories[0], { kind: "person", label: "Grace", face: { index: 0 } });

  const same = await ask(service, photo);
  assertObjectMatch(same as never, { label: "Grace", certainty: "is", path: ["person"] });
  assertEquals([same.evidence[0]!.by, same.timings.encode, same.timings.faces], ["bytes", 0, 0]);
  assertEquals(same.subjects[0]!.box, memories[0].face.box);

  const old = await ask(service, await aged(photo));
  assertObjectMatch(old as never, { label: "Grace", route: "memory", certainty: "is" });
  const [evidence] = old.evidence;
  assertEquals([evidence!.by, evidence!.memory], ["face", memories[0].id]);
  assertGreaterOrEqual(evidence!.similarity, evidence!.threshold);
  assertStringIncludes(old.reason, "face similarity");
  assertGreater(old.timings.faces, 0);

  const mirrored = await ask(service, await changed(photo, (picture) => picture.flop()));
  assertEquals([mirrored.label, mirrored.certainty], ["Grace", "is"]);
  const lying = await ask(service, await changed(photo, (picture) => picture.rotate(90)));
  assertEquals(lying.label, "Grace");

  const other = await ask(service, samplePhoto(EILEEN));
  assertEquals([other.label, other.route, other.subjects[0]!.label], ["person", "network", null]);
  assertStringIncludes(other.reason, "Grace");
  const elsewhere = await ask(service, photo, { space: "elsewhere" });
  assertEquals(elsewhere.subjects[0]!.label, null, "no space sees another's people");
});

serviceTest("a live preview knows the same person by one embedder", async (service) => {
  await teach(service, 201, { label: "Grace" }, samplePhoto(GRACE));
  const photo = await aged(samplePhoto(GRACE));
  const preview = await ask(service, photo, { preview: "true" });
  assertEquals([preview.label, preview.subjects[0]!.label], ["Grace", "Grace"]);
  const stranger = await ask(service, samplePhoto(EILEEN), { preview: "true" });
  assertEquals(stranger.subjects[0]!.label, null);
});

serviceTest("a group photo asks which face is meant and tells all of them", async (service) => {
  const group = await together(samplePhoto(GRACE), samplePhoto(EILEEN));
  const before = await ask(service, group);
  assertEquals(before.subjects.map(({ kind }) => kind), ["person", "person"]);
  const grace = before.subjects.findIndex(({ box }) => box.x < 400);

  const refused = await teach(service, 422, { label: "Grace" }, group);
  assertStringIncludes(refused.detail, "2 faces");
  assertEquals(
    refused.refusals[0].faces,
    before.subjects.map(({ box }, index) => ({ index, box })),
  );
  const none = await teach(service, 422, { label: "Grace", face: "2" }, group);
  assertStringIncludes(none.detail, "face=2");

  const taught = await teach(service, 201, { label: "Grace", face: `${grace}` }, group);
  assertEquals(taught.memories[0].face, { index: grace, box: before.subjects[grace]!.box });
  const once = await ask(service, group);
  assertEquals(once.subjects[grace]!.label, "Grace");
  assertEquals(once.subjects[1 - grace]!.label, null);
  assertEquals(once.label, "Grace");

  const twice = await teach(service, 422, { label: "Grace", face: `${1 - grace}` }, group);
  assertStringIncludes(twice.detail, "never the same person");
  await teach(service, 201, { label: "Eileen", face: `${1 - grace}` }, group);
  const both = await ask(service, group);
  assertEquals(both.subjects[1 - grace]!.label, "Eileen");
  assertEquals(both.timings.encode, 0, "all of it was taught: nothing has to be computed");
  const again = await teach(service, 200, { label: "Grace", face: `${grace}` }, group);
  assertEquals(again.created, 0);

  const cropped = await changed(
    group,
    (picture) => picture.extract({ left: 0, top: 0, width: 400, height: 500 }),
  );
  assertEquals((await ask(service, cropped)).label, "Grace");
});

serviceTest("what is said not to be a person is never that person again", async (service) => {
  const eileen = samplePhoto(EILEEN);
  await teach(service, 201, { label: "Grace" }, samplePhoto(GRACE));
  // The worst case: her face was taught under a wrong name.
  const wrong = await teach(service, 422, { label: "Grace" }, eileen);
  assertStringIncludes(wrong.detail, "unlike");
  await teach(service, 201, { label: "Grace", force: "true" }, eileen);
  const other = await changed(
    eileen,
    (picture) => picture.resize(400).modulate({ brightness: 1.1 }),
  );
  assertEquals((await ask(service, other)).label, "Grace");
  const not = await teach(service, 201, { label: "Grace", not: "true" }, eileen);
  assertObjectMatch(not.memories[0], { kind: "person", not: true });
  assertEquals((await ask(service, eileen)).subjects[0]!.label, null);
  assertEquals((await ask(service, other)).subjects[0]!.label, null);
  assertEquals((await ask(service, await aged(samplePhoto(GRACE)))).label, "Grace");
  const path = `/memories/${not.memories[0].id}`;
  assertEquals((await service.request(path, { method: "DELETE" })).status, 200);
  assertEquals((await ask(service, other)).label, "Grace", "as it was before");
});

serviceTest(
  "POST /memories refuses a poor example of a face, and takes it by force",
  async (service) => {
    const small = await changed(samplePhoto(EILEEN), (picture) => picture.resize(70));
    const tiny = await teach(service, 422, { label: "Eileen", kind: "person" }, small);
    assert(/pixels wide|no face/.test(tiny.detail), tiny.detail);
    const blurred = await changed(samplePhoto(EILEEN), (picture) => picture.blur(9));
    const refused = await teach(service, 422, { label: "Eileen" }, blurred);
    assertStringIncludes(refused.refusals[0].reason, "blurred");
    assertEquals((await (await service.request("/labels")).json()).labels, []);
    await teach(service, 201, { label: "Eileen", force: "true" }, blurred);
  },
);

serviceTest("POST /memories tells a person from a thing", async (service) => {
  const cat = samplePhoto("chelsea_cat.jpg");
  const faceless = await teach(service, 422, { label: "Tom", kind: "person" }, cat);
  assertStringIncludes(faceless.detail, "no face");
  await teach(service, 422, { label: "Tom", kind: "person", force: "true" }, cat);
  await teach(service, 422, { label: "Tom", kind: "thing", face: "0" }, cat);
  await teach(service, 422, { label: "Tom", face: "0" }, cat);
  const grace = samplePhoto(GRACE);
  await teach(service, 422, { label: "Grace", kind: "person", scope: "type" }, grace);
  const thing = await teach(service, 201, { label: "the portrait", kind: "thing" }, grace);
  assertEquals([thing.memories[0].kind, thing.memories[0].face], ["thing", null]);
  const person = await teach(service, 201, { label: "Grace" }, grace);
  assertEquals(person.memories[0].kind, "person");
  const answer = await ask(service, grace);
  assertEquals(answer.label, "Grace");
  assertEquals(answer.subjects.map(({ label }) => label), ["Grace", "the portrait"]);

  // A face in the corner does not make the photo of a cat hers.
  const corner = new Uint8Array(
    await sharp(cat).resize(900).composite([{
      input: await sharp(grace).resize(110).toBuffer(),
      left: 0,
      top: 0,
    }]).jpeg().toBuffer(),
  );
  const seen = await ask(service, corner);
  assert(seen.path.includes("cat"), `${seen.label}: ${seen.reason}`);
  assertEquals(seen.subjects.map(({ kind }) => kind), ["person", "thing"]);
  assertEquals(seen.subjects[0]!.label, "Grace");
  const auto = await teach(service, 201, { label: "Tom" }, corner);
  assertEquals(auto.memories[0].kind, "thing");
});

serviceTest("GET /labels says what would help most to know a person", async (service) => {
  await teach(service, 201, { label: "Grace" }, samplePhoto(GRACE));
  await teach(service, 201, { label: "Tom" }, samplePhoto("chelsea_cat.jpg"));
  const advice = async () => {
    const { labels } = await (await service.request("/labels")).json();
    return Object.fromEntries(
      labels.map(({ label, advice }: { label: string; advice: string[] }) => [label, advice]),
    );
  };
  const one = await advice();
  assertEquals(one.Tom, []);
  assertStringIncludes(one.Grace[0], "Only one photo");
  await teach(
    service,
    201,
    { label: "Grace" },
    await changed(samplePhoto(GRACE), (picture) => picture.resize(500)),
  );
  assertStringIncludes((await advice()).Grace[0], "much alike");
  await teach(service, 201, { label: "Grace", not: "true" }, samplePhoto(EILEEN));
  assert((await advice()).Grace.some((line: string) => line.includes("enrol that person too")));
});

serviceTest("people are known without statistics of age, too", async (service) => {
  const health = await (await service.request("/health")).json();
  assertEquals(health.faces.age, false);
  await teach(service, 201, { label: "Grace" }, samplePhoto(GRACE));
  assertEquals((await ask(service, await aged(samplePhoto(GRACE)))).label, "Grace");
  assertEquals((await ask(service, samplePhoto(EILEEN))).subjects[0]!.label, null);
}, { XOLO_FACE_AGE: "off" });

serviceTest("people go out and in with an export", async (service) => {
  await teach(service, 201, { label: "Grace" }, samplePhoto(GRACE));
  const lines = await (await service.request("/export")).text();
  const reply = await service.request("/import?space=copy", { method: "POST", body: lines });
  assertEquals(await reply.json(), { imported: 1, known: 0 });
  const found = await ask(service, await aged(samplePhoto(GRACE)), { space: "copy" });
  assertEquals([found.label, found.certainty], ["Grace", "is"]);
});

Deno.test({
  name: "forgetting a person leaves nothing of her, in the answers or in the files",
  // The native runtime's and the decoder's threads outlive their Workers.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const folder = await Deno.makeTempDir();
    const service = await startService({ XOLO_DATA: folder });
    try {
      const [grace, eileen] = [samplePhoto(GRACE), samplePhoto(EILEEN)];
      const label = "Grandmother Adelheid";
      await teach(service, 201, { label, keepPhoto: "true" }, grace);
      await teach(service, 201, { label }, await changed(grace, (picture) => picture.resize(420)));
      await teach(service, 201, { label, not: "true", keepPhoto: "true" }, eileen);
      const ben = await changed(eileen, (picture) => picture.resize(400));
      await teach(service, 201, { label: "Ben" }, ben);
      assertEquals((await ask(service, await aged(grace))).label, label);
      const lines = (await (await service.request("/export")).text()).trim().split("\n").slice(1);
      const hers = lines.map((line) => JSON.parse(line)).filter((one) => one.label === label);
      assertEquals(hers.length, 3);
      const binary = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
      const traces = hers.flatMap(({ embedding, bytes, photo }) => [
        binary(Uint8Array.fromBase64(embedding).subarray(0, 16)),
        binary(Uint8Array.fromBase64(embedding).subarray(-16)),
        binary(Uint8Array.fromHex(bytes)),
        ...(photo ? [binary(Uint8Array.fromBase64(photo).subarray(-64))] : []),
      ]).concat(label);
      const found = async () => {
        const files = [...(await filesOf(`${folder}/`)).values()].map(binary);
        return traces.filter((trace) => files.some((content) => content.includes(trace)));
      };
      assertEquals(await found(), traces, "the search finds what is there");

      await service.request(`/labels/${encodeURIComponent(label)}`, { method: "DELETE" });
      const gone = await ask(service, await aged(grace));
      assertEquals([gone.label, gone.subjects[0]!.label, gone.evidence], ["person", null, []]);
      assert(!JSON.stringify(gone).includes(label));
      const until = performance.now() + 20_000;
      for (;;) {
        const { store } = await (await service.request("/health")).json();
        if (store.erasedAt !== null) break;
        assert(performance.now() < until, "nothing was erased within 20 s");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assertEquals(await found(), []);
      assertEquals((await ask(service, ben)).label, "Ben", "nobody else is touched");
    } finally {
      await service.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Teaches one photo of Grandma and says what every other photo of the demo is taken for. */
async function household(
  demo: string,
  taught: string,
): Promise<{ grandma: Answer[]; others: [string, Answer][] }> {
  const service = await startService();
  try {
    const her = `${demo}/grandma_katherine_johnson`;
    const photo = Deno.readFileSync(`${her}/${taught}`);
    const { subjects } = await ask(service, photo);
    const people = subjects.filter(({ kind }) => kind === "person");
    const leftmost = people.toSorted((a, b) => a.box.x - b.box.x)[0]!;
    const face = `${subjects.indexOf(leftmost)}`;
    await teach(service, 201, { label: "Grandma", face }, photo);
    const grandma: Answer[] = [];
    const others: [string, Answer][] = [];
    for (const { name: person, isDirectory } of Deno.readDirSync(demo)) {
      if (!isDirectory || person === "individuals_ccby" || person === "things") continue;
      for (const { name } of Deno.readDirSync(`${demo}/${person}`)) {
        if (name === taught) continue;
        const answer = await ask(service, Deno.readFileSync(`${demo}/${person}/${name}`));
        if (person === "grandma_katherine_johnson") grandma.push(answer);
        else others.push([`${person}/${name}`, answer]);
      }
    }
    // The man who stands beside her.
    const beside = (await ask(service, photo)).subjects.filter(({ label }) => label === "Grandma");
    assertEquals(beside.length, 1);
    return { grandma, others };
  } finally {
    await service.close();
  }
}

for (
  const [taught, known] of [
    ["2015_medal_of_freedom.jpg", 3],
    ["1966_at_desk_full.jpg", 3],
  ] as const
) {
  testWithData(
    `Grandma is known over half a century from ${taught} alone`,
    ["data/demo"],
    async ([demo]) => {
      const { grandma, others } = await household(demo, taught);
      assertEquals(grandma.length, known);
      for (const answer of grandma) {
        const her = answer.subjects.find(({ label }) => label === "Grandma");
        assertEquals(her?.certainty, "is", answer.reason);
        assertEquals(answer.label, "Grandma");
      }
      assert(others.length > 5);
      const mistaken = others.filter(([, { subjects }]) =>
        subjects.some(({ label }) => label === "Grandma")
      );
      assert(
        mistaken.every(([, { subjects }]) => subjects.every(({ certainty }) => certainty !== "is")),
        mistaken.map(([name]) => name).join(),
      );
      const people = new Set(mistaken.map(([name]) => name.split("/")[0]));
      assert(people.size <= 1, [...people].join());
    },
  );
}
