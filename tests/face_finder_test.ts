import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { decodePhoto } from "../functions/photo/decode.ts";
import type { FaceEmbedder, FaceFinder, FoundFace } from "../models/face.ts";
import { createFaceFinder } from "../models/face_finder.ts";
import { overlap } from "../models/overlap.ts";
import { cutOut, turned } from "../models/pixel_moves.ts";
import { resizePicture, type WorkingImage } from "../models/pixels.ts";
import { openNative } from "../models/runtime_native.ts";
import { AGEINGS, agePhoto } from "../training/eval/aged.ts";
import { join } from "../training/paths.ts";
import { Graph } from "../training/onnx/mod.ts";
import { filesBelow, root, testWithData } from "./support/data.ts";
import { meanDifference } from "./support/pictures.ts";
import { cosine, facesSection, sample, withFaces, withFinder } from "./support/face_sessions.ts";

function assertNear(face: FoundFace, expected: FoundFace, most: number): void {
  for (const key of ["x", "y", "width", "height"] as const) {
    assertAlmostEquals(face.box[key], expected.box[key], most, `${key}: ${face.box[key]}`);
  }
  face.points.forEach((point, i) => {
    assertAlmostEquals(point.x, expected.points[i]!.x, most);
    assertAlmostEquals(point.y, expected.points[i]!.y, most);
  });
}

/** The picture with another laid over it. */
function placed(part: WorkingImage, onto: WorkingImage, x: number, y: number): WorkingImage {
  const data = onto.data.slice();
  for (let row = 0; row < part.height; row++) {
    data.set(
      part.data.subarray(row * part.width * 3, (row + 1) * part.width * 3),
      ((y + row) * onto.width + x) * 3,
    );
  }
  return { ...onto, data };
}

function grey(width: number, height: number): WorkingImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(110) };
}

Deno.test("FaceFinder.find() finds one face in a portrait and none in a cat, a cup, a rocket", async () => {
  await withFinder(async (finder) => {
    for (const mode of ["full", "light"] as const) {
      for (const name of ["grace_hopper", "eileen_collins"]) {
        const image = await sample(name);
        const faces = await finder.find(image, mode);
        assertEquals(faces.length, 1, `${name}, ${mode}`);
        const [{ box, points: [left, right, nose, mouth], score }] = faces as [FoundFace];
        assert(score > 0.88 && score <= 1);
        assert(left.x < right.x && nose.y > left.y && mouth.y > nose.y);
        for (const { x, y } of faces[0]!.points) {
          assert(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height);
        }
      }
      for (const name of ["chelsea_cat", "coffee_cup", "rocket"]) {
        assertEquals((await finder.find(await sample(name), mode)).length, 0, `${name}, ${mode}`);
      }
    }
  });
});

Deno.test("FaceFinder.find() gives the face as it stands when the picture lies on its side", async () => {
  await withFinder(async (finder) => {
    const image = await sample("grace_hopper");
    const [upright] = await finder.find(image, "full");
    const { width, height } = image;
    for (const turn of ["clockwise", "counterclockwise"] as const) {
      const [face, ...others] = await finder.find(turned(image, turn), "full");
      assertEquals(others, []);
      const back = turn === "clockwise"
        ? (x: number, y: number) => ({ x: y, y: height - x })
        : (x: number, y: number) => ({ x: width - y, y: x });
      face!.points.forEach(({ x, y }, i) => {
        const there = back(x, y);
        assertAlmostEquals(there.x, upright!.points[i]!.x, 3);
        assertAlmostEquals(there.y, upright!.points[i]!.y, 3);
      });
      const from = back(face!.box.x, face!.box.y);
      const to = back(face!.box.x + face!.box.width, face!.box.y + face!.box.height);
      const box = {
        x: Math.min(from.x, to.x),
        y: Math.min(from.y, to.y),
        width: face!.box.height,
        height: face!.box.width,
      };
      assert(overlap(box, upright!.box) > 0.9);
      // The crop stands upright again: lying, it would differ by 50 levels.
      const [own] = finder.crop(image, [upright!], "full");
      const [other] = finder.crop(turned(image, turn), [face!], "full");
      assert(meanDifference(own!.sface, other!.sface) < 15);
      assert(meanDifference(own!.dlib!, other!.dlib!) < 15);
    }
  });
});

Deno.test("FaceFinder.find() finds a face of 20 pixels in a picture of 1280", async () => {
  await withFinder(async (finder) => {
    const portrait = await sample("grace_hopper");
    const [{ box }] = (await finder.find(portrait, "full")) as [FoundFace];
    const scale = 20 / box.width;
    const small = resizePicture(portrait, {
      width: Math.round(portrait.width * scale),
      height: Math.round(portrait.height * scale),
    });
    const picture = placed(small, grey(1280, 960), 500, 300);
    const [face] = await finder.find(picture, "full");
    assert(face, "found nothing");
    const expected = {
      x: 500 + box.x * scale,
      y: 300 + box.y * scale,
      width: box.width * scale,
      height: box.height * scale,
    };
    assert(overlap(face.box, expected) > 0.5);
  });
});

Deno.test("FaceFinder.find() finds a face in a picture of 32 pixels and looks at tiny ones unharmed", async () => {
  await withFinder(async (finder) => {
    const portrait = await sample("grace_hopper");
    const [{ box }] = (await finder.find(portrait, "full")) as [FoundFace];
    const side = Math.round(Math.max(box.width, box.height) * 1.2);
    const part = cutOut(portrait, {
      x: Math.round(box.x + (box.width - side) / 2),
      y: Math.round(box.y + (box.height - side) / 2),
      width: side,
      height: side,
    });
    const faces = await finder.find(resizePicture(part, { width: 32, height: 32 }), "full");
    assertEquals(faces.length, 1);
    assert(faces[0]!.box.width < 32);
    for (const [width, height] of [[1, 1], [1, 300], [700, 2]] as const) {
      assertEquals(await finder.find(grey(width, height), "full"), []);
    }
  });
});

Deno.test("FaceFinder.find() finds faces that have faded under grain", async () => {
  await withFinder(async (finder) => {
    for (const name of ["grace_hopper", "eileen_collins"]) {
      const photo = await Deno.readFile(join(root, "web/samples", `${name}.jpg`));
      const { working } = await decodePhoto(photo);
      const [{ box }] = (await finder.find(working, "full")) as [FoundFace];
      for (const ageing of AGEINGS.filter(({ size }) => size === 120)) {
        const aged = (await decodePhoto(await agePhoto(photo, box, ageing, 1))).working;
        const [face] = await finder.find(aged, "full");
        assert(face, `${name}, ${ageing.name}: found nothing`);
        const scale = aged.width / working.width;
        const expected = {
          x: box.x * scale,
          y: box.y * scale,
          width: box.width * scale,
          height: box.height * scale,
        };
        assert(overlap(face.box, expected) > 0.6, `${name}, ${ageing.name}`);
      }
    }
  });
});

Deno.test("FaceFinder.find() names the large face in the middle first, the same each time", async () => {
  await withFinder(async (finder) => {
    const large = await sample("grace_hopper");
    const other = await sample("eileen_collins");
    const small = resizePicture(other, { width: 200, height: 200 });
    const picture = placed(small, placed(large, grey(900, 700), 250, 10), 10, 10);
    const faces = await finder.find(picture, "full");
    assertEquals(faces.length, 2);
    assert(faces[0]!.box.width > faces[1]!.box.width);
    assert(faces[0]!.box.x > 250 && faces[1]!.box.x < 210);
    assertEquals(await finder.find({ ...picture }, "full"), faces);
  });
});

Deno.test("FaceFinder.find() names at most 32 faces when there are more", async () => {
  await withFinder(async (finder) => {
    const portrait = await sample("grace_hopper");
    const [{ box }] = (await finder.find(portrait, "full")) as [FoundFace];
    const part = cutOut(portrait, {
      x: Math.round(box.x - box.width / 2),
      y: Math.round(box.y - box.height / 2),
      width: Math.round(box.width * 2),
      height: Math.round(box.height * 2),
    });
    const small = resizePicture(part, { width: 80, height: 100 });
    let crowd = grey(640, 600);
    for (let i = 0; i < 48; i++) {
      crowd = placed(small, crowd, (i % 8) * 80, Math.floor(i / 8) * 100);
    }
    const faces = await finder.find(crowd, "full");
    assertEquals(faces.length, 32);
    for (const [i, a] of faces.entries()) {
      for (const b of faces.slice(i + 1)) assert(overlap(a.box, b.box) <= 0.3);
    }
  });
});

Deno.test("FaceFinder.quality() says score, size, sharpness and turn of each face", async () => {
  await withFinder(async (finder) => {
    const image = await sample("eileen_collins");
    const faces = await finder.find(image, "full");
    const [own] = finder.quality(image, faces);
    assertEquals(own!.score, faces[0]!.score);
    assertAlmostEquals(own!.size ** 2, faces[0]!.box.width * faces[0]!.box.height, 1e-6);
    assert(own!.sharpness > 0.2);
    assert(own!.turn < 0.2);
    // Blurred by being small: the same face through 24 pixels.
    const scale = 24 / own!.size;
    const through = resizePicture(image, {
      width: Math.round(image.width * scale),
      height: Math.round(image.height * scale),
    });
    const blurred = resizePicture(through, { width: image.width, height: image.height });
    const [poor] = finder.quality(blurred, faces);
    assert(poor!.sharpness < own!.sharpness / 10, `${poor!.sharpness} after ${own!.sharpness}`);
    assertEquals(finder.quality(image, []), []);
  });
});

Deno.test("createFaceFinder() throws a TypeError when the network is another one", async () => {
  const graph = new Graph("other");
  const x = graph.input("x", "float32", [1, 2]);
  graph.output(graph.node("Identity", [x], "y"), "float32", [1, 2]);
  const detector = await openNative(graph.toBytes());
  try {
    assertThrows(
      () => createFaceFinder({ detector, section: facesSection }),
      TypeError,
      "got one of x with y",
    );
  } finally {
    await detector.release();
  }
});

/** What OpenCV found. */
interface Golden {
  readonly photos: Readonly<
    Record<
      string,
      readonly { readonly box: readonly number[]; readonly points: readonly number[] }[]
    >
  >;
  readonly cosine: readonly (readonly [string, string, number])[];
}

function goldenFaces(golden: Golden, photo: string): FoundFace[] {
  return golden.photos[photo]!.map(({ box, points }) => {
    const at = (i: number) => ({ x: points[2 * i]!, y: points[2 * i + 1]! });
    const [x, y, width, height] = box as [number, number, number, number];
    return {
      box: { x, y, width, height },
      points: [at(0), at(1), at(2), at(3), at(4)],
      score: 1,
    };
  });
}

testWithData(
  "faces are found and described as OpenCV does",
  ["golden/faces.json", "data/demo"],
  async ([path, demo]) => {
    const golden: Golden = JSON.parse(await Deno.readTextFile(path));
    await withFaces(async (finder: FaceFinder, embedder: FaceEmbedder) => {
      const descriptors = new Map<string, Float32Array>();
      for (const photo of Object.keys(golden.photos)) {
        const { working } = await decodePhoto(await Deno.readFile(join(demo, photo)));
        const found = await finder.find(working, "full");
        const expected = goldenFaces(golden, photo);
        assertEquals(found.length, expected.length, photo);
        for (const [i, face] of expected.entries()) {
          const own = found.find(({ box }) => overlap(box, face.box) > 0.5);
          assert(own, `${photo} lacks face ${i}`);
          assertNear(own, face, 2);
          const [descriptor] = await embedder.embed(finder.crop(working, [own], "light"), "light");
          descriptors.set(`${photo}#${i}`, descriptor!.sface);
        }
      }
      assertEquals(descriptors.size, 11);
      for (const [a, b, expected] of golden.cosine) {
        const got = cosine(descriptors.get(a)!, descriptors.get(b)!);
        assertAlmostEquals(got, expected, 0.02, `${a}, ${b}: ${got} for ${expected}`);
      }
    });
  },
);

testWithData(
  "faces are found in at least 99 % of the photos of people, upright and on their side",
  ["data/faces"],
  async ([folder]) => {
    const photos = filesBelow(folder).filter((path) => /\.(jpe?g|png)$/i.test(path));
    let found = 0, lying = 0, lyingFound = 0;
    await withFinder(async (finder) => {
      for (const [i, path] of photos.entries()) {
        const { working } = await decodePhoto(await Deno.readFile(path));
        const [face] = await finder.find(working, "full");
        if (face) found++;
        if (!face || i % 5 > 0) continue;
        lying++;
        const [turnedFace] = await finder.find(turned(working, "clockwise"), "full");
        const [left, right] = turnedFace?.points ?? face.points;
        // Eyes above each other: the image-left one is on top after a turn clockwise.
        if (turnedFace && right.y - left.y > Math.abs(right.x - left.x)) lyingFound++;
      }
    });
    assert(photos.length > 490, `${photos.length} photos`);
    assert(found / photos.length >= 0.99, `${found} of ${photos.length}`);
    assert(lyingFound / lying >= 0.97, `${lyingFound} of ${lying} on their side`);
  },
);

testWithData(
  "a face is seen in at most 5 % of photos of things without people",
  ["data/demo/individuals_ccby", "data/instances"],
  async (folders) => {
    let photos = 0, seen = 0;
    await withFinder(async (finder) => {
      for (const path of folders.flatMap(filesBelow)) {
        if (!/\.(jpe?g|png)$/i.test(path)) continue;
        const { working } = await decodePhoto(await Deno.readFile(path));
        photos++;
        if ((await finder.find(working, "full")).length > 0) seen++;
      }
    });
    assert(photos > 150, `${photos} photos`);
    assert(seen / photos <= 0.05, `${seen} of ${photos}`);
  },
);
