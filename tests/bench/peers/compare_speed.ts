/**
 * CPU, first answer and memory of every engine, measured interleaved.
 *
 * @module
 */
import { median } from "../cpu.ts";
import type { Contender } from "./engines.ts";
import { startEngine } from "./engine_process.ts";

/** What finding and describing one face costs. */
export interface Speed {
  /** CPU milliseconds a photo. */
  readonly cpu: number;
  /** CPU milliseconds from the start of the process to the first descriptor. */
  readonly first: number;
  /** The most memory that the process ever held, in MiB. */
  readonly peak: number;
}

/** Times that every engine is started and measured. */
const ROUNDS = 5;
/** Goes through the photos that are not counted: engines compile hot code only after a while. */
const WARM_UP = 4;
/** Goes through them that are. */
const TIMES = 6;

/**
 * Measures all engines by turns, each round in a new process, one at a time.
 *
 * @param photos of one face each, files that `writePhoto` wrote
 * @returns for each engine what each round measured
 * @throws {Error} when an engine finds no face on one of them: its cost would be of less work
 */
export async function compareSpeed(
  contenders: readonly Contender[],
  photos: readonly string[],
): Promise<Speed[][]> {
  const rounds: Speed[][] = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { name, args }] of contenders.entries()) {
      await using engine = startEngine(args);
      const { total } = await engine.ask({ photos: photos.slice(0, 1), times: 1 });
      await engine.ask({ photos, times: WARM_UP });
      const { cpu, peak, faces } = await engine.ask({ photos, times: TIMES });
      if (faces.includes(null)) throw new Error(`${name} should find a face on every sample`);
      rounds[i]!.push({ cpu: cpu / (photos.length * TIMES), first: total, peak });
    }
  }
  return rounds;
}

/** The middle round's value. */
export function typical(rounds: readonly Speed[], what: keyof Speed): number {
  return median(rounds.map((speed) => speed[what]));
}

/** The middle of the rounds' ratios: what a round is disturbed by, it is on both sides. */
export function ratio(
  rounds: readonly Speed[],
  beside: readonly Speed[],
  what: keyof Speed,
): number {
  return median(rounds.map((speed, i) => speed[what] / beside[i]![what]));
}
