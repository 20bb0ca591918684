/**
 * The inner loops of models/pixels.ts and models/fingerprint.ts in AssemblyScript, eight 16-bit
 * lanes at a time. `deno task train kernels` compiles it into models/simd_kernel_wasm.ts.
 *
 * Integers throughout: every engine gives the same bits. The caller lays out the memory and leaves
 * 64 bytes behind each part, because whole vectors are read and written.
 *
 * What runs down the columns leaves sums of 16 bits, stored less 2^15, because the multiplication
 * that adds up pairs takes signed numbers. The weights along the rows are negated, because 2^15,
 * which is one there, fits 16 bits only as -2^15.
 */

/**
 * Samples of neighbouring pixels side by side: r0 r1 g0 g1 b0 b1 of r0 g0 b0 r1 g1 b1. In two
 * steps that processors have instructions for; any one shuffle would need a mask built first.
 */
// @ts-ignore: decorator
@inline
function pairUp(v: v128): v128 {
  const next = v128.shuffle<i16>(v, v, 3, 4, 5, 6, 7, 8, 9, 10);
  return v128.shuffle<i16>(v, next, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** sums[i] = -2^15 + sum over the rows of weights[row] * input[row * stride + i]. */
// @ts-ignore: decorator
@inline
function down(
  input: usize,
  stride: usize,
  length: usize,
  weights: usize,
  rows: usize,
  sums: usize,
): void {
  const end = weights + (rows << 1);
  for (let i: usize = 0; i < length; i += 32) {
    let a = i16x8.splat(-0x8000), b = a, c = a, d = a;
    let p = input + i;
    for (let w = weights; w < end; w += 2) {
      const weight = v128.load16_splat(w);
      a = i16x8.add(a, i16x8.mul(v128.load8x8_u(p), weight));
      b = i16x8.add(b, i16x8.mul(v128.load8x8_u(p, 8), weight));
      c = i16x8.add(c, i16x8.mul(v128.load8x8_u(p, 16), weight));
      d = i16x8.add(d, i16x8.mul(v128.load8x8_u(p, 24), weight));
      p += stride;
    }
    const to = sums + (i << 1);
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
}

/** Red, green, blue: start + sum over the pairs of weights times sums, two pairs at a time. */
// @ts-ignore: decorator
@inline
function across(start: v128, sums: usize, weights: usize, pairs: usize): v128 {
  let total = start;
  const end = weights + (pairs << 2);
  do {
    const one = i32x4.dot_i16x8_s(pairUp(v128.load(sums)), v128.load32_splat(weights));
    const two = i32x4.dot_i16x8_s(pairUp(v128.load(sums, 12)), v128.load32_splat(weights, 4));
    total = i32x4.add(total, i32x4.add(one, two));
    sums += 24;
    weights += 8;
  } while (weights < end);
  return total;
}

/**
 * Resizes: pixels[row][column] = (2^22 + sums) >> 23.
 *
 * @param input first row and column that are taken from
 * @param stride bytes of a row of the input
 * @param length bytes of a row that are taken from
 * @param rows rows of the output
 * @param rowAt [rows] i32, byte offset of the first input row
 * @param rowCount [rows] i32, number of input rows
 * @param rowWeights [rows, rowWidth] i16, which sum up to 2^8
 * @param columns columns of the output
 * @param columnAt [columns] i32, byte offset of the first column in the sums
 * @param columnWeights [columns, pairs, 2] i16, which sum up to -2^15; pairs is even
 * @param sums room for 2 * length bytes
 * @param pixels [rows, columns, 3] u8, the output
 */
export function resize(
  input: usize,
  stride: usize,
  length: usize,
  rows: usize,
  rowAt: usize,
  rowCount: usize,
  rowWeights: usize,
  rowWidth: usize,
  columns: usize,
  columnAt: usize,
  columnWeights: usize,
  pairs: usize,
  sums: usize,
  pixels: usize,
): void {
  // Half a level, and the 2^15 that the sums lack times the 2^15 that the weights sum up to.
  const start = i32x4.splat(-((1 << 22) + (1 << 30)));
  for (let row: usize = 0; row < rows; row++) {
    down(
      input + load<u32>(rowAt + (row << 2)),
      stride,
      length,
      rowWeights + row * rowWidth * 2,
      load<u32>(rowCount + (row << 2)),
      sums,
    );
    let weights = columnWeights;
    for (let column: usize = 0; column < columns; column++) {
      const from = sums + load<u32>(columnAt + (column << 2));
      const levels = i32x4.shr_u(i32x4.neg(across(start, from, weights, pairs)), 23);
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(levels, levels), levels);
      // The fourth byte is overwritten by the next pixel.
      v128.store32_lane(pixels, bytes, 0);
      weights += pairs << 2;
      pixels += 3;
    }
  }
}

/**
 * Sums over cells: the same passes, left as sums.
 *
 * @param columnWeights [columns, pairs, 2] i16, negated; pairs is even
 * @param totals [rows, columns, 4] i32, of red, green, blue: sums less 2^15 times the negated weights
 */
export function cells(
  input: usize,
  stride: usize,
  length: usize,
  rows: usize,
  rowAt: usize,
  rowCount: usize,
  rowWeights: usize,
  rowWidth: usize,
  columns: usize,
  columnAt: usize,
  columnWeights: usize,
  pairs: usize,
  sums: usize,
  totals: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    down(
      input + load<u32>(rowAt + (row << 2)),
      stride,
      length,
      rowWeights + row * rowWidth * 2,
      load<u32>(rowCount + (row << 2)),
      sums,
    );
    let weights = columnWeights;
    for (let column: usize = 0; column < columns; column++) {
      const from = sums + load<u32>(columnAt + (column << 2));
      v128.store(totals, across(i32x4.splat(0), from, weights, pairs));
      weights += pairs << 2;
      totals += 16;
    }
  }
}

/**
 * Sum and sum of squares of red + green + blue.
 *
 * @param pixels [count, 3] u8, followed by zeros
 * @param count number of pixels
 * @param moments two u64, the output
 */
export function moments(pixels: usize, count: usize, moments: usize): void {
  const ones = i16x8.splat(1);
  const end = pixels + count * 3;
  let sum: v128 = i64x2.splat(0), squares = sum;
  while (pixels < end) {
    // 2,048 times two squares of at most 765 stay below 2^32.
    const stop = min(end, pixels + 2048 * 24);
    let some: v128 = i32x4.splat(0), someSquares = some;
    for (; pixels < stop; pixels += 24) {
      const a = v128.load(pixels), b = v128.load(pixels, 8);
      // Bytes of eight pixels: 0 to 15 of a, and of b, which begins 8 later, 8 to 23.
      const redGreen = v128.shuffle<u8>(
        a, b, 0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 24, 26, 27, 29, 30,
      );
      const blue = v128.shuffle<u8>(
        a, b, 2, 2, 5, 5, 8, 8, 11, 11, 14, 14, 25, 25, 28, 28, 31, 31,
      );
      const value = i16x8.add(
        i16x8.extadd_pairwise_i8x16_u(redGreen),
        i16x8.shr_u(i16x8.extadd_pairwise_i8x16_u(blue), 1),
      );
      some = i32x4.add(some, i32x4.dot_i16x8_s(value, ones));
      someSquares = i32x4.add(someSquares, i32x4.dot_i16x8_s(value, value));
    }
    sum = i64x2.add(sum, i64x2.extend_low_i32x4_u(some));
    sum = i64x2.add(sum, i64x2.extend_high_i32x4_u(some));
    squares = i64x2.add(squares, i64x2.extend_low_i32x4_u(someSquares));
    squares = i64x2.add(squares, i64x2.extend_high_i32x4_u(someSquares));
  }
  store<u64>(moments, i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
  store<u64>(moments, i64x2.extract_lane(squares, 0) + i64x2.extract_lane(squares, 1), 8);
}
