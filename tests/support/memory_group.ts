/**
 * Real memory limits for processes, by control groups (version 1), where they can be made.
 *
 * @module
 */

/** Bytes in a mebibyte. */
export const MIB = 2 ** 20;

/** A control group with a memory limit. */
export interface MemoryGroup {
  /** Wraps a command so that its process enters the group before it begins. */
  enter(command: readonly string[]): readonly string[];
  /** Most bytes that were held at once, and how often the limit was hit. */
  usage(): { readonly peak: number; readonly hits: number };
  remove(): Promise<void>;
}

/** Why no memory group can be made here, or undefined when one can. */
export function missingMemoryGroups(): string | undefined {
  if (Deno.build.os !== "linux") return "control groups are Linux's";
  const group = pathOf("probe");
  try {
    Deno.mkdirSync(group);
  } catch (error) {
    return `cannot make a control group: ${String(error).split("\n")[0]}`;
  }
  try {
    Deno.writeTextFileSync(`${group}/memory.limit_in_bytes`, String(512 * MIB));
    return undefined;
  } catch {
    return "the control group takes no limit";
  } finally {
    Deno.removeSync(group);
  }
}

function pathOf(name: string): string {
  return `/sys/fs/cgroup/memory/xolo-test-${name}-${Deno.pid}`;
}

/** Makes a group. */
export function makeMemoryGroup(name: string, limitMb: number): MemoryGroup {
  const group = pathOf(name);
  Deno.mkdirSync(group);
  Deno.writeTextFileSync(`${group}/memory.limit_in_bytes`, String(limitMb * MIB));
  const read = (file: string) => Number(Deno.readTextFileSync(`${group}/${file}`));
  return {
    // The shell enters the group and becomes the process.
    enter: (
      command,
    ) => ["sh", "-c", `echo $$ > ${group}/cgroup.procs && exec "$@"`, "sh", ...command],
    usage: () => ({ peak: read("memory.max_usage_in_bytes"), hits: read("memory.failcnt") }),
    async remove() {
      // The kernel lets go of a group a moment after its last process.
      for (let i = 0; i < 50; i++) {
        try {
          Deno.removeSync(group);
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    },
  };
}
