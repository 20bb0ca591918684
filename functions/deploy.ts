/**
 * The entry point where the platform serves by the default export, as Deno Deploy and
 * `deno serve functions/deploy.ts` do.
 *
 * @module
 */
import { compose } from "./compose.ts";
import { readSettings } from "./settings.ts";

const { fetch, settle, close } = await compose(readSettings(Deno.env.toObject()));

let closing: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The platform allows five seconds: what is in flight gets three of them, the store the rest.
  Deno.addSignalListener(signal, () => {
    closing ??= settle(3000).then(close).finally(() => Deno.exit(0));
  });
}

export default { fetch } satisfies Deno.ServeDefaultExport;
