/**
 * Makes the C library give memory back when a decoder frees it.
 *
 * @module
 */

/** `M_MMAP_THRESHOLD` of `malloc.h`. */
const MMAP_THRESHOLD = -3;
/** The pixels of any photo that is large are more; those of a small one are cheaper to reuse. */
const LARGE = 1024 * 1024;

/**
 * Fixes the size from which glibc maps an allocation by itself and so unmaps it when it is freed.
 * Left alone, glibc raises that size up to 32 MiB with what is freed, keeps the buffers of photos
 * in the arenas of whichever threads decoded them, and a server that needs 300 MB at a time grows
 * to 600 MB.
 *
 * @returns whether it was done: only on Linux with glibc and the permission to call it
 */
export function returnFreedMemory(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      mallopt: { parameters: ["i32", "i32"], result: "i32" },
    });
    try {
      return libc.symbols.mallopt(MMAP_THRESHOLD, LARGE) === 1;
    } finally {
      libc.close();
    }
  } catch {
    return false;
  }
}
