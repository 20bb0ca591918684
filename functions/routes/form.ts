/**
 * Takes a form apart in place.
 *
 * The platform's own `formData()` copies every photo several times, into memory that the garbage
 * collector does not see; two large forms at once took half a gigabyte. Remix's parser, written
 * for this and kept up with it, yields views of the bytes that are there.
 *
 * @module
 */
import {
  getMultipartBoundary,
  MultipartParseError,
  MultipartPart,
  parseMultipart,
} from "@remix-run/multipart-parser";
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";

/** A file in a form. Its `bytes` are a copy, made when they are asked for. */
export type FilePart = MultipartPart;

/** Whether a field of a form is a file. */
export function isFilePart(value: unknown): value is FilePart {
  return value instanceof MultipartPart;
}

/** Parts in one form: many photos and a few fields. */
const MOST_PARTS = 100;

type Fields = [name: string, value: string | FilePart][];

function fieldsOf(bytes: Uint8Array, type: string): Fields {
  const boundary = getMultipartBoundary(type);
  if (boundary === null) throw new MultipartParseError("the content type names no boundary");
  const fields: Fields = [];
  const most = { maxFileSize: bytes.length, maxTotalSize: bytes.length, maxParts: MOST_PARTS };
  for (const part of parseMultipart(bytes, { boundary, ...most })) {
    if (part.name === undefined) throw new MultipartParseError("a part has no name");
    fields.push([part.name, part.isFile ? part : part.text]);
  }
  return fields;
}

/** Leaves a form's fields where Hono's validator looks for them. Needs the body to be read. */
export function form(): MiddlewareHandler {
  return createMiddleware(async function form(c, next) {
    const type = c.req.header("content-type") ?? "";
    if (/^multipart\/form-data\b/i.test(type)) {
      let fields: Fields;
      try {
        fields = fieldsOf(new Uint8Array(await c.req.arrayBuffer()), type);
      } catch (error) {
        // A TypeError says that a name or a text is no UTF-8.
        if (!(error instanceof MultipartParseError || error instanceof TypeError)) throw error;
        throw new HTTPException(400, {
          message: `the body should be a whole multipart/form-data in UTF-8: ${error.message}`,
        });
      }
      const found = {
        forEach(use: (value: string | FilePart, name: string) => void) {
          for (const [name, value] of fields) use(value, name);
        },
      };
      // All that the validator does with it is `forEach`.
      c.req.bodyCache.formData = found as unknown as FormData;
    }
    await next();
  });
}
