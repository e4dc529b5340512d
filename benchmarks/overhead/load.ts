/**
 * The load: requests one after the other on each of some connections that stay open. Its own CPU is not in any figure, and while there are answers to
 * come it never sleeps: an answer to a client that sleeps pays for waking it, which on a virtual machine costs as much as the answer itself, and the
 * slower an app is the more of its answers do; see docs/decisions/0191.
 */
import { connect, type Socket } from "node:net";
import { isWhole } from "../whole-answer.ts";

/** Open connections to one app. `send` resolves with the latency of each request, ms. */
export type Load = { send(paths: readonly string[]): Promise<readonly number[]>; close(): void };

type Lane = { readonly socket: Socket; buffered: string; onAnswer: () => void; onClose: () => void };

async function openLane(port: number): Promise<Lane> {
  const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
  const lane: Lane = { socket, buffered: "", onAnswer: () => undefined, onClose: () => undefined };
  socket.on("data", (chunk) => {
    lane.buffered += String(chunk);
    if (!isWhole(lane.buffered)) return;
    lane.buffered = "";
    lane.onAnswer();
  });
  socket.on("close", () => lane.onClose());
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return lane;
}

/** Opens `connections` to a port of this machine. */
export async function openLoad(port: number, connections: number): Promise<Load> {
  const lanes = await Promise.all(Array.from({ length: connections }, () => openLane(port)));

  function send(paths: readonly string[]): Promise<readonly number[]> {
    const latencies: number[] = [];
    let next = 0;
    const stayAwake = (): void => {
      if (latencies.length < paths.length) setImmediate(stayAwake);
    };
    stayAwake();
    return new Promise((resolve, reject) => {
      for (const lane of lanes) {
        let sentMs = 0;
        const sendNext = (): void => {
          const path = paths[next];
          if (path === undefined) return;
          next += 1;
          sentMs = performance.now();
          lane.socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\nuser-agent: bench\r\n\r\n`);
        };
        lane.onAnswer = () => {
          latencies.push(performance.now() - sentMs);
          if (latencies.length === paths.length) resolve(latencies);
          else sendNext();
        };
        lane.onClose = () => reject(new Error("the app closed a connection"));
        sendNext();
      }
    });
  }

  return {
    send,
    close: () => {
      for (const lane of lanes) {
        lane.onClose = () => undefined;
        lane.socket.destroy();
      }
    },
  };
}
