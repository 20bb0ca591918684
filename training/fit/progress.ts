/**
 * Tells how far a training is.
 *
 * @module
 */

const WIDTH = 20;

/** A bar of blocks. @param share 0 to 1 */
export function bar(share: number): string {
  const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  return "█".repeat(done) + "░".repeat(WIDTH - done);
}

/**
 * A function that tells a line an epoch: how far it is, and the numbers given.
 *
 * @param name of what is trained
 * @param epochs in all
 */
export function createProgress(
  name: string,
  epochs: number,
  log: (line: string) => void,
): (epoch: number, numbers: Readonly<Record<string, number>>) => void {
  const begun = performance.now();
  return function progress(epoch, numbers) {
    const told = Object.entries(numbers)
      .filter(([, value]) => !Number.isNaN(value))
      .map(([key, value]) => `${key} ${Number.isInteger(value) ? value : value.toFixed(3)}`);
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    log(`${name} ${bar(epoch / epochs)} ${epoch}/${epochs}, ${told.join(", ")} (${seconds} s)`);
  };
}
