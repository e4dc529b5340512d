/** A closed loop of requests over raw sockets: as little work as possible on the sender's side. */
import { connect, type Socket } from "node:net";

/** What one run sent and got. */
export type LoadResult = {
  readonly requests: number;
  readonly refused: number;
  readonly elapsedMs: number;
  readonly latenciesMs: number[];
};

/** How a run is set up. */
export type LoadPlan = {
  readonly port: number;
  /** Default `/v1/traces`. */
  readonly path?: string;
  readonly connections: number;
  readonly durationMs: number;
  readonly isGzip: boolean;
  /** The next body for a connection, or undefined when there are no more. It is left alone until the answer is there. */
  readonly nextBody: (connection: number) => Uint8Array | undefined;
};

/** Sends until the time or the bodies are over. Requests that are refused count as such and are not sent again. */
export async function sendLoad(plan: LoadPlan): Promise<LoadResult> {
  const result = { requests: 0, refused: 0, latenciesMs: [] as number[] };
  const start = performance.now();
  const isOver = (): boolean => performance.now() - start > plan.durationMs;
  await Promise.all(Array.from({ length: plan.connections }, (_, connection) => runConnection({ plan, connection, isOver, result })));
  return { ...result, elapsedMs: performance.now() - start };
}

type Connection = {
  readonly plan: LoadPlan;
  readonly connection: number;
  readonly isOver: () => boolean;
  readonly result: { requests: number; refused: number; readonly latenciesMs: number[] };
};

async function runConnection({ plan, connection, isOver, result }: Connection): Promise<void> {
  const socket = connect({ port: plan.port, host: "127.0.0.1", noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const coding = plan.isGzip ? "Content-Encoding: gzip\r\n" : "";
  for (;;) {
    const body = isOver() ? undefined : plan.nextBody(connection);
    if (body === undefined) break;
    const sent = performance.now();
    socket.cork();
    socket.write(
      `POST ${plan.path ?? "/v1/traces"} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-protobuf\r\n${coding}Content-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    socket.uncork();
    const status = await readStatus(socket);
    result.latenciesMs.push(performance.now() - sent);
    result.requests += 1;
    if (status !== 200) result.refused += 1;
  }
  socket.destroy();
}

/** Reads one answer to its end. */
function readStatus(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    const onData = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      const headEnd = text.indexOf("\r\n\r\n");
      if (headEnd < 0 || text.length < headEnd + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)) return;
      socket.off("data", onData).off("close", onClose);
      resolve(Number(text.slice(9, 12)));
    };
    const onClose = (): void => reject(new Error("the collector closed the connection"));
    socket.on("data", onData).on("close", onClose);
  });
}
