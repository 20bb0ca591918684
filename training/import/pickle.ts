/**
 * Reads Python's pickle format without running anything.
 *
 * The one library for it (`pickleparser`) neither says where a pickle ended, which files with several of them
 * need, nor keeps keys like `__proto__` away from plain objects. The opcodes that a file of
 * weights uses are few.
 *
 * @module
 */

/** A Python tuple, list, dictionary, number, text, … ; a dictionary is a `Map`. */
export type PickleValue = unknown;

/** A class or function that a pickle names, as "torch FloatStorage". Never looked up or run. */
export class PickleGlobal {
  /** Module and name with a space between. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Stands in for a Python function or class; gets the arguments of the call. */
export type PickleCall = (args: readonly PickleValue[]) => PickleValue;

/** What a pickle may ask for. */
export interface UnpickleOptions {
  /**
   * The functions and classes it may name, by module and name with a space between; they run in
   * place of Python's. One that may be named but not called is `undefined`.
   */
  readonly globals?: ReadonlyMap<string, PickleCall | undefined>;
  /** Turns the id of something outside the pickle into it. */
  readonly persistent?: (id: PickleValue) => PickleValue;
}

/** One pickle and where it ended. */
export interface Unpickled {
  readonly value: PickleValue;
  /** Offset of the first byte behind it. */
  readonly end: number;
}

const MARK = Symbol("mark");

class Stack {
  readonly #items: unknown[] = [];

  push(item: unknown): void {
    this.#items.push(item);
  }

  pop(): unknown {
    if (this.#items.length === 0) throw new SyntaxError("The pickle takes from an empty stack");
    return this.#items.pop();
  }

  /** Everything above the last mark, which goes too. */
  popToMark(): unknown[] {
    const at = this.#items.lastIndexOf(MARK);
    if (at < 0) throw new SyntaxError("The pickle takes a list without a beginning");
    const items = this.#items.splice(at);
    return items.slice(1);
  }

  top<T>(is: (item: unknown) => item is T, expected: string): T {
    const item = this.#items.at(-1);
    if (!is(item)) throw new SyntaxError(`The pickle fills something that is no ${expected}`);
    return item;
  }
}

const isMap = (item: unknown): item is Map<unknown, unknown> => item instanceof Map;
const isArray = (item: unknown): item is unknown[] => Array.isArray(item);

class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  #take(count: number): number {
    const from = this.at;
    if (count > this.#bytes.length - from) {
      throw new SyntaxError(`The pickle ends at byte ${this.#bytes.length}, before its end mark`);
    }
    this.at += count;
    return from;
  }

  u8 = () => this.#view.getUint8(this.#take(1));
  u16 = () => this.#view.getUint16(this.#take(2), true);
  u32 = () => this.#view.getUint32(this.#take(4), true);
  i32 = () => this.#view.getInt32(this.#take(4), true);

  text(length: number): string {
    const from = this.#take(length);
    return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes.subarray(from, this.at));
  }

  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw new SyntaxError("The pickle ends within a line");
    const line = this.text(end - this.at);
    this.at++;
    return line;
  }

  /** A little-endian two's complement integer. */
  long(length: number): bigint {
    const from = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(this.#bytes[from + i]!);
    return length > 0 && this.#bytes[from + length - 1]! > 127
      ? value - (1n << BigInt(8 * length))
      : value;
  }
}

/**
 * Reads one pickle of protocol 2.
 *
 * @param bytes may hold more than the pickle
 * @param start where it begins
 * @throws {SyntaxError} when it is cut off, malformed, or uses an opcode that no file of weights needs
 * @throws {TypeError} when it names or calls something that `options` do not allow
 */
export function unpickle(
  bytes: Uint8Array,
  start = 0,
  { globals = new Map(), persistent }: UnpickleOptions = {},
): Unpickled {
  const read = new Reader(bytes, start);
  const stack = new Stack();
  const memo = new Map<number, unknown>();

  const remember = (index: number) => memo.set(index, stack.top((_): _ is unknown => true, ""));
  const recall = (index: number) => {
    if (!memo.has(index)) throw new SyntaxError(`The pickle recalls ${index}, which it never kept`);
    stack.push(memo.get(index));
  };
  const setItems = (items: readonly unknown[]) => {
    if (items.length % 2 !== 0) throw new SyntaxError("The pickle has a key without a value");
    const map = stack.top(isMap, "dictionary");
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  };
  const tuple = (length: number) => {
    const items = Array.from({ length }, () => stack.pop());
    stack.push(items.reverse());
  };

  for (;;) {
    const at = read.at;
    const opcode = read.u8();
    switch (opcode) {
      case 0x80: { // PROTO
        const protocol = read.u8();
        if (protocol !== 2) throw new SyntaxError(`Expected pickle protocol 2, got ${protocol}`);
        break;
      }
      case 0x2e: // STOP
        return { value: stack.pop(), end: read.at };
      case 0x28: // MARK
        stack.push(MARK);
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4b: // BININT1
        stack.push(read.u8());
        break;
      case 0x4d: // BININT2
        stack.push(read.u16());
        break;
      case 0x4a: // BININT
        stack.push(read.i32());
        break;
      case 0x8a: // LONG1
        stack.push(read.long(read.u8()));
        break;
      case 0x58: // BINUNICODE
        stack.push(read.text(read.u32()));
        break;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x85: // TUPLE1
        tuple(1);
        break;
      case 0x86: // TUPLE2
        tuple(2);
        break;
      case 0x87: // TUPLE3
        tuple(3);
        break;
      case 0x74: // TUPLE
        stack.push(stack.popToMark());
        break;
      case 0x61: { // APPEND
        const item = stack.pop();
        stack.top(isArray, "list").push(item);
        break;
      }
      case 0x65: { // APPENDS
        const items = stack.popToMark();
        const list = stack.top(isArray, "list");
        for (const item of items) list.push(item);
        break;
      }
      case 0x73: { // SETITEM
        const item = stack.pop();
        setItems([stack.pop(), item]);
        break;
      }
      case 0x75: // SETITEMS
        setItems(stack.popToMark());
        break;
      case 0x71: // BINPUT
        remember(read.u8());
        break;
      case 0x72: // LONG_BINPUT
        remember(read.u32());
        break;
      case 0x68: // BINGET
        recall(read.u8());
        break;
      case 0x6a: // LONG_BINGET
        recall(read.u32());
        break;
      case 0x63: { // GLOBAL
        const name = `${read.line()} ${read.line()}`;
        if (!globals.has(name)) throw new TypeError(`The pickle names "${name}", which may not be`);
        stack.push(new PickleGlobal(name));
        break;
      }
      case 0x52: { // REDUCE
        const args = stack.pop();
        const callee = stack.pop();
        const call = callee instanceof PickleGlobal ? globals.get(callee.name) : undefined;
        if (call === undefined || !isArray(args)) {
          const what = callee instanceof PickleGlobal ? `"${callee.name}"` : "a value";
          throw new TypeError(`The pickle calls ${what}, which may not be called`);
        }
        stack.push(call(args));
        break;
      }
      case 0x51: { // BINPERSID
        if (!persistent) throw new TypeError("The pickle refers to something outside it");
        stack.push(persistent(stack.pop()));
        break;
      }
      case 0x62: // BUILD: attributes of a dictionary, which carry no weights
        stack.pop();
        stack.top(isMap, "dictionary");
        break;
      default:
        throw new SyntaxError(
          `The pickle has the opcode 0x${opcode.toString(16)} at byte ${at}, which is not read`,
        );
    }
  }
}
