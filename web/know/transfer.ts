/**
 * Carries what is known out of a space and into one, as files of NDJSON. Loaded when it is first
 * asked for.
 *
 * @module
 */
import { ApiError } from "../api_error.ts";
import { type Access, createCall, DEFAULT_SPACE, headersOf } from "../call.ts";

/** Characters of an import that are sent together; a body may have 16 MiB. */
const PIECE = 8_000_000;

/** What became of an import. */
export interface Imported {
  /** How many memories are new. */
  readonly imported: number;
  /** How many were known. */
  readonly known: number;
}

/** A file that is no export. */
export class NoExportError extends Error {
  override name = "NoExportError";
}

function addressOf({ origin, space = DEFAULT_SPACE }: Access, path: string): string {
  return `${origin}${path}?space=${encodeURIComponent(space)}`;
}

/**
 * Everything that is known, as a file.
 *
 * @throws {ApiError} when the server refuses
 */
export async function exportSpace(access: Access): Promise<Blob> {
  const reply = await createCall(access)(addressOf(access, "/export"), {
    headers: headersOf(access),
  });
  return await reply.blob();
}

/**
 * Cuts an export into pieces that a server takes, each with the header.
 *
 * @param most characters of a piece; a longer line is one by itself
 * @throws {NoExportError} when there is no header
 */
export function* piecesOf(text: string, most = PIECE): Generator<string> {
  const [header, ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  if (header === undefined || !header.startsWith("{")) {
    throw new NoExportError("an export should begin with a header");
  }
  let piece: string[] = [];
  let size = 0;
  for (const line of lines) {
    if (size > 0 && size + line.length > most) {
      yield [header, ...piece].join("\n");
      [piece, size] = [[], 0];
    }
    piece.push(line);
    size += line.length;
  }
  yield [header, ...piece].join("\n");
}

/**
 * Takes an export in.
 *
 * @throws {NoExportError} when the file is none
 * @throws {ApiError} when the server refuses for another reason
 */
export async function importSpace(access: Access, file: Blob): Promise<Imported> {
  const call = createCall(access);
  const total = { imported: 0, known: 0 };
  for (const body of piecesOf(await file.text())) {
    const reply = await call(addressOf(access, "/import"), {
      method: "POST",
      body,
      headers: { ...headersOf(access), "content-type": "application/x-ndjson" },
    }).catch((error) => {
      const isIts = error instanceof ApiError && (error.status === 422 || error.status === 400);
      throw isIts ? new NoExportError(error.detail) : error;
    });
    const { imported, known } = await reply.json() as Imported;
    total.imported += imported;
    total.known += known;
  }
  return total;
}
