/**
 * The inner loops in WebAssembly with vectors (`training/kernels/pixels.as`).
 *
 * @module
 */
import type { PixelKernel, Taps } from "./pixel_kernel.ts";
import { wasm } from "./simd_kernel_wasm.ts";

/**
 * Most memory that a kernel keeps, in bytes: room for a working image of 1280×1280 (4.9 MB) and
 * the weights.
 */
const MOST_MEMORY = 6 * 2 ** 20;
const PAGE = 2 ** 16;
/** Whole vectors are read and written: this far behind what they hold. */
const SLACK = 64;
/** Beyond it the sum of a cell in 16-bit steps could leave 32 bits. */
const MOST_WIDTH = 2 ** 15;

type Pass = (
  input: number,
  stride: number,
  length: number,
  rows: number,
  rowAt: number,
  rowCount: number,
  rowWeights: number,
  rowWidth: number,
  columns: number,
  columnAt: number,
  columnWeights: number,
  pairs: number,
  sums: number,
  output: number,
) => void;

/** What the module exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly resize: Pass;
  readonly cells: Pass;
  readonly moments: (pixels: number, count: number, moments: number) => void;
}

/** The module, or null where the engine has no vectors or the page may not compile. */
function instantiate(): Exports | null {
  if (typeof WebAssembly === "undefined") return null;
  const bytes = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return exports as unknown as Exports;
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}

/** Lays parts of the memory behind one another. */
function createLayout(): { take(bytes: number): number; readonly end: number } {
  let end = 0;
  return {
    take(bytes) {
      const at = end;
      end += Math.ceil((bytes + SLACK) / 16) * 16;
      return at;
    },
    get end() {
      return end;
    },
  };
}

/** Has the memory reach to `end`; false where it must not or cannot. */
function reach(memory: WebAssembly.Memory, end: number): boolean {
  if (end > MOST_MEMORY) return false;
  const missing = end - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / PAGE));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** One of the two passes over a picture, laid out in the memory and run. */
interface Work {
  /** Bytes of rows; writes them to where they belong. */
  readonly inputLength: number;
  readonly writeInput: (input: Uint8Array) => void;
  readonly stride: number;
  readonly across: Taps;
  readonly down: Taps;
  readonly outputLength: number;
}

/** @returns where the output is, or -1 when the work does not fit the memory */
function run(memory: WebAssembly.Memory, pass: Pass, work: Work): number {
  const { across, down, stride } = work;
  const columns = across.first.length;
  const rows = down.first.length;
  const left = across.first[0]!;
  const length = (across.first[columns - 1]! + across.count[columns - 1]! - left) * 3;
  let most = 0;
  for (let i = 0; i < columns; i++) most = Math.max(most, across.count[i]!);
  // Two pairs are weighed at a time.
  const pairs = Math.ceil(most / 4) * 2;

  const layout = createLayout();
  const rowAt = layout.take(rows * 4);
  const rowCount = layout.take(rows * 4);
  const columnAt = layout.take(columns * 4);
  const rowWeights = layout.take(down.weights.length * 2);
  const columnWeights = layout.take(columns * pairs * 4);
  // The last output's padding reads past the sums as well.
  const sums = layout.take(length * 2 + pairs * 12);
  const output = layout.take(work.outputLength);
  const input = layout.take(work.inputLength);
  if (!reach(memory, layout.end)) return -1;

  // Growing detached whatever views there were: they are made here, for each call.
  const { buffer } = memory;
  const rowAts = new Int32Array(buffer, rowAt, rows);
  const columnAts = new Int32Array(buffer, columnAt, columns);
  const firstRow = down.first[0]!;
  for (let i = 0; i < rows; i++) rowAts[i] = (down.first[i]! - firstRow) * stride;
  for (let i = 0; i < columns; i++) columnAts[i] = (across.first[i]! - left) * 6;
  new Int32Array(buffer, rowCount, rows).set(down.count);
  new Int16Array(buffer, rowWeights, down.weights.length).set(down.weights);
  const weights = new Int16Array(buffer, columnWeights, columns * pairs * 2);
  weights.fill(0);
  for (let i = 0; i < columns; i++) {
    const from = i * across.width, to = i * pairs * 2;
    for (let k = 0; k < across.count[i]!; k++) weights[to + k] = -across.weights[from + k]!;
  }
  work.writeInput(new Uint8Array(buffer, input, work.inputLength));
  pass(
    input + left * 3,
    stride,
    length,
    rows,
    rowAt,
    rowCount,
    rowWeights,
    down.width,
    columns,
    columnAt,
    columnWeights,
    pairs,
    sums,
    output,
  );
  return output;
}

/**
 * Opens the fast kernel. It keeps at most 6 MiB, and hands what does not fit to another kernel.
 *
 * @param fallback for pictures that are too large
 * @returns null where the engine has no WebAssembly vectors, or the page's policy forbids them
 */
export function openSimdKernel(fallback: PixelKernel): PixelKernel | null {
  const exports = instantiate();
  if (!exports) return null;
  const { memory } = exports;
  return {
    resize(image, across, down) {
      const rows = down.first.length;
      const stride = image.width * 3;
      const from = down.first[0]! * stride;
      const to = (down.first[rows - 1]! + down.count[rows - 1]!) * stride;
      const outputLength = rows * across.first.length * 3;
      const output = run(memory, exports.resize, {
        inputLength: to - from,
        writeInput: (input) => input.set(image.data.subarray(from, to)),
        stride,
        across,
        down,
        outputLength,
      });
      if (output < 0) return fallback.resize(image, across, down);
      return new Uint8Array(memory.buffer, output, outputLength).slice();
    },
    cellSums(image, rows, across, down) {
      const size = across.first.length;
      const stride = image.width * 3;
      const cells = size * size;
      const output = image.width > MOST_WIDTH ? -1 : run(memory, exports.cells, {
        inputLength: rows.count * stride,
        writeInput(input) {
          for (let y = 0; y < rows.count; y++) {
            const from = (rows.begin + y * rows.step) * stride;
            input.set(image.data.subarray(from, from + stride), y * stride);
          }
        },
        stride,
        across,
        down,
        outputLength: cells * 16,
      });
      if (output < 0) return fallback.cellSums(image, rows, across, down);
      const totals = new Int32Array(memory.buffer, output, cells * 4);
      const sums = new Float64Array(cells);
      // A sample was 2^15 too small, and its weight negated.
      const lacking = 256 * 2 ** 15 * image.width;
      for (let i = 0; i < cells; i++) {
        const at = i * 4;
        sums[i] = lacking - totals[at]! * 77 - totals[at + 1]! * 150 - totals[at + 2]! * 29;
      }
      return sums;
    },
    moments(pixels) {
      const count = Math.floor(pixels.length / 3);
      const layout = createLayout();
      const output = layout.take(16);
      const input = layout.take(count * 3);
      if (!reach(memory, layout.end)) return fallback.moments(pixels);
      const view = new Uint8Array(memory.buffer, input, count * 3 + SLACK);
      view.set(pixels.length === count * 3 ? pixels : pixels.subarray(0, count * 3));
      view.fill(0, count * 3);
      exports.moments(input, count, output);
      const [sum, squares] = new BigUint64Array(memory.buffer, output, 2);
      return { sum: Number(sum), squares: Number(squares) };
    },
  };
}
