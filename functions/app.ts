/**
 * The HTTP application: what wraps every request, and all routes.
 *
 * @module
 */
import { compress } from "hono/compress";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { access, teachersOnly } from "./routes/access.ts";
import { classifyRoutes } from "./routes/classify.ts";
import { contentType } from "./routes/content_type.ts";
import { form } from "./routes/form.ts";
import { historyRoutes } from "./routes/history.ts";
import { jsonPhoto } from "./routes/json_photo.ts";
import { labelsRoutes } from "./routes/labels.ts";
import { memoriesRoutes } from "./routes/memories.ts";
import { operationsRoutes } from "./routes/operations.ts";
import { docsPolicy, pageRoutes } from "./routes/page.ts";
import { paradigmsRoutes } from "./routes/paradigms.ts";
import { onError, onNotFound } from "./routes/problem.ts";
import { qualityRoutes } from "./routes/quality.ts";
import { createQuota } from "./routes/quota.ts";
import { rawBody } from "./routes/raw_body.ts";
import { readBody } from "./routes/read_body.ts";
import { reviewRoutes } from "./routes/review.ts";
import { rulesRoutes } from "./routes/rules.ts";
import type { Services } from "./routes/services.ts";
import { createRoutes } from "./routes/shared.ts";
import { transferRoutes } from "./routes/transfer.ts";
import { unlessEnding } from "./routes/unless_ending.ts";
import { visitorQuota } from "./routes/visitor_quota.ts";
import { wellFormedPath } from "./routes/well_formed_path.ts";

const MIB = 2 ** 20;

/** Most bytes of a body, by the path that it is sent to. */
const BODY_BYTES: ReadonlyMap<string, number> = new Map([
  // A photo of 20 MiB in base64, and what a form or JSON puts around it.
  ["/classify", 28 * MIB],
  ["/memories", 40 * MIB],
  // The command line sends pieces of 8 MB.
  ["/import", 16 * MIB],
]);

/** Most bytes of any other body: a new label, or nothing. */
const SMALL_BODY = 64 * 1024;

/** Questions and lessons that a visitor of a demo has in an hour. */
const QUESTIONS_AN_HOUR = 600;
const LESSONS_AN_HOUR = 300;

/**
 * Makes the application.
 *
 * The chain stays in one expression: its type is what the page's client is checked against.
 */
export function createApp(services: Services) {
  const { limits, about, now } = services;
  const app = createRoutes();
  app.onError(onError);
  app.notFound(onNotFound(app));
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
  app.use(unlessEnding(services));
  app.use(wellFormedPath());
  // Answers are too small to gain by it, the page and the reference are not.
  const large = [
    "/",
    "/assets/*",
    "/docs/*",
    "/openapi.json",
    "/paradigms/*",
    "/runtime/*",
    "/service_worker.js",
  ];
  for (const path of large) app.use(path, compress());
  app.use("/classify", rawBody());

  // The headers decide who may go on before a byte of the body is read.
  const decided = ["/review/*", "/rules/*", "/quality/*", "/events", "/undo"];
  const taught = [
    "/memories/*",
    "/labels/*",
    "/spaces/:space",
    "/export",
    "/import",
    ...decided,
  ];
  for (const path of ["/classify", "/spaces", ...taught]) app.use(path, access(services.access));
  for (const path of taught) app.use(path, teachersOnly(services.access));
  app.use("/memories", contentType("POST", "multipart/form-data"));
  for (const path of ["/memories/:id", "/labels/:label", "/quality"]) {
    app.use(path, contentType("PATCH", "application/json"));
  }
  for (const path of decided) app.use(path, contentType("POST", "application/json"));
  app.use("/rules/:id", contentType("PUT", "application/json"));
  if (services.access.demo) {
    const hourly = (each: number) => visitorQuota(createQuota({ each, seconds: 3600, now }));
    const lessons = hourly(LESSONS_AN_HOUR);
    app.use("/classify", hourly(QUESTIONS_AN_HOUR));
    for (const path of ["/memories", "/import", ...decided]) app.use(path, lessons);
  }
  app.use(
    readBody({ inFlight: limits.inFlightBytes, byPath: BODY_BYTES, elsewhere: SMALL_BODY }),
  );
  for (const path of ["/classify", "/memories"]) app.use(path, form());
  app.use("/classify", jsonPhoto());

  const routes = app
    .route("/", classifyRoutes(services))
    .route("/", memoriesRoutes(services))
    .route("/", labelsRoutes(services))
    .route("/", transferRoutes(services))
    .route("/", reviewRoutes(services))
    .route("/", rulesRoutes(services))
    .route("/", qualityRoutes(services))
    .route("/", historyRoutes(services))
    .route("/", paradigmsRoutes(services))
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
