import { once } from "node:events";
import { createServer, IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createGuard, type Guard } from "../guard.ts";
import { guardHandler } from "./http.ts";

function openGuard(): Guard {
  return createGuard({ service: "context", endpoint: false, announce: false, processHooks: false });
}

/** Sends requests in one piece over one connection; resolves when each has its answer. */
async function sendTogether(port: number, paths: readonly string[]): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`).join(""));
  let text = "";
  while (text.split("HTTP/1.1 200").length <= paths.length) text += String((await once(socket, "data"))[0]);
  socket.destroy();
}

describe("the context of a request", () => {
  it("is its own where requests come in one piece, is not that of one nobody guards behind it, and ends", async () => {
    const guard = openGuard();
    const seen: Record<string, readonly unknown[]> = {};
    const bare: RequestListener = (request, response) => {
      const atOnce = guard.logContext()?.request_id;
      setImmediate(() => {
        seen[String(request.url)] = [atOnce, guard.logContext()?.request_id];
        response.end("x");
      });
    };
    const guarded = guardHandler(guard, bare);
    const listeners: Record<string, RequestListener> = { "/1": guarded, "/2": guarded, "/3": guarded, "/bare": bare };
    const server = createServer((request, response) => listeners[String(request.url)]?.(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await sendTogether(port, ["/1", "/2", "/bare"]);
    expect(seen["/bare"]).toEqual([undefined, undefined]);
    await sendTogether(port, ["/3", "/bare"]);
    expect(seen["/bare"]).toEqual([undefined, undefined]);
    const ids = ["/1", "/2", "/3"].map((path) => new Set(seen[path]));
    expect(ids.map((each) => each.size)).toEqual([1, 1, 1]);
    expect(new Set(ids.flatMap((each) => [...each])).size).toBe(3);
    expect(guard.logContext()).toBeUndefined();
    server.close();
    await guard.close();
  });

  it("does not stay with whoever calls a handler with a request of their own making", async () => {
    const guard = openGuard();
    const inside: unknown[] = [];
    const handler = guardHandler(guard, (_request, response) => {
      inside.push(guard.logContext()?.request_id);
      response.end();
    });
    const request = new IncomingMessage(new Socket());
    handler(request, new ServerResponse(request));
    expect(inside).toEqual([expect.any(String)]);
    expect(guard.logContext()).toBeUndefined();
    await guard.close();
  });
});
