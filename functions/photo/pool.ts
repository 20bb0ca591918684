/**
 * A bounded pool of Workers: what computes for long runs beside the event loop, never more at a
 * time than there is memory for, and never queued beyond what can be answered.
 *
 * @module
 */
import { BusyError } from "../core/errors.ts";

/**
 * What a pooled Worker posts. The first message after its start is `ready` or `failed`. When it
 * is sent `null` it lets go of what it holds outside the JavaScript heap and posts `released`.
 */
export type WorkerReply<Output> =
  | { readonly type: "ready" }
  | { readonly type: "released" }
  | { readonly type: "done"; readonly output: Output }
  /** The job cannot be done; also instead of `ready`, when the Worker cannot start. */
  | { readonly type: "failed"; readonly name: string; readonly message: string };

/** A job for {@linkcode WorkerPool.run}. */
export interface Job<Input> {
  /**
   * What is posted to the Worker when the job begins. It is cloned by way of bytes that stay in
   * both threads until their garbage is collected.
   */
  readonly input: Input;
  /** What of the input is given to the Worker instead. */
  readonly transfer?: Transferable[];
  /** Bytes that it holds while it waits. */
  readonly bytes: number;
  /** Bytes of memory that working on it takes. */
  readonly memory: number;
  /** Whether it needs a Worker with the pool's skill. */
  readonly skilled?: boolean;
  /**
   * Whether it goes on with what an earlier job began. It is then never refused for a full queue,
   * which would throw away the work that was done, and comes before new work. What keeps such jobs
   * few: one follows from one job that was taken, and while they wait they count against new work.
   */
  readonly admitted?: boolean;
  /** Takes it out of the queue. A job that has begun is finished. */
  readonly signal?: AbortSignal | undefined;
}

/** What a pool is made of. */
export interface PoolOptions {
  /** Starts a Worker, which is sent its settings here. */
  readonly spawn: () => Worker;
  /** Most Workers, at least 1. They are started when they are needed. */
  readonly size: number;
  /** Most jobs that wait, and the most bytes that they hold together. */
  readonly queue: { readonly jobs: number; readonly bytes: number };
  /** Bytes of memory that a Worker takes by itself. */
  readonly workerMemory: number;
  /**
   * What a Worker learns with its first skilled job and keeps, such as large models: the bytes of
   * memory that it takes, and the most Workers that may have it. It is given up with its Worker
   * when another job needs the memory.
   */
  readonly skill?: { readonly memory: number; readonly most: number };
  /**
   * Bytes of memory that all Workers and the jobs at work may take together. For a heavy job idle
   * Workers are given up; a job that is alone always runs.
   */
  readonly memory: number;
  /** Milliseconds after which a Worker is given up: it and its job end, the others go on. */
  readonly timeLimit: number;
}

/** The Worker could not do the job. `cause` names the class of what it threw. */
export class WorkerError extends Error {
  override name = "WorkerError";
  /** Name of the error that was thrown in the Worker, or why there is none. */
  readonly thrown: string;

  constructor(thrown: string, message: string) {
    super(message);
    this.thrown = thrown;
  }
}

/** Runs jobs on Workers. */
export interface WorkerPool<Input, Output> {
  /**
   * @throws {BusyError} when the queue is full and the job was not admitted before, or when the
   *   pool is closing
   * @throws {WorkerError} when the Worker threw, died ("WorkerDied") or took too long ("TimeLimit")
   */
  run(job: Job<Input>): Promise<Output>;
  /** Starts one Worker if there is none. @throws {WorkerError} when it cannot start */
  warm(): Promise<void>;
  /** Finishes all jobs that were taken, then ends the Workers. */
  close(): Promise<void>;
}

interface Waiting<Input, Output> {
  readonly job: Job<Input>;
  readonly resolve: (output: Output) => void;
  readonly reject: (reason: unknown) => void;
  readonly onAbort: () => void;
}

interface Slot<Input, Output> {
  readonly worker: Worker;
  readonly ready: PromiseWithResolvers<void>;
  current: Waiting<Input, Output> | undefined;
  skilled: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  startedAt: number;
}

/** Milliseconds that a Worker is given to let go of its memory before it is ended anyway. */
const RELEASE_LIMIT = 1000;

/** Makes a pool. No Worker is started yet. */
export function createWorkerPool<Input, Output>(
  options: PoolOptions,
): WorkerPool<Input, Output> {
  const { spawn, size, queue: bounds, workerMemory, memory, timeLimit } = options;
  const skill = options.skill ?? { memory: 0, most: size };
  if (!(Number.isInteger(size) && size >= 1)) {
    throw new RangeError(`Cannot make a pool of ${size} Workers: need an integer ≥ 1`);
  }
  const slots = new Set<Slot<Input, Output>>();
  // New work and what goes on with work that was taken. A Set keeps the order in which jobs came
  // and lets one be taken out of the middle.
  const fresh = new Set<Waiting<Input, Output>>();
  const admitted = new Set<Waiting<Input, Output>>();
  let freshBytes = 0;
  let admittedBytes = 0;
  let usedMemory = 0;
  let closing: PromiseWithResolvers<void> | undefined;
  /** Workers on their way out. */
  const leaving = new Set<Promise<void>>();
  /** Running mean of the milliseconds of a job. */
  let typical = 100;

  function start(): Slot<Input, Output> {
    const slot: Slot<Input, Output> = {
      worker: spawn(),
      ready: Promise.withResolvers(),
      current: undefined,
      skilled: false,
      timer: undefined,
      startedAt: 0,
    };
    // Whoever waits for the start hears of its failure; nobody may.
    slot.ready.promise.catch(() => {});
    let isReady = false;
    slot.worker.onmessage = ({ data }: MessageEvent<WorkerReply<Output>>) => {
      if (!isReady && data.type === "ready") {
        isReady = true;
        slot.ready.resolve();
      } else if (!isReady && data.type === "failed") {
        drop(slot, new WorkerError(data.name, data.message));
      } else if (data.type === "done") finish(slot, (job) => job.resolve(data.output));
      else if (data.type === "failed") {
        finish(slot, (job) => job.reject(new WorkerError(data.name, data.message)));
      }
    };
    slot.worker.onerror = (event) => {
      // Not preventing it would end the process.
      event.preventDefault();
      drop(slot, new WorkerError("WorkerDied", `A Worker died: ${event.message}`));
    };
    slot.worker.onmessageerror = () =>
      drop(slot, new WorkerError("WorkerDied", "A Worker sent what cannot be read"));
    slots.add(slot);
    return slot;
  }

  /** Takes the job off its Worker; what memory it used is still counted. */
  function release(slot: Slot<Input, Output>): Waiting<Input, Output> | undefined {
    clearTimeout(slot.timer);
    const job = slot.current;
    slot.current = undefined;
    return job;
  }

  function finish(
    slot: Slot<Input, Output>,
    settle: (job: Waiting<Input, Output>) => void,
  ): void {
    const job = release(slot);
    if (job) usedMemory -= job.job.memory;
    typical += 0.1 * (performance.now() - slot.startedAt - typical);
    if (job) settle(job);
    dispatch();
  }

  /**
   * Ends a Worker. Ending it at once would leak what native code holds for it, a loaded model for
   * one, for as long as the process lives: it is asked to release that first.
   */
  function retire(slot: Slot<Input, Output>): Promise<void> {
    slots.delete(slot);
    const { worker } = slot;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, RELEASE_LIMIT);
    worker.onmessage = ({ data }: MessageEvent<WorkerReply<Output>>) => {
      if (data.type === "released") resolve();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      resolve();
    };
    worker.postMessage(null);
    const gone = promise.then(() => {
      clearTimeout(timer);
      worker.terminate();
      leaving.delete(gone);
    });
    leaving.add(gone);
    return gone;
  }

  /**
   * Ends a Worker. Its memory, and what its job took, is free only when it is gone: it may be at
   * work still.
   */
  function giveUp(slot: Slot<Input, Output>, jobMemory = 0): void {
    const freed = held(slot);
    usedMemory += freed;
    retire(slot).then(() => {
      usedMemory -= freed + jobMemory;
      dispatch();
    });
  }

  /** Ends a Worker and its job. The next job starts another one. */
  function drop(slot: Slot<Input, Output>, reason: WorkerError): void {
    const job = release(slot);
    slot.ready.reject(reason);
    job?.reject(reason);
    giveUp(slot, job?.job.memory);
    dispatch();
  }

  /** Bytes that a Worker takes by itself, with what it has learnt. */
  function held({ skilled }: { readonly skilled: boolean }): number {
    return workerMemory + (skilled ? skill.memory : 0);
  }

  /** How many jobs wait. */
  function waiting(): number {
    return admitted.size + fresh.size;
  }

  /** The idle Worker that should do a job, "new" where one may be started, undefined for none. */
  function pick({ skilled = false }: Job<Input>): Slot<Input, Output> | "new" | undefined {
    const free = [...slots].filter((slot) => !slot.current);
    const suited = free.find((slot) => slot.skilled === skilled);
    if (suited) return suited;
    if (skilled && [...slots].filter((slot) => slot.skilled).length >= skill.most) {
      return undefined;
    }
    return free[0] ?? (slots.size < size ? "new" : undefined);
  }

  function dispatch(): void {
    // First come, first served: a heavy photo is never starved by lighter ones behind it. Only who
    // waits for a skilled Worker lets others pass, for it is not theirs.
    for (const next of [...admitted, ...fresh]) {
      // More would pile up behind the skilled Workers than may wait.
      if (!next.job.admitted && admittedBytes > bounds.bytes) break;
      const picked = pick(next.job);
      if (picked === undefined) {
        if (next.job.skilled) continue;
        break;
      }
      const isSkilled = next.job.skilled === true || (picked !== "new" && picked.skilled);
      const others = [...slots].filter((slot) => slot !== picked);
      let over = held({ skilled: isSkilled }) + usedMemory + next.job.memory - memory;
      for (const slot of others) over += held(slot);
      if (over > 0) {
        const idle = others.filter((slot) => !slot.current)
          .map((slot) => ({ slot, gain: held(slot) }));
        // What does not need the skill is done by a new Worker without it, if that helps.
        if (picked !== "new" && picked.skilled && !next.job.skilled) {
          idle.push({ slot: picked, gain: skill.memory });
        }
        const isAlone = usedMemory === 0;
        if (over > idle.reduce((sum, { gain }) => sum + gain, 0) && !isAlone) break;
        if (idle.length > 0) {
          for (const { slot, gain } of idle) {
            if (over <= 0) break;
            over -= gain;
            giveUp(slot);
          }
          // The job begins when they are gone.
          break;
        }
      }
      leaveQueue(next);
      const slot = picked === "new" ? start() : picked;
      slot.skilled = isSkilled;
      slot.current = next;
      slot.startedAt = performance.now();
      usedMemory += next.job.memory;
      slot.timer = setTimeout(() => {
        drop(
          slot,
          new WorkerError("TimeLimit", `Gave up after ${(timeLimit / 1000).toFixed(1)} s`),
        );
      }, timeLimit);
      slot.worker.postMessage(next.job.input, next.job.transfer ?? []);
    }
    if (closing && waiting() === 0 && [...slots].every((slot) => !slot.current)) {
      for (const slot of slots) retire(slot);
      const { resolve } = closing;
      Promise.all(leaving).then(() => resolve());
    }
  }

  function leaveQueue(entry: Waiting<Input, Output>): void {
    if (entry.job.admitted) {
      admitted.delete(entry);
      admittedBytes -= entry.job.bytes;
    } else {
      fresh.delete(entry);
      freshBytes -= entry.job.bytes;
    }
    entry.job.signal?.removeEventListener("abort", entry.onAbort);
  }

  /** Whole seconds until the queue has probably moved on. */
  function retryAfter(): number {
    return Math.min(60, Math.max(1, Math.ceil((typical * (waiting() + 1)) / size / 1000)));
  }

  return {
    run(job) {
      if (closing) return Promise.reject(new BusyError("The pool is closing", 1));
      if (job.signal?.aborted) return Promise.reject(job.signal.reason);
      // What can begin at once is not refused for its bytes: they bound what waits.
      const mustWait = waiting() > 0 || (slots.size >= size &&
        [...slots].every((slot) => slot.current));
      if (
        mustWait && !job.admitted &&
        (waiting() >= bounds.jobs || admittedBytes + freshBytes + job.bytes > bounds.bytes)
      ) {
        return Promise.reject(
          new BusyError(
            `All ${size} workers are busy and ${waiting()} photos wait: ask again later`,
            retryAfter(),
          ),
        );
      }
      const { promise, resolve, reject } = Promise.withResolvers<Output>();
      const entry: Waiting<Input, Output> = {
        job,
        resolve,
        reject,
        onAbort() {
          leaveQueue(entry);
          reject(job.signal?.reason);
          dispatch();
        },
      };
      if (job.admitted) {
        admitted.add(entry);
        admittedBytes += job.bytes;
      } else {
        fresh.add(entry);
        freshBytes += job.bytes;
      }
      job.signal?.addEventListener("abort", entry.onAbort, { once: true });
      dispatch();
      return promise;
    },
    async warm() {
      const [first = start()] = slots;
      await first.ready.promise;
    },
    close() {
      closing ??= Promise.withResolvers();
      dispatch();
      return closing.promise;
    },
  };
}
