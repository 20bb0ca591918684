import { assert, assertEquals, assertLess } from "@std/assert";
import type { Runtime } from "../functions/photo/runtime.ts";
import { root } from "./support/data.ts";
import {
  makeMemoryGroup,
  type MemoryGroup,
  MIB,
  missingMemoryGroups,
} from "./support/memory_group.ts";

const LIMIT_MB = 512;
const TOGETHER = 8;

/** Runs `encode_many.ts`, inside the group when there is one. */
async function run(
  memoryMb: number,
  folder: string,
  runtime: Runtime = "native",
  group?: MemoryGroup,
): Promise<string> {
  const script = `${root}/tests/support/encode_many.ts`;
  const deno = [
    Deno.execPath(),
    "run",
    "-A",
    script,
    `${memoryMb}`,
    `${TOGETHER}`,
    folder,
    runtime,
  ];
  const [program, ...args] = group ? group.enter(deno) : deno;
  const { success, stdout, stderr } = await new Deno.Command(program!, { args, cwd: root })
    .output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const missing = missingMemoryGroups();
const name = "encode() answers eight 12-megapixel photos at a time inside 512 MB, or is busy";

/** What became of eight photos of a kind at once. */
type Fate = { readonly answered: number; readonly busy: number; readonly tooLarge: number };

/** Encodes inside the limit, after a face was described. */
async function encodeMany(runtime: Runtime): Promise<Record<string, Fate>> {
  const folder = await Deno.makeTempDir();
  const group = makeMemoryGroup("encoder", LIMIT_MB);
  try {
    await run(0, folder);
    const fates = JSON.parse(await run(LIMIT_MB, folder, runtime, group));
    const { peak, hits } = group.usage();
    assertLess(peak, LIMIT_MB * MIB);
    assertEquals(hits, 0);
    return fates;
  } finally {
    await Deno.remove(folder, { recursive: true });
    await group.remove();
  }
}

if (missing) {
  Deno.test({ name: `${name} [skipped: ${missing}]`, ignore: true, fn() {} });
} else {
  Deno.test(name, async () => {
    const fates = await encodeMany("native");
    assertEquals(Object.keys(fates).length, 4);
    for (const [photo, { answered, busy }] of Object.entries(fates)) {
      assertEquals(answered + busy, TOGETHER, photo);
      assert(answered >= 4, `${photo}: ${answered} of ${TOGETHER} answered`);
    }
  });

  Deno.test(`${name}, on the wasm engine`, async () => {
    const { "still.avif": avif, ...jpegs } = await encodeMany("wasm");
    // What this engine takes leaves too little for a large AVIF, which is decoded in one piece.
    assertEquals(avif?.tooLarge, TOGETHER);
    assertEquals(Object.keys(jpegs).length, 3);
    for (const [photo, { answered, busy }] of Object.entries(jpegs)) {
      assertEquals(answered + busy, TOGETHER, photo);
      assert(answered >= 4, `${photo}: ${answered} of ${TOGETHER} answered`);
    }
  });
}
