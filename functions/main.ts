/**
 * Serves Xolo.
 *
 *     deno task start
 *
 * Settings come from the environment (see the README); SIGINT and SIGTERM finish what is in flight,
 * for ten seconds at most.
 *
 * @module
 */
import { compose } from "./compose.ts";
import { readSettings } from "./settings.ts";
import { shutdownOnSignal } from "./shutdown.ts";

if (import.meta.main) {
  try {
    const settings = readSettings(Deno.env.toObject());
    const service = await compose(settings);
    Deno.serve({
      port: settings.port,
      hostname: settings.host,
      onListen: ({ hostname, port }) => {
        const host = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
        console.log(`Xolo answers at http://${host}:${port}/`);
      },
    }, service.fetch);
    // Not `server.shutdown()`: it breaks off uploads that are under way.
    shutdownOnSignal({ service, settle: 10_000, close: 5000 });
  } catch (error) {
    console.error(`Xolo cannot start: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
