/**
 * Encodes photos side by side, all of one kind after all of another, and prints what became of
 * them as JSON: run by the memory test inside a memory limit.
 *
 *     deno run -A tests/support/encode_many.ts 512 8 FOLDER [native|wasm]
 *
 * @module
 */
import { BusyError, PhotoTooLargeError } from "../../functions/core/errors.ts";
import { root } from "./data.ts";
import { sharp } from "../../functions/photo/vips.ts";
import { withEncoder } from "./photo_encoder.ts";
import { madePicture } from "./pictures.ts";

const [memoryMb, count, folder] = [Number(Deno.args[0]), Number(Deno.args[1]), Deno.args[2]!];
const runtime = Deno.args[3] === "wasm" ? "wasm" : "native";

/** Makes the photos beforehand, in a process of its own: making them takes more than reading. */
async function make(): Promise<void> {
  const { data } = madePicture(1008, 756);
  const photo = () =>
    sharp(data, { raw: { width: 1008, height: 756, channels: 3 } }).resize(4032, 3024);
  await photo().jpeg({ quality: 90 }).toFile(`${folder}/baseline.jpg`);
  await photo().jpeg({ quality: 90, progressive: true }).toFile(`${folder}/progressive.jpg`);
  await photo().jpeg({ quality: 90, progressive: true, chromaSubsampling: "4:4:4" }).toFile(
    `${folder}/progressive444.jpg`,
  );
  await photo().avif({ quality: 40, effort: 0 }).toFile(`${folder}/still.avif`);
}

async function encode(): Promise<void> {
  const fates: Record<string, { answered: number; busy: number; tooLarge: number }> = {};
  const portrait = await Deno.readFile(`${root}/web/samples/grace_hopper.jpg`);
  await withEncoder({ memoryMb, runtime }, async (encoder) => {
    // With everything loaded that can be.
    const { faces } = await encoder.encode(portrait);
    if ((await encoder.describe(faces)).length !== 1) throw new Error("there should be a face");
    for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      const fate = fates[name] = { answered: 0, busy: 0, tooLarge: 0 };
      const photo = await Deno.readFile(`${folder}/${name}`);
      await Promise.all(Array.from({ length: count }, async () => {
        try {
          const { image } = await encoder.encode(photo);
          if (image.width === 4032 && image.height === 3024) fate.answered++;
        } catch (error) {
          if (error instanceof BusyError) fate.busy++;
          else if (error instanceof PhotoTooLargeError) fate.tooLarge++;
          else throw error;
        }
      }));
    }
  });
  console.log(JSON.stringify(fates));
}

await (memoryMb === 0 ? make() : encode());
