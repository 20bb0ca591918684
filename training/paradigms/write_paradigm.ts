/**
 * Puts a trained paradigm into `models/`: the network, its section of the manifest, its card.
 *
 * @module
 */
import { type ParadigmCard, paradigmCard } from "../../models/paradigm_card.ts";
import { parseManifest } from "../../models/manifest.ts";
import type { ParadigmSection, ParadigmsSection, TrainedParadigm } from "../../models/paradigms.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import type { Graph } from "../onnx/graph.ts";
import { join } from "../paths.ts";

/** Most bytes of an exported network. */
export const MOST_BYTES = 3_000_000;

/** What does not follow from the file. */
type Told<P extends TrainedParadigm> = Omit<
  ParadigmSection<P>,
  "file" | "bytes" | "sha256" | "licence" | "sources"
>;

/** A trained paradigm. */
export interface Trained<P extends TrainedParadigm> {
  readonly id: P;
  readonly graph: Graph;
  readonly classes: readonly string[];
  /** What it was trained on, and whose that is. */
  readonly source: string;
  readonly section: Told<P>;
  readonly card: ParadigmCard;
}

/**
 * Writes all three, the manifest last: what it names is there.
 *
 * Both trained paradigms answer among the same classes; where the other one was trained on others,
 * it is dropped from the manifest until it is trained again.
 *
 * @throws {RangeError} when the network has more than {@linkcode MOST_BYTES}
 */
export async function writeParadigm<P extends TrainedParadigm>(
  models: string,
  { id, graph, classes, source, section, card }: Trained<P>,
): Promise<void> {
  const bytes = graph.toBytes({
    description: card.title,
    metadata: { classes: JSON.stringify(classes), made: section.made.command },
  });
  if (bytes.length > MOST_BYTES) {
    throw new RangeError(`The network has ${bytes.length} bytes, at most ${MOST_BYTES} are served`);
  }
  const path = join(models, "manifest.json");
  const { paradigms } = parseManifest(JSON.parse(await Deno.readTextFile(path)));
  const others = paradigms && paradigms.classes.join("\n") === classes.join("\n") ? paradigms : {};
  const file = `${id}.onnx`;
  await writeAtomically(join(models, file), bytes);
  await writeCard(models, card);
  await updateManifest("paradigms", {
    ...others,
    classes,
    [id]: {
      ...section,
      file,
      bytes: bytes.length,
      sha256: await sha256Hex(bytes),
      licence: "Apache-2.0",
      sources: [source],
    },
  } as ParadigmsSection, path);
}

/** Writes a card. */
export async function writeCard(models: string, card: ParadigmCard): Promise<void> {
  await Deno.mkdir(join(models, "paradigms"), { recursive: true });
  await writeAtomically(
    join(models, "paradigms", `${card.id}.json`),
    `${JSON.stringify(paradigmCard.parse(card), null, 2)}\n`,
  );
}
