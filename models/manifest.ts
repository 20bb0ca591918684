/**
 * The contract between pixels and numbers: which files there are, what goes in, what comes out,
 * under which licence, and what made them. `manifest.json` is written by the recipes of
 * `training/` alone.
 *
 * @module
 */
import { z } from "zod";
import { facesSection } from "./face_networks.ts";
import { kindsSection } from "./kinds.ts";
import { lookSection } from "./look.ts";
import { networkSection } from "./network.ts";
import { networkFile } from "./network_file.ts";
import { paradigmsSection } from "./paradigms.ts";
import { peopleSection } from "./people.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");
const count = z.int().positive();
const name = z.string().min(1);

const backboneSection = z.object({
  /** The network's name; together with the version it names what made an embedding. */
  id: name,
  /** The package's version and the beginning of the file's SHA-256. */
  version: name,
  ...networkFile(["PyPI"]),
  input: z.object({
    name,
    /** Samples of 8 bits, 0–255, RGB; the normalisation is inside the graph. */
    type: z.literal("uint8"),
    layout: z.literal("NHWC"),
    /** Side of the input in pixels. */
    size: count,
    /**
     * The network sees the centre square of side `size / (size + border) · min(width, height)`
     * of the upright picture, resized to `size`.
     */
    border: z.int().nonnegative(),
  }).readonly(),
  outputs: z.object({
    /** Scores over the classes, before the softmax. */
    logits: z.object({ name, dim: count }).readonly(),
    /** Pooled features, each ≥ 0, before dropout. */
    embedding: z.object({ name, dim: count }).readonly(),
    /** The same features by generalized-mean pooling, each ≥ 0: what tells individuals apart. */
    gem: z.object({ name, dim: count }).readonly(),
  }).readonly(),
}).readonly();

const hierarchySection = z.object({
  /** Beside the manifest. */
  file: name,
  sha256,
  /** SPDX identifier. */
  licence: name,
  /** Beside the manifest. */
  licenceFile: name,
  /** Packages that it was made from, as "name version". */
  sources: z.array(name).readonly(),
  made: z.object({ command: name }).readonly(),
}).readonly();

const recallSection = z.object({
  /** Beside the manifest. */
  file: name,
  bytes: count,
  sha256,
  /** SPDX identifier. */
  licence: name,
  made: z.object({ command: name }).readonly(),
}).readonly();

/** Every section of the manifest and how it is checked; a recipe's section is one line here. */
export const sections = {
  backbone: backboneSection,
  hierarchy: hierarchySection,
  kinds: kindsSection,
  network: networkSection,
  look: lookSection,
  recall: recallSection,
  people: peopleSection,
  faces: facesSection,
  paradigms: paradigmsSection,
} as const;

/** The network that turns pixels into scores and an embedding. */
export type BackboneSection = z.infer<typeof backboneSection>;

/** Name of a section. */
export type SectionName = keyof typeof sections;

/** Value of a section. */
export type Section<N extends SectionName> = z.infer<(typeof sections)[N]>;

/** The parsed `manifest.json`. */
export type Manifest =
  & { readonly [N in Exclude<SectionName, "paradigms">]: Section<N> }
  & {
    /** Left out until the models are made: the paradigms beside `human` are then not served. */
    readonly paradigms?: Section<"paradigms">;
  };

const manifestSchema = z.object({ ...sections, paradigms: sections.paradigms.optional() });

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) =>
    `${[what, ...path].join(".")}: ${message}`
  );
  throw new TypeError(`The manifest is not as it should be: ${lines.join("; ")}`);
}

/**
 * Checks one section's value.
 *
 * @throws {TypeError} that names every field that is not as it should be
 */
export function parseSection<N extends SectionName>(name: N, value: unknown): Section<N> {
  return check(sections[name] as unknown as z.ZodType<Section<N>>, value, name);
}

/**
 * Checks a manifest. Sections that this version does not know are left out.
 *
 * @param json the parsed JSON
 * @throws {TypeError} that names every field that is not as it should be
 *
 * @example
 * ```ts
 * import { parseManifest } from "./manifest.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { backbone } = parseManifest(
 *   JSON.parse(await Deno.readTextFile(new URL("./manifest.json", import.meta.url))),
 * );
 * assertEquals(backbone.outputs.embedding.dim, 1280);
 * ```
 */
export function parseManifest(json: unknown): Manifest {
  const manifest = check(manifestSchema as unknown as z.ZodType<Manifest>, json, "manifest");
  const { backbone, kinds, network, paradigms } = manifest;
  const names = network.openKinds.map(({ name }) => name).join();
  if (kinds.outputs.kinds.of.join() !== names) {
    throw new TypeError(
      `The manifest's kinds are ${kinds.outputs.kinds.of}, its network's open kinds ${names}`,
    );
  }
  for (const model of [paradigms?.sequential, paradigms?.joint]) {
    if (!model) continue;
    for (const input of ["embedding", "logits"] as const) {
      const { name, dim } = backbone.outputs[input];
      const taken = model.inputs[input].dim;
      if (taken !== dim) {
        throw new TypeError(
          `The manifest's ${model.file} takes ${taken} numbers, its backbone's ${name} has ${dim}`,
        );
      }
    }
  }
  return manifest;
}
