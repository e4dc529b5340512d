/**
 * A connection to a server of node:http that is no socket: requests come from memory, answers go there, and no system call is made. What is left is
 * the app's own work, which can be measured in pieces shorter than what a scheduler gives to a process at a time.
 */
import { AsyncResource } from "node:async_hooks";
import type { Server } from "node:http";
import { Duplex } from "node:stream";
import { isWhole } from "../whole-answer.ts";

/** One connection that stays open; requests go one after the other. */
export class MemorySocket extends Duplex {
  readonly remoteAddress = "127.0.0.1";
  #answer = "";
  #left: string[] = [];
  #done = (): void => undefined;
  /** As on a real connection: what comes in belongs to it, and runs in no context of the request before. */
  readonly #sendNext = AsyncResource.bind(() => this.#push());

  /** Connects to `server`, which need not listen. */
  constructor(server: Server) {
    super();
    server.emit("connection", this);
  }

  /** Resolves when all `paths` were answered. */
  async send(paths: readonly string[]): Promise<void> {
    this.#left = paths.toReversed();
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      this.#sendNext();
    });
  }

  #push(): void {
    const path = this.#left.pop();
    if (path === undefined) return this.#done();
    this.push(Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\nuser-agent: bench\r\n\r\n`, "latin1"));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#answer += chunk.toString("latin1");
    done();
    if (!isWhole(this.#answer)) return;
    this.#answer = "";
    setImmediate(this.#sendNext);
  }

  /** Of the methods of a socket, those that node:http calls. */
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
