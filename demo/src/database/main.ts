/** PostgreSQL, embedded: PGlite behind its socket server, in memory. A transaction that stays open keeps everybody else waiting. */
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { reportReady } from "../lifecycle.ts";

const db = await PGlite.create();
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0, maxConnections: 64 });
await server.start();
const port = Number(server.getServerConn().split(":").at(-1));
reportReady(port, async () => {
  await server.stop();
  await db.close();
});
