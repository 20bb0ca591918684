/**
 * Lets a photo in JSON stay where it came, in the bytes of the body.
 *
 * Read as text, a body of 26 MB becomes several strings of that length, which the garbage
 * collector leaves for long; one such request took as much memory as all the rest of the service.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";
import { malformedJson } from "./problem.ts";

/** Bytes of a body from `begin` up to but without `end`. */
export interface ByteRange {
  readonly begin: number;
  readonly end: number;
}

/** Variables that {@linkcode jsonPhoto} sets for the handlers behind it. */
export interface JsonPhotoVariables {
  /**
   * What stands between the quotes of `image`, escapes and all. It is there whenever `image` in
   * the JSON is text that is not empty.
   */
  photoInJson: ByteRange;
}

/** What Hono's validator takes for JSON. */
const JSON_TYPE = /^application\/([\w.-]+\+)?json$/i;

/** Most bytes of the JSON besides the photo: options and what describes it. */
const MOST_REST = 2 ** 20;

/** What the validator finds in the photo's place: text that is not empty. */
const PLACEHOLDER = "photo";

/** Bytes of `image` as it is, and with every letter escaped. */
const [SHORTEST_KEY, LONGEST_KEY] = [5, 30];

const [QUOTE, BACKSLASH, COMMA, SPACE] = [0x22, 0x5c, 0x2c, 0x20];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const utf8 = new TextDecoder();

/**
 * Leaves to the handlers behind it where the photo in a JSON body is, and to Hono's validator the
 * text of the rest. Needs the body to be read.
 *
 * Its refusals are a 400 for a body that is seen to be no JSON, and a 413 for JSON that has more
 * than 1 MiB besides the photo.
 */
export function jsonPhoto(): MiddlewareHandler<{ Variables: JsonPhotoVariables }> {
  return createMiddleware<{ Variables: JsonPhotoVariables }>(async function jsonPhoto(c, next) {
    const type = c.req.header("content-type")?.split(";").at(0)?.trim() ?? "";
    if (JSON_TYPE.test(type)) {
      const bytes = new Uint8Array(await c.req.arrayBuffer());
      const photo = findPhoto(bytes, c.req.path);
      if (photo) {
        c.set("photoInJson", photo);
        const before = utf8.decode(bytes.subarray(0, photo.begin));
        const text = before + PLACEHOLDER + utf8.decode(bytes.subarray(photo.end));
        // Hono keeps promises there, whatever its type says.
        c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
      }
    }
    await next();
  });
}

/**
 * Finds the text of the last `image` of an object in JSON; the last is the one that counts.
 *
 * Only what it steps over must be as it should, the rest is the parser's to judge: where the JSON
 * is malformed it still is with another text in the photo's place.
 */
function findPhoto(bytes: Uint8Array, path: string): ByteRange | undefined {
  let photo: ByteRange | undefined;
  let key: string | undefined;
  let depth = 0;
  // A byte order mark is passed over as the parser does.
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let at = start;; at++) {
    if (at - (photo ? photo.end - photo.begin : 0) > MOST_REST) throw tooLarge(path);
    if (at >= bytes.length) return photo;
    const byte = bytes[at]!;
    switch (byte) {
      case QUOTE: {
        const text = { begin: at + 1, end: endOfText(bytes, at + 1) };
        if (depth === 1 && key === undefined) {
          key = keyIn(bytes, text);
          if (key === "image") photo = undefined;
        } else if (depth === 1 && key === "image" && text.begin < text.end) photo ??= text;
        at = text.end;
        break;
      }
      case COMMA:
        if (depth === 1) key = undefined;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
      default:
        // A photo that is called JSON. Whether a small body is any the parser finds as well.
        if (depth === 0 && byte > SPACE && bytes.length > MOST_REST) throw malformedJson();
    }
  }
}

/** Where the closing quote is of a text that begins at `begin`. */
function endOfText(bytes: Uint8Array, begin: number): number {
  let end = bytes.indexOf(QUOTE, begin);
  if (bytes[end - 1] === BACKSLASH) {
    // Base64 has no quotes, and going from one to the next is slow where there are millions.
    for (end = begin; end < bytes.length && bytes[end] !== QUOTE; end++) {
      if (bytes[end] === BACKSLASH) end++;
    }
  }
  if (end < 0 || end >= bytes.length) throw malformedJson();
  return end;
}

/** Reads a key, or "" for one whose length says that it is not `image`. */
function keyIn(bytes: Uint8Array, { begin, end }: ByteRange): string {
  if (end - begin < SHORTEST_KEY || end - begin > LONGEST_KEY) return "";
  try {
    return JSON.parse(utf8.decode(bytes.subarray(begin - 1, end + 1)));
  } catch {
    throw malformedJson();
  }
}

function tooLarge(path: string): HTTPException {
  return new HTTPException(413, {
    message:
      `the JSON has more than ${MOST_REST} bytes besides the photo; ${path} takes at most ${MOST_REST} (1 MiB)`,
  });
}
