/**
 * The HTTP application: what wraps every request, and all routes.
 *
 * @module
 */
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { access } from "./routes/access.ts";
import { classifyRoutes } from "./routes/classify.ts";
import { inFlight } from "./routes/in_flight.ts";
import { labelsRoutes } from "./routes/labels.ts";
import { memoriesRoutes } from "./routes/memories.ts";
import { operationsRoutes } from "./routes/operations.ts";
import { docsPolicy, pageRoutes } from "./routes/page.ts";
import { onError, onNotFound, problem } from "./routes/problem.ts";
import { rawBody } from "./routes/raw_body.ts";
import type { Services } from "./routes/services.ts";
import { createRoutes } from "./routes/shared.ts";
import { transferRoutes } from "./routes/transfer.ts";

/**
 * Makes the application.
 *
 * The chain stays in one expression: its type is what the page's client is checked against.
 */
export function createApp(services: Services) {
  const { limits, about } = services;
  const app = createRoutes();
  app.onError(onError);
  app.notFound(onNotFound);
  app.use(requestId());
  app.use("/docs/*", docsPolicy());
  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "blob:", "data:"],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", "blob:"],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    crossOriginEmbedderPolicy: "require-corp",
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    permissionsPolicy: { camera: ["self"], microphone: [], geolocation: [] },
    // A service on this machine has no certificate; whoever terminates TLS sets this.
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
  }));
  app.use(bodyLimit({
    maxSize: limits.requestBytes,
    onError: (c) => problem(c, 413, `the request should have at most ${limits.requestBytes} bytes`),
  }));
  app.use(inFlight(limits.inFlightBytes));
  app.use("/classify", rawBody());
  app.use(access(services.access));

  const routes = app
    .route("/", classifyRoutes(services))
    .route("/", memoriesRoutes(services))
    .route("/", labelsRoutes(services))
    .route("/", transferRoutes(services))
    .route("/", operationsRoutes(services))
    .route("/", pageRoutes(services));

  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "XOLO_TOKEN, where the deployment has one",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Xolo",
      version: about.version,
      description:
        "An edge classifier that remembers whom it has met and recognises what it has not.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{}, { token: [] }],
  });
  return routes;
}

/** The type that a typed client is made from. */
export type App = ReturnType<typeof createApp>;
