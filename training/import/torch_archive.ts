/**
 * Reads a file of weights that PyTorch saved.
 *
 * @module
 */
import { sizeOf } from "../onnx/tensor.ts";
import { type PickleCall, PickleGlobal, type PickleValue, unpickle } from "./pickle.ts";

/** A named tensor of a file of weights, row-major. */
export interface TorchTensor {
  readonly dims: readonly number[];
  /** Integers (counters) come as `BigInt64Array`. */
  readonly data: Float32Array | BigInt64Array;
}

/** The number that opens the stream format (PyTorch's `serialization.py`). */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

type ElementKind = "torch FloatStorage" | "torch LongStorage";

interface Storage {
  readonly key: string;
  readonly kind: ElementKind;
  readonly length: number;
}

interface View {
  readonly storage: Storage;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

const isCount = (item: PickleValue): item is number =>
  typeof item === "number" && Number.isSafeInteger(item) && item >= 0;
const isCounts = (item: PickleValue): item is number[] =>
  Array.isArray(item) && item.every(isCount);
const isStorage = (item: PickleValue): item is Storage =>
  typeof item === "object" && item !== null && "kind" in item && "key" in item;
const isView = (item: PickleValue): item is View =>
  typeof item === "object" && item !== null && "storage" in item && "strides" in item;

function storageOf(id: PickleValue): Storage {
  const [tag, kind, key, , length, slice] = Array.isArray(id) ? id as PickleValue[] : [];
  if (
    tag !== "storage" || !(kind instanceof PickleGlobal) || typeof key !== "string" ||
    !isCount(length) || slice !== null
  ) {
    throw new SyntaxError("The file of weights refers to something that is no whole storage");
  }
  return { kind: kind.name as ElementKind, key, length };
}

function viewOf(args: readonly PickleValue[]): View {
  const [storage, offset, dims, strides] = args;
  if (
    !isStorage(storage) || !isCount(offset) || !isCounts(dims) || !isCounts(strides) ||
    dims.length !== strides.length
  ) {
    throw new SyntaxError("The file of weights has a tensor that is no view of a storage");
  }
  const last = offset + dims.reduce((sum, dim, axis) => sum + (dim - 1) * strides[axis]!, 0);
  if (!dims.includes(0) && last >= storage.length) {
    throw new RangeError(
      `A tensor reaches to element ${last} of a storage of ${storage.length} elements`,
    );
  }
  return { storage, offset, dims, strides };
}

/** Weights may lie in the storage in any order of axes; what comes out is row-major. */
function gather<T extends Float32Array | BigInt64Array>(view: View, from: T, to: T): T {
  const index = view.dims.map(() => 0);
  let at = view.offset;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[at]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      at += view.strides[axis]!;
      if (index[axis]! < view.dims[axis]!) break;
      at -= view.strides[axis]! * view.dims[axis]!;
      index[axis] = 0;
    }
  }
  return to;
}

/**
 * Reads a state dictionary in PyTorch's stream format (the default before version 1.6): five
 * pickles one behind the other (magic number, protocol, system, the dictionary of tensors, the order of the
 * storages), then each storage as its length (64 bits) and its raw little-endian elements.
 *
 * @param bytes the whole `.pth` file
 * @returns the tensors by name, in the file's order
 * @throws {SyntaxError} when it is no such file
 * @throws {TypeError} when it names a class that holds no float32 or int64 weights
 * @throws {RangeError} when a storage is cut off or a tensor reaches beyond its storage
 */
export function readTorchArchive(bytes: Uint8Array): Map<string, TorchTensor> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new SyntaxError(
      "Expected PyTorch's stream format, got its zip format; save it with _use_new_zipfile_serialization=False",
    );
  }
  const magic = unpickle(bytes);
  if (magic.value !== MAGIC) throw new SyntaxError("Expected a file of weights of PyTorch");
  const protocol = unpickle(bytes, magic.end);
  if (protocol.value !== PROTOCOL) {
    throw new SyntaxError(`Expected PyTorch's protocol ${PROTOCOL}, got ${protocol.value}`);
  }
  const system = unpickle(bytes, protocol.end);
  if (!(system.value instanceof Map) || system.value.get("little_endian") !== true) {
    throw new SyntaxError("Expected a file of weights in little-endian order");
  }
  const dictionary = unpickle(bytes, system.end, {
    globals: new Map<string, PickleCall | undefined>([
      ["collections OrderedDict", () => new Map()],
      ["torch._utils _rebuild_tensor_v2", viewOf],
      ["torch FloatStorage", undefined],
      ["torch LongStorage", undefined],
    ]),
    persistent: storageOf,
  });
  const order = unpickle(bytes, dictionary.end);
  if (!(dictionary.value instanceof Map) || !Array.isArray(order.value)) {
    throw new SyntaxError("Expected a dictionary of tensors and the order of their storages");
  }

  const kinds = new Map<string, Storage>();
  for (const view of dictionary.value.values()) {
    if (isView(view)) kinds.set(view.storage.key, view.storage);
  }
  const storages = new Map<string, Float32Array | BigInt64Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = order.end;
  for (const key of order.value as PickleValue[]) {
    const storage = typeof key === "string" ? kinds.get(key) : undefined;
    if (!storage) throw new SyntaxError(`The file of weights has a storage that no tensor uses`);
    const size = storage.kind === "torch FloatStorage" ? 4 : 8;
    const end = at + 8 + storage.length * size;
    if (end > bytes.length || view.getBigInt64(at, true) !== BigInt(storage.length)) {
      throw new RangeError(
        `The storage ${storage.key} at byte ${at} must have ${storage.length} elements; ` +
          "the file ends before or says otherwise",
      );
    }
    // Copied, because a typed array cannot begin just anywhere.
    const raw = bytes.slice(at + 8, end).buffer;
    storages.set(storage.key, size === 4 ? new Float32Array(raw) : new BigInt64Array(raw));
    at = end;
  }

  const tensors = new Map<string, TorchTensor>();
  for (const [name, view] of dictionary.value) {
    const storage = isView(view) ? storages.get(view.storage.key) : undefined;
    if (typeof name !== "string" || !isView(view) || !storage) {
      throw new SyntaxError(`The file of weights has an entry "${name}" that is no tensor`);
    }
    const length = sizeOf(view.dims);
    const data = storage instanceof Float32Array
      ? gather(view, storage, new Float32Array(length))
      : gather(view, storage, new BigInt64Array(length));
    tensors.set(name, { dims: view.dims, data });
  }
  return tensors;
}
