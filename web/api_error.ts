/**
 * A refusal of the server, as the page holds it.
 *
 * @module
 */
/** Why one photo of a lesson was refused. */
export interface Refusal {
  readonly image: number;
  readonly reason: string;
  /** Whether it would be taught with `force`. */
  readonly forcible?: boolean;
  /** The faces to choose from, where it was not said which one is meant. */
  readonly faces?: readonly unknown[];
}

/** The part of a problem (RFC 9457) that the page reads. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly refusals?: readonly Refusal[];
}

/** A problem that the server replied with, or that nobody replied at all. */
export class ApiError extends Error {
  override name = "ApiError";
  /** Of HTTP; 0 when there was no reply. */
  readonly status: number;
  /** What was wrong, in the server's words. */
  readonly detail: string;
  /** Photos that could not be taught. */
  readonly refusals: readonly Refusal[];
  /** Seconds after which trying again is sensible, when the server says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: Problem, retryAfter?: number) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.detail = this.message;
    this.refusals = problem.refusals ?? [];
    this.retryAfter = retryAfter;
  }

  /** Whether teaching by force would overrule it. */
  get mayForce(): boolean {
    return this.refusals.length > 0 && this.refusals.every(({ forcible }) => forcible);
  }

  /** From a request that nobody replied to. */
  static offline(): ApiError {
    return new ApiError(0, { title: "no reply" });
  }

  /** From a reply that is not ok. */
  static async from(response: Response): Promise<ApiError> {
    const after = Number(response.headers.get("retry-after") ?? NaN);
    let problem: Problem = {};
    try {
      problem = await response.json() as Problem;
    } catch {
      // A proxy's error page is no problem document; its status says enough.
    }
    return new ApiError(response.status, problem, Number.isFinite(after) ? after : undefined);
  }
}
