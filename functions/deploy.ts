/**
 * The entry point where the platform serves by the default export, as Deno Deploy and
 * `deno serve functions/deploy.ts` do.
 *
 * @module
 */
import { compose } from "./compose.ts";
import { readSettings } from "./settings.ts";
import { shutdownOnSignal } from "./shutdown.ts";

const service = await compose(readSettings(Deno.env.toObject()));

// The platform allows five seconds: what is in flight gets three of them, the store the rest.
shutdownOnSignal({ service, settle: 3000, close: 1800 });

export default { fetch: service.fetch } satisfies Deno.ServeDefaultExport;
