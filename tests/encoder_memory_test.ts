import { assert, assertEquals, assertLess } from "@std/assert";
import { root } from "./support/data.ts";

const MIB = 2 ** 20;
const LIMIT_MB = 512;
const TOGETHER = 8;

/** The path for a memory control group (cgroup version 1), or why none can be made. */
function tryGroup(): { group: string } | { reason: string } {
  if (Deno.build.os !== "linux") return { reason: "control groups are Linux's" };
  const group = `/sys/fs/cgroup/memory/photo-test-${Deno.pid}`;
  try {
    Deno.mkdirSync(group);
  } catch (error) {
    return { reason: `cannot make a control group: ${String(error).split("\n")[0]}` };
  }
  try {
    Deno.writeTextFileSync(`${group}/memory.limit_in_bytes`, String(LIMIT_MB * MIB));
    return { group };
  } catch {
    return { reason: "the control group takes no limit" };
  } finally {
    // Only tried here: a run that filters the test out must leave no group behind.
    Deno.removeSync(group);
  }
}

/** Runs `encode_many.ts`, inside the group when there is one. */
async function run(memoryMb: number, folder: string, group?: string): Promise<string> {
  const script = `${root}/tests/support/encode_many.ts`;
  const deno = [Deno.execPath(), "run", "-A", script, `${memoryMb}`, `${TOGETHER}`, folder];
  // The shell enters the group and becomes the process.
  const enter = group ? `echo $$ > ${group}/cgroup.procs && exec "$@"` : `exec "$@"`;
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", enter, "sh", ...deno],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const tried = tryGroup();
const name = "encode() answers eight 12-megapixel photos at a time inside 512 MB, or is busy";

if ("reason" in tried) {
  Deno.test({ name: `${name} [skipped: ${tried.reason}]`, ignore: true, fn() {} });
} else {
  const { group } = tried;
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    Deno.mkdirSync(group);
    Deno.writeTextFileSync(`${group}/memory.limit_in_bytes`, String(LIMIT_MB * MIB));
    try {
      await run(0, folder);
      const fates: Record<string, { answered: number; busy: number }> = JSON.parse(
        await run(LIMIT_MB, folder, group),
      );
      assertEquals(Object.keys(fates).length, 4);
      for (const [photo, { answered, busy }] of Object.entries(fates)) {
        assertEquals(answered + busy, TOGETHER, photo);
        assert(answered >= 4, `${photo}: ${answered} of ${TOGETHER} answered`);
      }
      const peak = Number(await Deno.readTextFile(`${group}/memory.max_usage_in_bytes`));
      assertLess(peak, LIMIT_MB * MIB);
      assertEquals(Number(await Deno.readTextFile(`${group}/memory.failcnt`)), 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
      // The kernel lets go of a group a moment after its last process.
      for (let i = 0; i < 50; i++) {
        try {
          Deno.removeSync(group);
          break;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }
  });
}
