import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { isAlbumExport, readAlbumExport } from "../training/data/album_export.ts";
import { readLabelled } from "../training/data/labelled.ts";
import { basename, dirname, join } from "../training/paths.ts";
import { withFolder } from "./support/temp_folder.ts";

/** Writes files: what is null is empty, what is text is as it is, anything else becomes JSON. */
async function lay(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    const text = typeof content === "string" ? content : content ? JSON.stringify(content) : "";
    await Deno.writeTextFile(join(folder, path), text);
  }
}

const sidecar = (title: string, ...people: string[]) => ({
  title,
  ...(people.length > 0 && { people: people.map((name) => ({ name })) }),
  photoTakenTime: { timestamp: "1600000000" },
});

const labels = (folder: string, leaveOut: string[] = []) =>
  Object.fromEntries(
    readAlbumExport(folder, { leaveOut })
      .map(({ path, label }) => [path.slice(folder.length + 1), label]),
  );

Deno.test("readAlbumExport() labels by the one person, else by the album", async () => {
  await withFolder(async (folder) => {
    await lay(folder, {
      "Trip/metadata.json": { title: "A trip to the sea" },
      "Trip/one.jpg": null,
      "Trip/one.jpg.json": sidecar("one.jpg", "Anna"),
      "Trip/two.jpg": null,
      "Trip/two.jpg.json": sidecar("two.jpg", "Anna", "Ben"),
      "Trip/nobody.jpg": null,
      "Trip/nobody.jpg.json": sidecar("nobody.jpg"),
      "Trip/alone.jpg": null,
      "Trip/unnamed.jpg": null,
      "Trip/unnamed.jpg.json": sidecar("unnamed.jpg", " "),
      "Garden_2021/rose.png": null,
      "Garden_2021/rose.png.json": sidecar("rose.png"),
      "No title/metadata.json": { title: " " },
      "No title/a.jpg": null,
    });
    assertEquals(labels(folder), {
      "Garden_2021/rose.png": "Garden_2021",
      "No title/a.jpg": "No title",
      "Trip/alone.jpg": "A trip to the sea",
      "Trip/nobody.jpg": "A trip to the sea",
      "Trip/one.jpg": "Anna",
      "Trip/two.jpg": "A trip to the sea",
      "Trip/unnamed.jpg": "A trip to the sea",
    });
    assertEquals(Object.keys(labels(folder, ["Trip"])), [
      "Garden_2021/rose.png",
      "No title/a.jpg",
    ]);
    assertEquals(labels(join(folder, "Trip"))["one.jpg"], "Anna");
  });
});

Deno.test("readAlbumExport() finds a sidecar under every name that exports give it", async () => {
  const long = "a_very_long_name_that_goes_on_and_on_and_on_until";
  await withFolder(async (folder) => {
    await lay(folder, {
      "whole.jpg": null,
      "whole.jpg.supplemental-metadata.json": sidecar("whole.jpg", "whole"),
      "short.jpg": null,
      "short.jpg.supplemental-met.json": sidecar("short.jpg", "short"),
      "shorter.jpg": null,
      "shorter.jpg.s.json": sidecar("shorter.jpg", "shorter"),
      "shorter(1).jpg": null,
      "shorter(1).jpg.json": sidecar("shorter(1).jpg", "numbered before"),
      "many.jpg": null,
      "many.jpg.json": sidecar("many.jpg", "first"),
      "many(1).jpg": null,
      "many(1).jpeg": null,
      "many.jpg(1).json": sidecar("many.jpg", "second"),
      "many(2).jpg": null,
      "many.jpg.supplemental-metadata(2).json": sidecar("many.jpg", "third"),
      [`${long}.jpg`]: null,
      [`${long}_2.jpg`]: null,
      [`${long.slice(0, 46)}.json`]: sidecar(`${long}.jpg`, "long"),
      [`${long.slice(0, 46)}(1).json`]: sidecar(`${long}_2.jpg`, "long too"),
      [`${long}_without.jpg`]: null,
      [`x${long.slice(0, 46)}.jpg`]: null,
      [`x${long.slice(0, 46)}(1).jpg`]: null,
      [`x${long.slice(0, 45)}.json`]: sidecar(`x${long}.jpg`, "both cut"),
      [`x${long.slice(0, 45)}(1).json`]: sidecar(`x${long}.jpg`, "both cut, second"),
    });
    const got = labels(folder);
    for (const without of ["many(1).jpeg", `${long}_without.jpg`]) {
      assertEquals(got[without], basename(folder));
      delete got[without];
    }
    assertEquals(got, {
      "whole.jpg": "whole",
      "short.jpg": "short",
      "shorter.jpg": "shorter",
      "shorter(1).jpg": "numbered before",
      "many.jpg": "first",
      "many(1).jpg": "second",
      "many(2).jpg": "third",
      [`${long}.jpg`]: "long",
      [`${long}_2.jpg`]: "long too",
      [`x${long.slice(0, 46)}.jpg`]: "both cut",
      [`x${long.slice(0, 46)}(1).jpg`]: "both cut, second",
    });
  });
});

Deno.test("readAlbumExport() leaves out edited copies, videos and hidden files", async () => {
  await withFolder(async (folder) => {
    await lay(folder, {
      "album/a.jpg": null,
      "album/a.jpg.json": sidecar("a.jpg"),
      "album/a-edited.jpg": null,
      "album/b.heic": null,
      "album/b-edited.jpg": null,
      "album/b.mp4": null,
      "album/c(1).jpg": null,
      "album/c-edited(1).jpg": null,
      "album/un-edited.jpg": null,
      "album/.d.jpg": null,
    });
    assertEquals(Object.keys(labels(folder)).sort(), [
      "album/a.jpg",
      "album/b.heic",
      "album/c(1).jpg",
      // Nothing is there that it would be a copy of.
      "album/un-edited.jpg",
    ]);
  });
});

Deno.test("readAlbumExport() names the file that is not as it should be, and reads no other", async () => {
  const broken: [file: string, content: unknown, says: string][] = [
    ["album/a.jpg.json", '{"title": "a.j', "no JSON"],
    ["album/a.jpg.json", { people: [] }, "title"],
    ["album/a.jpg.json", { title: "a.jpg", people: [{ name: 3 }] }, "people: 0: name"],
    ["album/metadata.json", { title: 7 }, "title"],
  ];
  for (const [file, content, says] of broken) {
    await withFolder(async (folder) => {
      await lay(folder, { "album/a.jpg": null, [file]: content });
      const { message } = assertThrows(() => readAlbumExport(folder), TypeError, says);
      assertStringIncludes(message, join(folder, file));
    });
  }
  await withFolder(async (folder) => {
    await lay(folder, {
      "album/a.jpg": null,
      "album/print-subscriptions.json": "[",
      "x.json": "[",
    });
    assertEquals(labels(folder), { "album/a.jpg": "album" });
  });
});

Deno.test("isAlbumExport() knows a sidecar whose name was cut", async () => {
  const long = "a_very_long_name_that_goes_on_and_on_and_on_until";
  await withFolder(async (folder) => {
    await lay(folder, { [`${long}.jpg`]: null, "other.json": {} });
    assertFalse(isAlbumExport(folder));
    await lay(folder, { [`${long.slice(0, 46)}.json`]: sidecar(`${long}.jpg`) });
    assert(isAlbumExport(folder));
  });
});

Deno.test("readLabelled() reads an export where there are sidecars, else folders", async () => {
  await withFolder(async (folder) => {
    await lay(folder, { "sea_horse/a.jpg": null, "ant/a.jpg": null, "ant/metadata.json": {} });
    assertFalse(isAlbumExport(folder));
    assertEquals(readLabelled(folder).map(({ label }) => label), ["ant", "sea horse"]);
    await lay(folder, { "ant/a.jpg.supplemental-metadata.json": sidecar("a.jpg", "Zoë") });
    assertEquals(readLabelled(folder).map(({ label }) => label), ["Zoë", "sea_horse"]);
    assertThrows(() => readLabelled(folder, { leaveOut: ["sea_horse"] }), RangeError, '"Zoë"');
    assertThrows(() => readLabelled(join(folder, "none")), Deno.errors.NotFound, "none");
  });
});
