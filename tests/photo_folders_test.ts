import { assertEquals, assertThrows } from "@std/assert";
import { readPhotoFolders } from "../training/data/photo_folders.ts";
import { dirname, join } from "../training/paths.ts";
import { withFolder } from "./support/temp_folder.ts";

/** Empty files at these paths. */
async function lay(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    await Deno.writeFile(join(folder, path), new Uint8Array());
  }
}

const read = (folder: string, leaveOut: string[] = []) =>
  readPhotoFolders(folder, { leaveOut })
    .map(({ path, label }) => [path.slice(folder.length + 1), label]);

Deno.test("readPhotoFolders() lists each folder's photos in order, labelled by its name", async () => {
  await withFolder(async (folder) => {
    await lay(folder, ["sea_horse/b.png", "sea_horse/a.jpg", "ant/2021/z.webp", "ant/c.avif"]);
    assertEquals(read(folder), [
      ["ant/2021/z.webp", "ant"],
      ["ant/c.avif", "ant"],
      ["sea_horse/a.jpg", "sea horse"],
      ["sea_horse/b.png", "sea horse"],
    ]);
  });
});

Deno.test("readPhotoFolders() takes every ending of a photo in either case and nothing else", async () => {
  await withFolder(async (folder) => {
    const endings = ["jpg", "JPEG", "png", "WebP", "gif", "avif", "HEIC"];
    await lay(folder, [
      ...endings.map((ending) => `a/photo.${ending}`),
      ...["a/clip.mp4", "a/notes.txt", "a/jpg", "a/photo.jpg.json", "a/photo.jpg~"],
      "b/1.jpg",
      "beside.jpg",
    ]);
    const taken = read(folder).filter(([, label]) => label === "a").map(([path]) => path!);
    assertEquals(taken.sort(), endings.map((ending) => `a/photo.${ending}`).sort());
  });
});

Deno.test("readPhotoFolders() leaves out hidden files and folders, and those that are named", async () => {
  await withFolder(async (base) => {
    // What leads to the photos may be hidden.
    const folder = join(base, ".cache");
    await lay(folder, ["a/1.jpg", "a/._1.jpg", "a/.thumbs/1.jpg", ".git/1.jpg", "b/1.jpg"]);
    await lay(folder, ["clutter_of_all/1.jpg"]);
    assertEquals(read(folder, ["clutter_of_all"]), [["a/1.jpg", "a"], ["b/1.jpg", "b"]]);
    assertEquals(read(folder).length, 3);
  });
});

Deno.test("readPhotoFolders() says so when a folder is missing or no folder", async () => {
  await withFolder(async (folder) => {
    const missing = join(folder, "nothing");
    assertThrows(() => readPhotoFolders(missing), Deno.errors.NotFound, missing);
    await lay(folder, ["file"]);
    assertThrows(() => readPhotoFolders(join(folder, "file")), Deno.errors.NotFound, "is a file");
  });
});

Deno.test("readPhotoFolders() refuses fewer than two classes with photos", async () => {
  await withFolder(async (folder) => {
    assertThrows(() => readPhotoFolders(folder), RangeError, "found none");
    await lay(folder, ["only_one/1.jpg", "empty/notes.txt"]);
    assertThrows(() => readPhotoFolders(folder), RangeError, '1 of "only one" alone');
    await lay(folder, ["another/1.jpg"]);
    assertThrows(() => readPhotoFolders(folder, { leaveOut: ["another"] }), RangeError, "alone");
    assertEquals(read(folder).length, 2);
  });
});
