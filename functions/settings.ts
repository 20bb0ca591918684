/**
 * The environment's settings, read once and checked.
 *
 * @module
 */
import { z } from "zod";

const list = z.string().transform((text) => text.split(",").map((s) => s.trim()).filter(Boolean));

/** Precision that sure answers are promised to have, unless the deployment says otherwise. */
export const PRECISION_FLOOR = 0.92;

/** Share of sure answers that are judged by chance, unless the deployment or a space says otherwise. */
export const REVIEW_RATE = 0.02;

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  HOST: z.string().min(1).default("127.0.0.1"),
  XOLO_DATA: z.string().min(1).optional(),
  DATABASE_URL: z.string().optional(),
  XOLO_RUNTIME: z.enum(["native", "wasm"]).optional(),
  XOLO_FACE_AGE: z.enum(["on", "off"]).default("on"),
  XOLO_MEMORY_MB: z.coerce.number().int().min(256).max(1_048_576).default(512),
  XOLO_TOKEN: z.string().regex(/^[\x21-\x7e]{8,}$/, {
    error:
      "should have at least 8 characters, all of visible ASCII and none a space: others cannot be sent as a bearer token",
  }).optional(),
  XOLO_PUBLIC_SPACES: list.default([]),
  XOLO_DEMO: z.enum(["0", "1"]).default("0"),
  XOLO_REVIEW: z.enum(["auto", "off"]).default("auto"),
  XOLO_PRECISION_FLOOR: z.coerce.number().min(0.5).max(0.999).default(PRECISION_FLOOR),
  XOLO_REVIEW_RATE: z.coerce.number().min(0).max(1).default(REVIEW_RATE),
  DENO_DEPLOYMENT_ID: z.string().optional(),
});

/** What the deployment has set. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Folder of the embedded store, ":memory:" to keep nothing, undefined for the platform's store. */
  readonly data: string | undefined;
  /** Engine that must be used; undefined is the native one where it loads, else wasm. */
  readonly runtime: "native" | "wasm" | undefined;
  /** Memory that Workers, models and tables are sized by, in MiB. */
  readonly memoryMb: number;
  /** Whether the statistics that make faces comparable over decades are used. */
  readonly faceAge: boolean;
  readonly token: string | undefined;
  readonly publicSpaces: readonly string[];
  readonly demo: boolean;
  /** Whether what is not sure, or drawn by chance, goes before a person. */
  readonly review: boolean;
  /** Precision that answers with `is` are promised to have, .5 to .999. */
  readonly precisionFloor: number;
  /** Share of sure answers that are judged by chance in spaces that set none, 0 to 1. */
  readonly reviewRate: number;
}

/** Where the embedded store lies when nothing else is said. */
const DEFAULT_DATA = ".xolo";

/**
 * Reads settings.
 *
 * @param env variables by name
 * @throws {TypeError} naming every variable that is not as it should be
 *
 * @example
 * ```ts
 * import { readSettings } from "./settings.ts";
 *
 * console.assert(readSettings({ PORT: "9000" }).port === 9000);
 * ```
 */
export function readSettings(env: Readonly<Record<string, string>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new TypeError(`the environment's settings: ${wrong.join("; ")}`);
  }
  const e = parsed.data;
  if (e.DATABASE_URL !== undefined) {
    throw new TypeError(
      "the environment's settings: DATABASE_URL: this version keeps memories in its embedded store; unset it",
    );
  }
  return {
    port: e.PORT,
    host: e.HOST,
    // The hosted platform brings its own store and no disk to put one on.
    data: e.XOLO_DATA ?? (e.DENO_DEPLOYMENT_ID === undefined ? DEFAULT_DATA : undefined),
    runtime: e.XOLO_RUNTIME,
    memoryMb: e.XOLO_MEMORY_MB,
    faceAge: e.XOLO_FACE_AGE === "on",
    token: e.XOLO_TOKEN,
    publicSpaces: e.XOLO_PUBLIC_SPACES,
    demo: e.XOLO_DEMO === "1",
    review: e.XOLO_REVIEW === "auto",
    precisionFloor: e.XOLO_PRECISION_FLOOR,
    reviewRate: e.XOLO_REVIEW_RATE,
  };
}
