/**
 * Photos as few pixels: what a network that was not trained before is given, as a control.
 *
 * @module
 */
import { decodePhoto } from "../../functions/photo/decode.ts";
import { DamagedPhotoError } from "../../functions/core/errors.ts";
import { resizePicture } from "../../models/pixels.ts";
import { photoRecords, type PhotoRecordsOptions } from "./photo_records.ts";

/**
 * Shrinks whole photos to a square, whatever their proportions, antialiased. What was shrunk
 * before is read from the cache by the photo's bytes.
 *
 * @param paths photos that can be read, such as those that `embedPhotos` kept
 * @param side in pixels, an integer of at least 1
 * @returns [photos, side, side, 3], red, green, blue, 0 to 1
 * @throws {RangeError} when the side is no such integer
 * @throws {DamagedPhotoError} when a photo cannot be read; it names the file
 * @throws as `photoRecords` does otherwise
 */
export async function readThumbnails(
  paths: readonly string[],
  side: number,
  options: Omit<PhotoRecordsOptions, "skipped">,
): Promise<Float32Array<ArrayBuffer>> {
  if (!(Number.isInteger(side) && side >= 1)) {
    throw new RangeError(`Expected an integer of at least 1 as side, got ${side}`);
  }
  const { records } = await photoRecords(paths, {
    name: `thumbnail ${side}`,
    length: side * side * 3,
    async make(photo) {
      const { working } = await decodePhoto(photo);
      return resizePicture(working, { width: side, height: side }).data;
    },
  }, {
    ...options,
    skipped(path, reason) {
      throw new DamagedPhotoError(`${path} cannot be read: ${reason}`);
    },
  });
  return Float32Array.from(records, (sample) => sample / 255);
}
