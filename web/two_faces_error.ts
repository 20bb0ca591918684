/**
 * A lesson by which two faces of one photo would be the same person.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";

/** The refusal of a second face of the same name in one photo. */
export class TwoFacesError extends ApiError {
  override name = "TwoFacesError";
  /** Who is another face of the photo already. */
  readonly label: string;

  constructor(label: string, { status, detail }: ApiError) {
    super(status, { detail });
    this.label = label;
  }

  /**
   * Tells it from other refusals: a chosen face of a photo that was answered can be refused for
   * nothing else without the reason being that photo's.
   */
  static of(error: unknown, label: string, face: number | undefined): unknown {
    const isIt = error instanceof ApiError && error.status === 422 && face !== undefined &&
      error.refusals.length === 0;
    return isIt ? new TwoFacesError(label, error) : error;
  }
}
