/**
 * Labels as small numbers.
 *
 * @module
 */

/** Each label once, counted; one that nobody uses any more is let go of. */
export class Labels {
  readonly #numbers = new Map<string, number>();
  readonly #labels: (string | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** The label's number, which is then used once more. */
  acquire(label: string): number {
    let number = this.#numbers.get(label);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#labels.length;
      this.#numbers.set(label, number);
      this.#labels[number] = label;
      this.#uses[number] = 0;
    }
    this.#uses[number] = (this.#uses[number] ?? 0) + 1;
    return number;
  }

  /** Takes one use back. */
  release(number: number): void {
    const left = (this.#uses[number] ?? 0) - 1;
    this.#uses[number] = left;
    if (left > 0) return;
    this.#numbers.delete(this.at(number));
    this.#labels[number] = undefined;
    this.#free.push(number);
  }

  /** The number of a label in use. */
  find(label: string): number | undefined {
    return this.#numbers.get(label);
  }

  /** The label of a number in use. */
  at(number: number): string {
    const label = this.#labels[number];
    if (label === undefined) throw new RangeError(`no label has number ${number}`);
    return label;
  }

  /** Labels in use, in code-unit order. */
  sorted(): string[] {
    return [...this.#numbers.keys()].sort();
  }
}
