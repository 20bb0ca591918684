import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { chooseRuntime } from "../functions/photo/runtime.ts";
import { createBackbone } from "../models/backbone.ts";
import { networkPixels } from "../models/pixels.ts";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import type { OpenSession } from "../models/session.ts";
import { committedModel } from "./support/photo_encoder.ts";
import { madePicture } from "./support/pictures.ts";

const engines: Record<string, OpenSession> = { native: openNative, wasm: createWasmRuntime() };

Deno.test({
  name: "the wasm engine agrees with the native one on the committed model",
  // The wasm engine opens a message port for the page's whole life.
  sanitizeResources: false,
  async fn() {
    const { section, model } = await committedModel();
    const pixels = networkPixels(madePicture(300, 300, 5), section.input);
    const [native, wasm] = await Promise.all(
      Object.values(engines).map(async (open) => {
        const session = await open(model);
        const output = await createBackbone(session, section).run(pixels);
        await session.release();
        return output;
      }),
    );
    for (const name of ["embedding", "logits"] as const) {
      const a = native![name], b = wasm![name];
      assertEquals(a.length, b.length);
      const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert(largest > 0.5);
      for (const [i, value] of a.entries()) assertAlmostEquals(b[i]!, value, largest * 1e-3);
    }
  },
});

for (const [name, open] of Object.entries(engines)) {
  Deno.test(`the ${name} engine throws when the bytes are no model`, async () => {
    await assertRejects(() => open(new Uint8Array([1, 2, 3])));
  });
}

Deno.test("chooseRuntime() takes what is asked for, and native when nothing is", async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  assertEquals(await chooseRuntime("wasm", log), "wasm");
  assertEquals(await chooseRuntime("native", log), "native");
  assertEquals(await chooseRuntime(undefined, log), "native");
  assertEquals(lines, []);
  await assertRejects(() => chooseRuntime("gpu", log), RangeError, '"native" or "wasm"');
});
