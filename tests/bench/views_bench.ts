/**
 * What further views cost: the CPU of looking at a photo three times beside looking once, decoding,
 * hashing and looking for faces included.
 *
 *     deno run -A tests/bench/views_bench.ts
 *
 * How many photos need them is no matter of speed: `deno task eval generalization` tells it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseManifest } from "../../models/manifest.ts";
import { openInProcessEncoder } from "../../training/eval/in_process_encoder.ts";
import { cpuOf, median } from "./cpu.ts";

const MODELS = new URL("../../models/", import.meta.url);
const SAMPLES = new URL("../../web/samples/", import.meta.url);
const FILES = ["chelsea_cat.jpg", "coffee_cup.jpg", "rocket.jpg"] as const;
const ROUNDS = 20;
const WARM_UP = 10;

/** Measures and prints the ratio. */
export async function benchViews(): Promise<void> {
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", MODELS))),
  );
  const open = (decided: number) =>
    openInProcessEncoder(
      { ...manifest, kinds: { ...manifest.kinds, decided } },
      fileURLToPath(MODELS),
    );
  // No probability is below 0, and none above 1.
  const [one, three] = [await open(0), await open(2)];
  const photos = await Promise.all(FILES.map((file) => Deno.readFile(new URL(file, SAMPLES))));
  const times = { one: [] as number[], three: [] as number[] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, encoder] of Object.entries({ one, three })) {
      const took = await cpuOf(async () => {
        for (const photo of photos) await encoder.encode(photo);
      });
      if (round >= 0) times[name as keyof typeof times].push(took / photos.length);
    }
  }
  await one.close();
  await three.close();
  const ratio = median(times.three.map((time, i) => time / times.one[i]!));
  console.log("CPU of seeing a photo, medians");
  console.log(`one view                   ${median(times.one).toFixed(2)} ms`);
  console.log(
    `three views                ${median(times.three).toFixed(2)} ms   ${
      ratio.toFixed(2)
    }× of that (bound 3)`,
  );
}

if (import.meta.main) await benchViews();
