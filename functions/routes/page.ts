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

/** The routes that send the page's files. */
export function pageRoutes({ assets }: Pick<Services, "assets">) {
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
  const routes = createRoutes();
  routes.get("/", send).get("/docs", send).get("/docs/*", send).get("/assets/*", send);
  return routes;
}
