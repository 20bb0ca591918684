/**
 * Reads what is told of the paradigms.
 *
 * @module
 */
import type { z } from "zod";
import {
  type ParadigmCard,
  paradigmCard,
  type ParadigmEvaluation,
  paradigmEvaluation,
} from "../models/paradigm_card.ts";
import { createRetried } from "./photo/retried.ts";
import type { ParadigmCards } from "./routes/services.ts";

/** The cards, in the order in which they are told. */
const NAMES = ["sequential", "joint", "human"] as const;

/**
 * Makes what reads the cards of a folder, when they are first asked for and once.
 *
 * @param folder of `sequential.json`, `joint.json`, `human.json` and `evaluation.json`, of which any
 * may be absent
 * @returns functions that reject with a {@linkcode TypeError} when a file is not as it should be
 */
export function createParadigmCards(folder: URL): ParadigmCards {
  const cards = createRetried(async () => {
    const read = await Promise.all(NAMES.map((name) => readCard(name, folder)));
    return read.filter((card): card is ParadigmCard => card !== undefined);
  });
  const evaluation = createRetried(() =>
    readJson<ParadigmEvaluation>("evaluation.json", folder, paradigmEvaluation)
  );
  return { cards: cards.get, evaluation: evaluation.get };
}

async function readCard(
  name: (typeof NAMES)[number],
  folder: URL,
): Promise<ParadigmCard | undefined> {
  const file = `${name}.json`;
  const card = await readJson<ParadigmCard>(file, folder, paradigmCard);
  if (card && card.id !== name) {
    throw new TypeError(
      `paradigms/${file} should be the card of ${name}, it is that of ${card.id}`,
    );
  }
  return card;
}

/** A checked file; undefined when there is none. */
async function readJson<T>(
  file: string,
  folder: URL,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(new URL(file, folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const result = schema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new TypeError(`paradigms/${file} is not as it should be: ${lines.join("; ")}`);
}
