/**
 * Other engines that recognise faces in JavaScript beside this project's, in one run.
 *
 *     deno task bench:peers                     # fetches them into .cache/peers at the first run
 *     deno task bench:peers --json FILE         # and writes all figures to a file
 *
 * Every engine runs in a process of its own, under Deno, in one thread, and is given the same
 * decoded pixels. Speed is CPU time of finding and describing the one face of a 640×480 photo,
 * engines taking turns; the first answer is CPU from the start of the process. Accuracy is over all
 * pairs of photos of `data/faces` of the collections (see `training/collections.ts`); in brackets
 * with a second try, in a black border, at photos without a finding.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createFaceJudge } from "../../../functions/core/face_judge.ts";
import { parseManifest } from "../../../models/manifest.ts";
import { parseFaceAge } from "../../../models/people.ts";
import { sharedPath } from "../../support/data.ts";
import { compareAccuracy } from "./compare_accuracy.ts";
import { compareSpeed } from "./compare_speed.ts";
import { listEngines } from "./engines.ts";
import { decodeFaces, decodeSamples } from "./face_photos.ts";
import { installPeers } from "./install_peers.ts";
import { accuracyTable, firstTable, speedTable } from "./report.ts";

const MODELS = new URL("../../../models/", import.meta.url);

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(new URL(file, MODELS)));
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { json: { type: "string" } } });
  await installPeers();
  const { faces, people } = parseManifest(await readJson("manifest.json"));
  const age = parseFaceAge(await readJson(people.age.file));
  const engines = listEngines(createFaceJudge(faces.id, people, age));
  const judged = engines.filter(({ judged }) => judged);
  const folder = await Deno.makeTempDir({ prefix: "xolo-peers-" });
  try {
    const speed = await compareSpeed(engines, await decodeSamples(folder));
    console.log(`${speedTable(engines, speed)}\n\n${firstTable(engines, speed)}\n`);
    const collection = sharedPath("data/faces");
    const accuracy = collection === undefined
      ? undefined
      : await compareAccuracy(judged, await decodeFaces(collection, folder));
    console.log(
      accuracy
        ? accuracyTable(judged, accuracy)
        : "accuracy was not measured: there is no data/faces",
    );
    if (values.json !== undefined) {
      const named = engines.map(({ name }, i) => ({
        name,
        rounds: speed[i],
        accuracy: accuracy?.accuracies[judged.findIndex((engine) => engine.name === name)],
      }));
      const { photos, allFound } = accuracy ?? {};
      await Deno.writeTextFile(
        values.json,
        JSON.stringify({ photos, allFound, engines: named }, null, 2) + "\n",
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
