/**
 * The real service for tests: real models, real Workers, a store of its own, no port.
 *
 * @module
 */
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
 * Composes the service.
 *
 * @param env settings beside an in-memory store
 */
export async function startService(env: Record<string, string> = {}): Promise<TestService> {
  const service = await compose(readSettings({ XOLO_DATA: ":memory:", ...env }));
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
