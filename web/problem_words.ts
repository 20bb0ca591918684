/**
 * From what went wrong to a sentence that says what to do.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";
import { strings } from "./strings.ts";
import { TwoFacesError } from "./two_faces_error.ts";

/** "in 5 seconds", "in 2 minutes", or "in a moment" when nobody said. */
function wait(seconds: number | undefined): string {
  const { soon, inSeconds, inMinutes } = strings.problems;
  if (seconds === undefined) return soon;
  return seconds < 90 ? inSeconds(Math.ceil(seconds)) : inMinutes(Math.ceil(seconds / 60));
}

/** Errors that are no refusals of the API, by name: their modules are loaded later than this one. */
const NAMED: Readonly<Record<string, () => string>> = {
  NoExportError: () => strings.known.importWrong,
  UndrawablePhotoError: () => strings.photo.unageable,
  UnloadedPartError: () => strings.views.failed,
};

/** Says an error of the API, or of the way to it, as one sentence or two. */
export function sayProblem(error: unknown): string {
  const says = strings.problems;
  const named = error instanceof Error ? NAMED[error.name] : undefined;
  if (named !== undefined) return named();
  if (!(error instanceof ApiError)) {
    return says.other(error instanceof Error ? error.message : String(error));
  }
  if (error instanceof TwoFacesError) return says.twice(error.label);
  const { status, detail, refusals, retryAfter } = error;
  switch (status) {
    case 0:
      return says.offline;
    case 422:
      if (!refusals[0]) return says[422];
      if (refusals[0].faces) return strings.faces.choose(refusals[0].faces.length);
      return says.poor(refusals[0].reason);
    case 429:
    case 503:
      return says[status](wait(retryAfter));
    case 400:
    case 401:
    case 403:
    case 404:
    case 409:
    case 413:
    case 415:
    case 507:
      return says[status];
    default:
      return says.other(detail);
  }
}
