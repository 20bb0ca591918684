/**
 * Serves Xolo.
 *
 *     deno task start
 *
 * Settings come from the environment (see the README); SIGINT and SIGTERM finish what is in flight.
 *
 * @module
 */
import { compose } from "./compose.ts";
import { readSettings } from "./settings.ts";

if (import.meta.main) {
  try {
    const settings = readSettings(Deno.env.toObject());
    const { fetch, close } = await compose(settings);
    const server = Deno.serve({
      port: settings.port,
      hostname: settings.host,
      onListen: ({ hostname, port }) => {
        const host = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
        console.log(`Xolo answers at http://${host}:${port}/`);
      },
    }, fetch);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => void server.shutdown());
    }
    await server.finished;
    await close();
    Deno.exit(0);
  } catch (error) {
    console.error(`Xolo cannot start: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
