/**
 * Runs all tests, those in the documentation too, and prints `N passed, N failed, N skipped`.
 *
 *     deno task test            # everything
 *     deno task test api        # the files whose names hold "api"
 *
 * @module
 */
import { filesBelow, root } from "./support/data.ts";
import { relative } from "../training/paths.ts";

/** Counts the test cases of a JUnit report. */
export function countCases(junit: string): { passed: number; failed: number; skipped: number } {
  const cases = junit.match(/<testcase\b[\s\S]*?(?:\/>|<\/testcase>)/g) ?? [];
  const failed = cases.filter((c) => /<(failure|error)\b/.test(c)).length;
  const skipped = cases.filter((c) => /<skipped\b/.test(c)).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

async function run(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).spawn().status;
  return success;
}

if (import.meta.main) {
  const chosen = filesBelow(`${root}/tests`)
    .map((path) => relative(root, path))
    .filter((path) => path.endsWith("_test.ts") && Deno.args.every((part) => path.includes(part)));
  const documented = Deno.args.length > 0 ? [] : ["functions", "models", "training", "web"];
  const junit = await Deno.makeTempFile({ suffix: ".xml" });
  let ok = await run("task", "build");
  ok = await run("test", "-A", "--doc", `--junit-path=${junit}`, ...chosen, ...documented) && ok;
  const { passed, failed, skipped } = countCases(await Deno.readTextFile(junit));
  await Deno.remove(junit);
  // A run that broke before it could count, as when a file does not compile, has failed as well.
  const broken = ok || failed > 0 ? 0 : 1;
  if (skipped > 0) console.log(`\n${skipped} skipped: their names say what they need`);
  console.log(`${passed} passed, ${failed + broken} failed, ${skipped} skipped`);
  if (!ok) Deno.exit(1);
}
