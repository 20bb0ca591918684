import { assertEquals } from "@std/assert";
import { compose } from "../functions/compose.ts";
import { readSettings } from "../functions/settings.ts";

const peer = { transport: "tcp", hostname: "127.0.0.1", port: 40_000 } as const;

Deno.test({
  name: "settle() waits for a reply's body and refuses what comes meanwhile",
  // The native runtime's and the decoder's threads outlive their Workers.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const service = await compose(readSettings({ XOLO_DATA: ":memory:" }));
    try {
      const sent = Promise.withResolvers<void>();
      const ask = (path: string, completed = Promise.resolve()) =>
        service.fetch(new Request(`http://localhost${path}`), { remoteAddr: peer, completed });
      const reply = await ask("/export", sent.promise);
      let isSettled = false;
      const settled = service.settle(600_000).then(() => isSettled = true);
      const refused = await ask("/health");
      assertEquals([refused.status, refused.headers.get("retry-after")], [503, "5"]);
      await refused.body?.cancel();
      await new Promise((done) => setTimeout(done, 20));
      assertEquals(isSettled, false, "the export is still under way");
      await reply.body?.cancel();
      sent.resolve();
      await settled;
    } finally {
      await service.close();
    }
  },
});

Deno.test({
  name: "settle() waits no longer than it is given",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const service = await compose(readSettings({ XOLO_DATA: ":memory:" }));
    try {
      const completed = new Promise<void>(() => {});
      const request = new Request("http://localhost/health");
      await (await service.fetch(request, { remoteAddr: peer, completed })).body?.cancel();
      await service.settle(10);
    } finally {
      await service.close();
    }
  },
});
