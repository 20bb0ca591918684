import { assert, assertEquals, assertGreaterOrEqual, assertRejects } from "@std/assert";
import { BusyError } from "../functions/core/errors.ts";
import { createWorkerPool, WorkerError } from "../functions/photo/pool.ts";
import type { Job, PoolOptions, WorkerPool } from "../functions/photo/pool.ts";
import type { Order } from "./support/pool_worker.ts";

type Pool = WorkerPool<Order, number>;

/** Runs a test on a pool of real Workers and closes it; counts the Workers that were started. */
async function withPool(
  options: Partial<PoolOptions>,
  test: (pool: Pool, started: () => number) => Promise<void>,
): Promise<void> {
  let started = 0;
  const pool = createWorkerPool<Order, number>({
    spawn() {
      started++;
      return new Worker(new URL("./support/pool_worker.ts", import.meta.url), { type: "module" });
    },
    size: 2,
    queue: { jobs: 100, bytes: 1e9 },
    workerMemory: 0,
    memory: 1e9,
    timeLimit: 10_000,
    ...options,
  });
  try {
    await test(pool, () => started);
  } finally {
    await pool.close();
  }
}

function job(input: Order, more: Partial<Omit<Job<Order>, "input">> = {}) {
  return { input, bytes: 1, memory: 1, ...more };
}

const double = (value: number, afterMs = 0): Order => ({ do: "double", value, afterMs });

Deno.test("run() gives every job its own output when there are more jobs than Workers", async () => {
  await withPool({}, async (pool, started) => {
    const outputs = await Promise.all(
      Array.from({ length: 20 }, (_, i) => pool.run(job(double(i, i % 3)))),
    );
    assertEquals(outputs, Array.from({ length: 20 }, (_, i) => i * 2));
    assertEquals(started(), 2);
  });
});

Deno.test("run() gives away what a job transfers, but not before it begins", async () => {
  await withPool({ size: 1, queue: { jobs: 1, bytes: 100 } }, async (pool) => {
    const [first, second, refused] = [1, 2, 3].map((length) => new ArrayBuffer(length));
    const run = (buffer: ArrayBuffer) => pool.run(job(double(4, 20), { transfer: [buffer] }));
    const running = [run(first!), run(second!)];
    await assertRejects(() => run(refused!), BusyError);
    assertEquals([first, second, refused].map((buffer) => buffer!.detached), [true, false, false]);
    assertEquals(await Promise.all(running), [8, 8]);
    assertEquals([second, refused].map((buffer) => buffer!.detached), [true, false]);
  });
});

Deno.test("run() throws BusyError when the queue is full, by jobs and by bytes", async () => {
  await withPool({ size: 1, queue: { jobs: 2, bytes: 100 } }, async (pool) => {
    const taken = [pool.run(job(double(1, 50))), pool.run(job(double(2)))];
    const heavy = await assertRejects(() => pool.run(job(double(3), { bytes: 100 })), BusyError);
    assertGreaterOrEqual(heavy.retryAfter, 1);
    assert(Number.isInteger(heavy.retryAfter));
    taken.push(pool.run(job(double(4))));
    await assertRejects(() => pool.run(job(double(5))), BusyError, "2 photos wait");
    assertEquals(await Promise.all(taken), [2, 4, 8]);
    assertEquals(await pool.run(job(double(6))), 12);
  });
});

Deno.test("run() throws what the Worker threw, and goes on with the same Worker", async () => {
  await withPool({ size: 1 }, async (pool, started) => {
    const error = await assertRejects(() => pool.run(job({ do: "throw" })), WorkerError);
    assertEquals([error.thrown, error.message], ["RangeError", "too much"]);
    assertEquals(await pool.run(job(double(4))), 8);
    assertEquals(started(), 1);
  });
});

Deno.test("run() replaces the Worker when one dies, and the others go on", async () => {
  await withPool({}, async (pool, started) => {
    const other = pool.run(job(double(1, 100)));
    const error = await assertRejects(() => pool.run(job({ do: "die" })), WorkerError);
    assertEquals(error.thrown, "WorkerDied");
    assertEquals(await Promise.all([other, pool.run(job(double(2)))]), [2, 4]);
    assertEquals(started(), 3);
  });
});

Deno.test("run() replaces the Worker when one hangs beyond the time limit", async () => {
  await withPool({ timeLimit: 500 }, async (pool, started) => {
    await pool.warm();
    const hung = pool.run(job({ do: "spin" }));
    const other = pool.run(job(double(1)));
    const error = await assertRejects(() => hung, WorkerError);
    assertEquals(error.thrown, "TimeLimit");
    assertEquals(await other, 2);
    assertEquals(await pool.run(job(double(2))), 4);
    assert(started() >= 2);
  });
});

Deno.test("run() counts a hung job's memory until its Worker is gone", async () => {
  await withPool({ size: 2, memory: 100, workerMemory: 10, timeLimit: 100 }, async (pool) => {
    const order: string[] = [];
    const note = (what: string) => () => void order.push(what);
    const hung = pool.run(job({ do: "spin" }, { memory: 60 })).catch(note("hung"));
    const heavy = pool.run(job(double(1), { memory: 60 })).then(note("heavy"));
    await hung;
    // The hung one's Worker is given longer than this to let go.
    await new Promise((done) => setTimeout(done, 300));
    note("waited")();
    await heavy;
    assertEquals(order, ["hung", "waited", "heavy"]);
  });
});

Deno.test("run() takes a job out of the queue when its signal fires", async () => {
  await withPool({ size: 1 }, async (pool) => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = pool.run(job(double(1, 50), { signal }));
    const second = pool.run(job(double(2), { signal }));
    const third = pool.run(job(double(3)));
    controller.abort(new DOMException("the caller left", "AbortError"));
    await assertRejects(() => second, DOMException, "the caller left");
    // What has begun is finished.
    assertEquals(await Promise.all([first, third]), [2, 6]);
    await assertRejects(() => pool.run(job(double(4), { signal })), DOMException);
  });
});

Deno.test("run() never works beyond the memory, except on a job that is alone", async () => {
  await withPool({ size: 4, memory: 100 }, async (pool, started) => {
    const jobs = Array.from({ length: 6 }, (_, i) => pool.run(job(double(i, 5), { memory: 40 })));
    jobs.push(pool.run(job(double(6), { memory: 1000 })));
    assertEquals(await Promise.all(jobs), [0, 2, 4, 6, 8, 10, 12]);
    assertEquals(started(), 2);
  });
});

Deno.test("run() gives up idle Workers when a heavy job needs their memory", async () => {
  await withPool({ size: 2, workerMemory: 50, memory: 150 }, async (pool, started) => {
    const light = () => pool.run(job(double(1, 50), { memory: 20 }));
    await Promise.all([light(), light()]);
    assertEquals(started(), 2);
    assertEquals(await pool.run(job(double(2), { memory: 100 })), 4);
    await Promise.all([light(), light()]);
    assertEquals(started(), 3);
  });
});

Deno.test("run() lets no more Workers learn the skill than may, and others pass", async () => {
  await withPool({ size: 3, skill: { memory: 0, most: 1 } }, async (pool, started) => {
    // All have started before: how long that takes is not what is asked.
    const start: Order = { do: "who", afterMs: 200 };
    while (started() < 3) await Promise.all([1, 2, 3].map(() => pool.run(job(start))));
    const who: Order = { do: "who", afterMs: 60 };
    const order: string[] = [];
    const skilled = Array.from({ length: 4 }, async () => {
      const worker = await pool.run(job(who, { skilled: true }));
      order.push("skilled");
      return worker;
    });
    const light = Array.from({ length: 4 }, async () => {
      const worker = await pool.run(job(who));
      order.push("light");
      return worker;
    });
    const [one, ...same] = await Promise.all(skilled);
    assert(same.every((worker) => worker === one));
    assert((await Promise.all(light)).every((worker) => worker !== one));
    assertEquals(order.at(-1), "skilled", "who waits for the skilled one holds up nobody");
    assertEquals(started(), 3);
  });
});

Deno.test("run() counts what a skilled Worker keeps, and gives it up for a heavy job", async () => {
  const skill = { memory: 60, most: 2 };
  await withPool({ size: 2, workerMemory: 10, memory: 145, skill }, async (pool, started) => {
    const learn = () => pool.run(job(double(1, 20), { skilled: true }));
    assertEquals(await Promise.all([learn(), learn()]), [2, 2]);
    assertEquals(started(), 2);
    assertEquals(await pool.run(job(double(2), { memory: 60 })), 4);
    // Of the two skilled ones one had to go: it did not fit beside the job.
    await Promise.all([pool.run(job(double(1, 20))), pool.run(job(double(1, 20)))]);
    assertEquals(started(), 3);
  });
});

Deno.test("run() replaces the only Worker, a skilled one, when a heavy job needs its memory", async () => {
  const skill = { memory: 60, most: 1 };
  await withPool({ size: 1, workerMemory: 10, memory: 100, skill }, async (pool, started) => {
    const who: Order = { do: "who" };
    const learned = await pool.run(job(who, { skilled: true, memory: 30 }));
    assertEquals(await pool.run(job(who, { memory: 30 })), learned, "what fits goes to it");
    const heavy = await pool.run(job(who, { memory: 31 }));
    assert(heavy !== learned);
    assertEquals(started(), 2);
    assertEquals(await pool.run(job(who, { memory: 90 })), heavy);
    assertEquals(await pool.run(job(double(2), { skilled: true, memory: 30 })), 4);
    assertEquals(started(), 2);
  });
});

Deno.test("run() takes admitted jobs beyond the queue, in their order and before new ones", async () => {
  await withPool({ size: 1, queue: { jobs: 1, bytes: 100 } }, async (pool) => {
    const order: string[] = [];
    const run = (name: string, more: Partial<Job<Order>> = {}) =>
      pool.run(job(double(1, 10), more)).then(() => void order.push(name));
    const taken = [run("begun"), run("new")];
    await assertRejects(() => pool.run(job(double(1))), BusyError, "1 photos wait");
    taken.push(run("first", { admitted: true }), run("second", { admitted: true, bytes: 1000 }));
    await assertRejects(() => pool.run(job(double(1))), BusyError, "3 photos wait");
    await Promise.all(taken);
    assertEquals(order, ["begun", "first", "second", "new"]);
    assertEquals(await pool.run(job(double(3))), 6);
  });
});

Deno.test("run() begins nothing new while more admitted bytes wait than may", async () => {
  const skill = { memory: 0, most: 1 };
  await withPool({ size: 2, queue: { jobs: 10, bytes: 100 }, skill }, async (pool) => {
    const order: string[] = [];
    const run = (name: string, afterMs: number, more: Partial<Job<Order>> = {}) =>
      pool.run(job(double(1, afterMs), more)).then(() => void order.push(name));
    const admitted = { skilled: true, admitted: true };
    await Promise.all([
      run("plain", 0),
      run("skilled", 200, admitted),
      run("new", 0),
      run("heavy", 0, { ...admitted, bytes: 101 }),
    ]);
    assertEquals(order.slice(0, 2), ["plain", "skilled"]);
    assertEquals(order.length, 4);
  });
});

Deno.test("run() takes an admitted job out of the queue when its signal fires", async () => {
  await withPool({ size: 1, queue: { jobs: 1, bytes: 100 } }, async (pool) => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = pool.run(job(double(1, 30)));
    const second = pool.run(job(double(2), { signal, admitted: true, bytes: 100 }));
    await assertRejects(() => pool.run(job(double(3))), BusyError);
    controller.abort(new DOMException("the caller left", "AbortError"));
    await assertRejects(() => second, DOMException, "the caller left");
    assertEquals(await Promise.all([first, pool.run(job(double(3)))]), [2, 6]);
  });
});

Deno.test("close() finishes what was taken and refuses what comes after", async () => {
  await withPool({ size: 1 }, async (pool) => {
    const taken = [1, 2, 3].map((value) => pool.run(job(double(value, 10))));
    taken.push(pool.run(job(double(4, 10), { admitted: true })));
    const closed = pool.close();
    await assertRejects(() => pool.run(job(double(5))), BusyError);
    await assertRejects(() => pool.run(job(double(5), { admitted: true })), BusyError, "closing");
    await closed;
    assertEquals(await Promise.all(taken), [2, 4, 6, 8]);
  });
});
