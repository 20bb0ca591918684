import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { FaceCrop } from "../models/face.ts";
import { createFaceEmbedder } from "../models/face_embedder.ts";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import { Graph } from "../training/onnx/mod.ts";
import { cosine, facesSection, sample, withFaces } from "./support/face_sessions.ts";
import { mirrored } from "./support/pictures.ts";

const norm = (vector: Float32Array) => Math.hypot(...vector);

function mirrorOf({ sface, dlib }: FaceCrop): FaceCrop {
  return {
    sface: mirrored({ width: 112, height: 112, data: sface }).data,
    dlib: dlib && mirrored({ width: 150, height: 150, data: dlib }).data,
  };
}

Deno.test("FaceEmbedder.embed() gives a face and its mirror one descriptor in full mode alone", async () => {
  await withFaces(async (finder, embedder) => {
    assertEquals(embedder.id, facesSection.id);
    const image = await sample("grace_hopper");
    const [crop] = finder.crop(image, await finder.find(image, "full"), "full");
    const [face, mirror] = await embedder.embed([crop!, mirrorOf(crop!)], "full");
    assertEquals([face!.sface.length, face!.dlib!.length], [128, 128]);
    assertAlmostEquals(norm(face!.sface), 1, 1e-6);
    for (let i = 0; i < 128; i++) {
      assertAlmostEquals(face!.sface[i]!, mirror!.sface[i]!, 1e-5);
      assertAlmostEquals(face!.dlib![i]!, mirror!.dlib![i]!, 1e-5);
    }
    const [plain, other] = await embedder.embed([crop!, mirrorOf(crop!)], "light");
    assertEquals(plain!.dlib, null);
    assertAlmostEquals(norm(plain!.sface), 1, 1e-6);
    const alike = cosine(plain!.sface, other!.sface);
    assert(alike > 0.7 && alike < 0.999, `${alike}`);
    // l2(l2(a) + l2(b)) of two unit vectors.
    const both = plain!.sface.map((value, i) => value + other!.sface[i]!);
    assertAlmostEquals(cosine(both, face!.sface), 1, 1e-5);
  });
});

Deno.test("FaceEmbedder.embed() tells two people apart, and gives none for none", async () => {
  await withFaces(async (finder, embedder) => {
    const crops = await Promise.all(["grace_hopper", "eileen_collins"].map(async (name) => {
      const image = await sample(name);
      return finder.crop(image, await finder.find(image, "full"), "full")[0]!;
    }));
    const [grace, eileen] = await embedder.embed(crops, "full");
    assert(cosine(grace!.sface, eileen!.sface) < 0.3);
    const apart = Math.hypot(...grace!.dlib!.map((value, i) => value - eileen!.dlib![i]!));
    assert(apart > 0.6, `${apart}`);
    assertEquals(await embedder.embed([], "full"), []);
  });
});

Deno.test("FaceEmbedder.embed() throws a RangeError when a crop is missing or of another size", async () => {
  await withFaces(async (_, embedder) => {
    const sface = new Uint8Array(112 * 112 * 3), dlib = new Uint8Array(150 * 150 * 3);
    await assertRejects(
      () => embedder.embed([{ sface, dlib: null }], "full"),
      RangeError,
      "dlib's network as 67500 samples [150,150,3], got none",
    );
    await assertRejects(
      () => embedder.embed([{ sface: dlib, dlib }], "full"),
      RangeError,
      "SFace as 37632 samples [112,112,3], got 67500",
    );
  });
});

Deno.test("createFaceEmbedder() throws a TypeError when a network is another one", async () => {
  const graph = new Graph("other");
  graph.output(graph.node("Identity", [graph.input("x", "float32", [1, 2])], "y"), "float32", [
    1,
    2,
  ]);
  const other = await openNative(graph.toBytes());
  try {
    assertThrows(
      () =>
        createFaceEmbedder({
          sface: other,
          dlib: () => Promise.resolve(other),
          section: facesSection,
        }),
      TypeError,
      "SFace to take pixels and give embedding, got x and y",
    );
  } finally {
    await other.release();
  }
});

Deno.test({
  name: "faces are found and described alike by the wasm engine and the native one",
  // The wasm engine opens a message port for the page's whole life.
  sanitizeResources: false,
  async fn() {
    const image = await sample("eileen_collins");
    const seen = await Promise.all([openNative, createWasmRuntime()].map(async (open) => {
      const made: {
        points: readonly { x: number; y: number }[];
        sface: Float32Array;
        dlib: Float32Array;
      }[] = [];
      await withFaces(async (finder, embedder) => {
        const [face] = await finder.find(image, "full");
        const [one] = await embedder.embed(finder.crop(image, [face!], "full"), "full");
        made.push({ points: face!.points, sface: one!.sface, dlib: one!.dlib! });
      }, open);
      return made[0]!;
    }));
    const [native, wasm] = seen;
    native!.points.forEach(({ x, y }, i) => {
      assertAlmostEquals(x, wasm!.points[i]!.x, 0.1);
      assertAlmostEquals(y, wasm!.points[i]!.y, 0.1);
    });
    assert(cosine(native!.sface, wasm!.sface) > 0.998);
    assert(cosine(native!.dlib, wasm!.dlib) > 0.998);
  },
});
