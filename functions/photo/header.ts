/**
 * What the first bytes of a photo say about it, read before anything is decoded: limits hold
 * before a decoder sees a byte, and how much memory it will take is known when it is queued.
 *
 * @module
 */
import { DamagedPhotoError, UnsupportedPhotoError } from "../core/errors.ts";

/** Formats that are read. */
export type PhotoFormat = "jpeg" | "png" | "webp" | "avif" | "heic" | "gif";

/** What the header of a photo says. The sides are as stored, before it is turned upright. */
export interface PhotoHeader {
  readonly format: PhotoFormat;
  /** At least 1. */
  readonly width: number;
  /** At least 1. */
  readonly height: number;
  /**
   * Whether the decoder must keep the whole picture to give its first row: progressive and
   * multi-scan JPEG, interlaced PNG, and formats that are always decoded in one piece.
   */
  readonly whole: boolean;
  /** Bytes a pixel of the decoder's own representation. */
  readonly depth: number;
}

/** What is read, for messages. */
export const READ_FORMATS = "JPEG, PNG, WebP, AVIF, HEIC and GIF";

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(what: string): DamagedPhotoError {
  return new DamagedPhotoError(`The photo is damaged: ${what}`);
}

/** First bytes of formats that are known well enough to be named when they are refused. */
const REFUSED: readonly (readonly [start: string, name: string])[] = [
  ["II*\0", "a TIFF or raw camera file"],
  ["MM\0*", "a TIFF or raw camera file"],
  ["II+\0", "a TIFF or raw camera file"],
  ["MM\0+", "a TIFF or raw camera file"],
  ["%PDF", "a PDF"],
  ["BM", "a BMP"],
  ["8BPS", "a Photoshop file"],
  ["\xff\x4f\xff\x51", "a JPEG 2000"],
  ["\0\0\0\x0cjP", "a JPEG 2000"],
  ["\xff\x0a", "a JPEG XL"],
  ["\0\0\0\x0cJXL", "a JPEG XL"],
  ["PK\x03\x04", "a ZIP archive"],
  ["\x1f\x8b", "a gzip archive"],
  ["\0\0\x01\0", "an icon"],
  ["\0\0\x02\0", "a cursor"],
];

function nameOf(bytes: Uint8Array): string {
  const head = ascii(bytes, 0, 16);
  const known = REFUSED.find(([start]) => head.startsWith(start));
  if (known) return known[1];
  if (/^P[1-7]\s/.test(head)) return "a Netpbm picture";
  if (head.slice(4, 8) === "ftyp") return `a video or picture of the kind "${head.slice(8, 12)}"`;
  const text = ascii(bytes, 0, 512).replace(/^\xef\xbb\xbf/, "").trimStart().toLowerCase();
  if (/^<(\?xml|!doctype svg|svg|!--)/.test(text)) {
    return text.includes("<svg") || text.includes("doctype svg") ? "an SVG" : "XML";
  }
  if (/^<(!doctype html|html|head|body)/.test(text)) return "HTML";
  if (/^[\s\x20-\x7e]{8,}$/.test(head)) return "text";
  return "of no picture format that is known";
}

/** Brands of ISO base media files. `mif1` and `msf1` may be either: the item type decides. */
const AVIF_BRANDS = /^(avif|avis)$/;
const HEIF_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|mif2|mif3)$/;

/**
 * Names the format by its first bytes.
 *
 * @throws {UnsupportedPhotoError} for anything that is not read, saying what it is
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * assertEquals(sniffFormat(new Uint8Array([0xff, 0xd8, 0xff, 0xe0])), "jpeg");
 * assertThrows(() => sniffFormat(new TextEncoder().encode("%PDF-1.7")), Error, "a PDF");
 * ```
 */
export function sniffFormat(bytes: Uint8Array): PhotoFormat {
  if (bytes.length === 0) throw new UnsupportedPhotoError("The photo is empty (0 bytes)");
  const head = ascii(bytes, 0, 16);
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "webp";
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "gif";
  if (head.slice(4, 8) === "ftyp") {
    const brand = head.slice(8, 12);
    if (AVIF_BRANDS.test(brand)) return "avif";
    if (HEIF_BRANDS.test(brand)) return hasCoding(bytes, "av01") ? "avif" : "heic";
  }
  throw new UnsupportedPhotoError(
    `The photo is ${nameOf(bytes)}: what is read are ${READ_FORMATS}`,
  );
}

/** Whether an item of this coding is declared near the beginning of an ISO base media file. */
function hasCoding(bytes: Uint8Array, coding: string): boolean {
  return ascii(bytes, 0, 4096).includes(coding);
}

function jpegHeader(bytes: Uint8Array): PhotoHeader {
  const data = view(bytes);
  let frame: PhotoHeader | undefined;
  let components = 0;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0xff) {
      at++;
      continue;
    }
    // Markers that stand alone.
    if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    if (marker === 0xd9) break;
    if (marker === 0xda) {
      // A first scan without all components announces more scans, so all must be kept.
      return frame ? { ...frame, whole: frame.whole || bytes[at + 4]! < components } : noFrame();
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 &&
      marker !== 0xcc;
    if (isFrame && !frame) {
      if (at + 10 > bytes.length) break;
      components = bytes[at + 9]!;
      let samples = 0;
      let most = 1;
      for (let i = 0; i < components && at + 11 + i * 3 < bytes.length; i++) {
        const factors = bytes[at + 11 + i * 3]!;
        const area = (factors >> 4) * (factors & 15);
        samples += area;
        most = Math.max(most, area);
      }
      frame = {
        format: "jpeg",
        height: data.getUint16(at + 5),
        width: data.getUint16(at + 7),
        whole: (marker & 3) === 2,
        // What is kept are 16-bit coefficients of all components.
        depth: (2 * samples) / most,
      };
    }
    at += 2 + data.getUint16(at + 2);
  }
  return frame ?? noFrame();
}

function noFrame(): never {
  throw damaged("this JPEG has no frame header before its first scan");
}

function pngHeader(bytes: Uint8Array): PhotoHeader {
  if (bytes.length < 33 || ascii(bytes, 12, 4) !== "IHDR") {
    throw damaged("this PNG has no header chunk");
  }
  const data = view(bytes);
  const channels = ({ 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 } as Record<number, number>)[bytes[25]!] ?? 4;
  return {
    format: "png",
    width: data.getUint32(16),
    height: data.getUint32(20),
    whole: bytes[28] !== 0,
    depth: channels * (bytes[24] === 16 ? 2 : 1),
  };
}

function webpHeader(bytes: Uint8Array): PhotoHeader {
  const kind = ascii(bytes, 12, 4);
  const data = view(bytes);
  const size = (): { width: number; height: number } => {
    if (kind === "VP8X" && bytes.length >= 30) {
      return {
        width: 1 + (bytes[24]! | (bytes[25]! << 8) | (bytes[26]! << 16)),
        height: 1 + (bytes[27]! | (bytes[28]! << 8) | (bytes[29]! << 16)),
      };
    }
    if (kind === "VP8L" && bytes.length >= 25) {
      const packed = data.getUint32(21, true);
      return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
    }
    if (kind === "VP8 " && bytes.length >= 30) {
      return {
        width: data.getUint16(26, true) & 0x3fff,
        height: data.getUint16(28, true) & 0x3fff,
      };
    }
    throw damaged("this WebP has no frame header");
  };
  return { format: "webp", ...size(), whole: true, depth: 4 };
}

function gifHeader(bytes: Uint8Array): PhotoHeader {
  if (bytes.length < 13) throw damaged("this GIF ends in its header");
  const data = view(bytes);
  return {
    format: "gif",
    width: data.getUint16(6, true),
    height: data.getUint16(8, true),
    whole: true,
    depth: 4,
  };
}

/** Containers on the way to the properties of the items. */
const BOXES_WITH_BOXES: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** The largest picture that the file's `ispe` properties (ISO/IEC 23008-12, 6.5.3) declare. */
function heifHeader(bytes: Uint8Array, format: "avif" | "heic"): PhotoHeader {
  const data = view(bytes);
  let width = 0, height = 0, depth = 8;
  const walk = (from: number, to: number, level: number): void => {
    for (let at = from; at + 8 <= to;) {
      let size = data.getUint32(at);
      let header = 8;
      const kind = ascii(bytes, at + 4, 4);
      if (size === 1 && at + 16 <= to) {
        size = Number(data.getBigUint64(at + 8));
        header = 16;
      } else if (size === 0) size = to - at;
      // A size of nothing would go round in circles.
      if (size < header) return;
      const end = Math.min(at + size, to);
      const skipped = BOXES_WITH_BOXES[kind];
      if (skipped !== undefined && level < 4) walk(at + header + skipped, end, level + 1);
      else if (kind === "ispe" && at + header + 12 <= end) {
        const w = data.getUint32(at + header + 4);
        const h = data.getUint32(at + header + 8);
        if (w * h > width * height) [width, height] = [w, h];
      } else if (kind === "pixi" && at + header + 6 <= end) {
        depth = Math.max(depth, bytes[at + header + 5]!);
      }
      at += size;
    }
  };
  walk(0, bytes.length, 0);
  if (width === 0) throw damaged(`this ${format.toUpperCase()} does not declare its size`);
  return { format, width, height, whole: true, depth: depth > 8 ? 6 : 3 };
}

/**
 * Reads a photo's format and size without decoding it.
 *
 * @throws {UnsupportedPhotoError} for a format that is not read, saying what it is
 * @throws {DamagedPhotoError} when there is no usable header
 */
export function readHeader(bytes: Uint8Array): PhotoHeader {
  const format = sniffFormat(bytes);
  const header = format === "jpeg"
    ? jpegHeader(bytes)
    : format === "png"
    ? pngHeader(bytes)
    : format === "webp"
    ? webpHeader(bytes)
    : format === "gif"
    ? gifHeader(bytes)
    : heifHeader(bytes, format);
  if (header.width < 1 || header.height < 1) {
    throw damaged(`its header says ${header.width}×${header.height} pixels`);
  }
  return header;
}
