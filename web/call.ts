/**
 * One request to the server: what it refuses is thrown as {@linkcode ApiError}.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";

/** Where and as whom the page calls. */
export interface Access {
  /** The server's origin, like "https://xolo.example". */
  readonly origin: string;
  /** Undefined for the default space. */
  readonly space?: string | undefined;
  readonly token?: string | undefined;
  /** Who signs what is decided; "somebody" where nobody is named. */
  readonly actor?: (() => string | undefined) | undefined;
  /** `fetch`, or a stand-in that tests pass. */
  readonly fetch?: typeof fetch;
}

/** The name of the space when none is given. */
export const DEFAULT_SPACE = "default";

/** The headers that say who calls. */
export function headersOf({ token, actor }: Access): Record<string, string> {
  const name = actor?.();
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    // Headers take no other letters.
    ...(name === undefined ? {} : { "xolo-actor": encodeURIComponent(name) }),
  };
}

/**
 * Makes a `fetch` that rejects with {@linkcode ApiError} where the reply is not ok, or nobody
 * replies.
 */
export function createCall(access: Access): typeof fetch {
  const send = access.fetch ?? fetch;
  return async function call(input, init) {
    let response: Response;
    try {
      response = await send(input, init);
    } catch (error) {
      // What `fetch` rejects with when nobody answers.
      if (error instanceof TypeError) throw ApiError.offline();
      throw error;
    }
    if (!response.ok) throw await ApiError.from(response);
    return response;
  };
}
