/**
 * The part of the manifest about the networks that find and embed faces.
 *
 * All take samples of 8 bits, 0–255, RGB, NHWC; what else the networks want of pixels is inside
 * their graphs.
 *
 * - **detector**: input uint8 [1, H, W, 3], H and W multiples of `input.multiple`; a picture is
 *   padded on the right and at the bottom with 0. For each stride s it gives, as planes of cells
 *   (row-major [H/s, W/s]), a score √(class · objectness) from 0 to 1, a box and five points:
 *   centre ((col + b0) · s, (row + b1) · s), sides e^b2 · s and e^b3 · s, points
 *   ((col + x) · s, (row + y) · s) in the order of `FacePoints` (`face.ts`).
 * - **sface**: input uint8 [N, 112, 112, 3], output float32 [N, 128], not of unit length; compared
 *   by cosine.
 * - **dlib**: input uint8 [N, 150, 150, 3], output float32 [N, 128]; compared by Euclidean distance.
 *
 * @module
 */
import { z } from "zod";
import { networkFile } from "./network_file.ts";

const name = z.string().min(1);
const count = z.int().positive();

const network = networkFile(["PyPI", "npm"]);

const pixels = { name, type: z.literal("uint8"), layout: z.literal("NHWC") };

const embedder = z.object({
  ...network,
  /** Side of the aligned face in pixels. */
  input: z.object({ ...pixels, size: count }).readonly(),
  outputs: z.object({
    embedding: z.object({ name, dim: count }).readonly(),
  }).readonly(),
}).readonly();

/** How the section `faces` of the manifest is checked. */
export const facesSection = z.object({
  /** Names what made the descriptors; those of different ones are never compared. */
  id: name,
  detector: z.object({
    ...network,
    /** Height and width must be multiples of `multiple`. */
    input: z.object({ ...pixels, multiple: count }).readonly(),
    /** Names of the outputs of each stride. */
    outputs: z.array(
      z.object({
        /** Pixels between two cells. */
        stride: count,
        /** [1, 1, H/s, W/s] */
        score: name,
        /** [1, 4, H/s, W/s] */
        box: name,
        /** [1, 10, H/s, W/s] */
        points: name,
      }).readonly(),
    ).min(1).readonly(),
  }).readonly(),
  sface: embedder,
  dlib: embedder,
}).readonly();

/** The networks that find and embed faces. */
export type FacesSection = z.infer<typeof facesSection>;

/** A network that embeds an aligned face. */
export type FaceEmbedderSection = FacesSection["sface"];
