/**
 * Asks a service as its clients do: what it refuses is an error, and what it is too busy for is
 * asked again.
 *
 * @module
 */

/** A reply that was no success; its message is the problem's detail. */
export class ReplyError extends Error {
  override name = "ReplyError";
  readonly status: number;
  /** Seconds that the server asks to wait; 0 where it does not. */
  readonly retryAfter: number;

  constructor(status: number, detail: string, retryAfter: number) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Passes on a success. @throws {ReplyError} for any other reply */
export async function succeed(reply: Response): Promise<Response> {
  if (reply.ok) return reply;
  const text = await reply.text();
  let detail = text;
  try {
    detail = (JSON.parse(text) as { detail?: string }).detail ?? text;
  } catch {
    // Whatever answered was no Xolo; its own words are the best there is.
  }
  throw new ReplyError(reply.status, detail, Number(reply.headers.get("retry-after") ?? 0));
}

/**
 * Asks a service, again and again while it says that it is busy: eight times, each after the wait that
 * it asks for.
 *
 * @throws {ReplyError} when it refuses, or is busy for good
 */
export async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1;; attempt++) {
    try {
      return await succeed(await send());
    } catch (error) {
      const busy = error instanceof ReplyError && (error.status === 503 || error.status === 429);
      if (!busy || attempt === 8) throw error;
      await new Promise((done) => setTimeout(done, 1000 * Math.max(1, error.retryAfter)));
    }
  }
}
