/**
 * The real service for tests: real models, real Workers, a store of its own, no port.
 *
 * @module
 */
import { assert } from "@std/assert";
import { compose } from "../../functions/compose.ts";
import { readSettings } from "../../functions/settings.ts";
import { root } from "./data.ts";

/** A service and a way to ask it. */
export interface TestService {
  /** Sends a request as a caller on this machine, or from elsewhere. */
  request(path: string, init?: RequestInit, from?: string): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Composes the service. No answer is sampled for review unless the settings ask for it: chance
 * would give one of two equal answers a `review`.
 *
 * @param env settings beside an in-memory store
 * @param models folder of other models than the project's
 */
export async function startService(
  env: Record<string, string> = {},
  models?: URL,
): Promise<TestService> {
  const settings = readSettings({ XOLO_DATA: ":memory:", XOLO_REVIEW_RATE: "0", ...env });
  const service = await compose(settings, models);
  return {
    request(path, init = {}, from = "127.0.0.1") {
      const request = new Request(`http://localhost:8000${path}`, init);
      return service.fetch(request, {
        remoteAddr: { transport: "tcp", hostname: from, port: 40_000 },
      });
    },
    close: () => service.close(),
  };
}

/** A photo that the project carries. */
export function samplePhoto(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(`${root}/web/samples/${name}`);
}

/** A form that teaches or asks. */
export function formOf(
  fields: Record<string, string>,
  ...photos: Uint8Array<ArrayBuffer>[]
): FormData {
  const form = new FormData();
  for (const photo of photos) form.append("image", new Blob([photo]), "photo.jpg");
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** What anything may answer, whatever it is asked for. */
const ANYWHERE = new Set([404, 405]);

/** Requires of every reply that its status is declared for the operation that was asked. */
async function checkingStatuses(service: TestService): Promise<TestService> {
  const spec = await (await service.request("/openapi.json")).json();
  const operations = Object.entries(spec.paths).map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    methods: methods as Record<string, { responses: Record<string, unknown> }>,
  }));
  return {
    ...service,
    async request(path, init = {}, from) {
      const reply = await service.request(path, init, from);
      const found = operations.find(({ pattern }) => pattern.test(path.split("?")[0]!));
      const declared = found?.methods[(init.method ?? "GET").toLowerCase()]?.responses;
      assert(
        declared ? String(reply.status) in declared : ANYWHERE.has(reply.status) || reply.ok,
        `${init.method ?? "GET"} ${path} answers ${reply.status}, which it does not declare`,
      );
      return reply;
    },
  };
}

/** Runs a test against a service on other models than the project's, whose replies must be declared ones. */
export async function withService(
  models: URL,
  fn: (service: TestService) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const service = await startService(env, models);
  try {
    await fn(await checkingStatuses(service));
  } finally {
    await service.close();
  }
}

/** Registers a test against a service of its own, whose replies must be declared ones. */
export function serviceTest(
  name: string,
  fn: (service: TestService) => Promise<void>,
  env: Record<string, string> = {},
): void {
  Deno.test({
    name,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const service = await startService(env);
      try {
        await fn(await checkingStatuses(service));
      } finally {
        await service.close();
      }
    },
  });
}
