/**
 * The page and its files, and the API reference at `/docs`.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import type { Services } from "./services.ts";
import { type AppEnv, createRoutes } from "./shared.ts";

/** Paths that a person types, and the files behind them. */
const PAGES: Readonly<Record<string, string>> = {
  "/": "/index.html",
  "/docs": "/docs/index.html",
  "/docs/": "/docs/index.html",
};

/** Swagger's page styles itself inline. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Loosens the content policy for the API reference, whatever was set before. */
export function docsPolicy(): MiddlewareHandler {
  return async function docsPolicy(c, next) {
    await next();
    c.header("content-security-policy", DOCS_POLICY);
  };
}

/** How long a file is, also where it is sent compressed: a browser shows how far it has come. */
const LENGTH = "xolo-bytes";

/** The routes that send the page's files, and what it takes to answer in a browser. */
export function pageRoutes({ assets, files }: Pick<Services, "assets" | "files">) {
  const send = (c: Context<AppEnv>) => {
    const path = PAGES[c.req.path] ?? c.req.path;
    const asset = assets.get(path);
    if (!asset) return c.notFound();
    // Every file is asked for again, and answered by 304 when it is the same.
    const headers = { "cache-control": "no-cache", etag: asset.etag };
    // Compressed it is the same only weakly.
    if (c.req.header("if-none-match")?.replace(/^W\//, "") === asset.etag) {
      return c.body(null, 304, headers);
    }
    const response = c.body(asset.body, 200, { ...headers, "content-type": asset.type });
    return response;
  };
  const sendFile = async (c: Context<AppEnv>) => {
    const file = await files.open(c.req.path);
    if (!file) return c.notFound();
    const { etag, type, bytes, body } = file;
    const headers = { "cache-control": "no-cache", etag, [LENGTH]: String(bytes) };
    if (c.req.header("if-none-match")?.replace(/^W\//, "") === etag || c.req.method === "HEAD") {
      await body.cancel();
      return c.body(null, c.req.method === "HEAD" ? 200 : 304, headers);
    }
    return c.body(body, 200, { ...headers, "content-type": type });
  };
  const routes = createRoutes();
  routes.get("/models/:file", sendFile).get("/runtime/:file", sendFile);
  routes.get("/service_worker.js", send);
  routes.get("/", send).get("/docs", send).get("/docs/*", send).get("/assets/*", send);
  return routes;
}
