import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { LiveFeed } from "../live-feed.ts";
import type { DisplayRedactor } from "./display-redactor.ts";
import { toFaultListing } from "./fault-listing.ts";
import { answerProblem } from "./problem.ts";
import type { Answer } from "./route.ts";

type Sent = { readonly number: number; readonly text: string };

/** Limits of the event stream. */
export type EventStreamLimits = {
  /** How many browsers may listen at once. Default 64. */
  readonly clients: number;
  /** Bytes that may wait for one slow client before it is disconnected; it reconnects by itself. Default 256 KiB. */
  readonly waitingBytes: number;
  /** Events kept for clients that reconnect. Default 256. */
  readonly kept: number;
  /** How often a comment is sent, so that dead connections are noticed. Default 15 s. */
  readonly heartbeatMs: number;
};

/** Server-sent events: what the watcher publishes, fanned out to browsers. */
export type EventStream = {
  /** Opens a stream for a request. With `Last-Event-ID` it continues where the client stopped, or sends `reset`. */
  open(request: IncomingMessage): Answer;
  readonly listeners: number;
  close(): void;
};

const DEFAULTS: EventStreamLimits = { clients: 64, waitingBytes: 256 * 1024, kept: 256, heartbeatMs: 15_000 };

/**
 * Subscribes to the feed. Events: `fault` with a FaultListing, `counts` with `{ atMs }`, `reset` when events were missed and the page
 * has to ask again. Ids are `<this process>-<number>`, so that an id of an earlier process is never mistaken for one of ours.
 */
export function createEventStream(live: LiveFeed, redactor: DisplayRedactor, limits: Partial<EventStreamLimits> = {}): EventStream {
  const { clients: mostClients, waitingBytes, kept, heartbeatMs } = { ...DEFAULTS, ...limits };
  const epoch = randomUUID().slice(0, 8);
  const clients = new Set<ServerResponse>();
  const recent: Sent[] = [];
  let number = 0;

  const send = (client: ServerResponse, text: string): void => {
    if (client.writableLength > waitingBytes) drop(client);
    else client.write(text);
  };
  const drop = (client: ServerResponse): void => {
    clients.delete(client);
    client.destroy();
  };
  const unsubscribe = live.subscribe((event) => {
    number += 1;
    const data = event.kind === "fault" ? redactor.redactListing(toFaultListing(event.fault)) : { atMs: event.atMs };
    const text = `id: ${epoch}-${number}\nevent: ${event.kind}\ndata: ${JSON.stringify(data)}\n\n`;
    recent.push({ number, text });
    if (recent.length > kept) recent.shift();
    for (const client of clients) send(client, text);
  });
  const heartbeat = setInterval(() => {
    for (const client of clients) send(client, ":\n\n");
  }, heartbeatMs);
  heartbeat.unref();

  const catchUp = (lastId: string | undefined): string => {
    if (lastId === undefined || lastId === "") return "";
    const [givenEpoch, givenNumber] = lastId.split("-");
    const seen = givenEpoch === epoch ? Number(givenNumber) : Number.NaN;
    const missed = recent.filter((sent) => sent.number > seen);
    if (seen + missed.length === number) return missed.map((sent) => sent.text).join("");
    return `id: ${epoch}-${number}\nevent: reset\ndata: {}\n\n`;
  };
  const start = (response: ServerResponse, lastId: string | undefined): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    response.write(`retry: 1000\n\n${catchUp(lastId)}`);
    clients.add(response);
    response.on("close", () => clients.delete(response));
    response.on("error", () => clients.delete(response));
  };
  return {
    open(request) {
      if (clients.size >= mostClients) return refuseListener(mostClients);
      const lastId = request.headers["last-event-id"];
      return { kind: "stream", open: (response) => start(response, typeof lastId === "string" ? lastId : undefined) };
    },
    get listeners() {
      return clients.size;
    },
    close() {
      clearInterval(heartbeat);
      unsubscribe();
      for (const client of clients) client.end();
      clients.clear();
    },
  };
}

function refuseListener(mostClients: number): Answer {
  return { ...answerProblem(503, `${mostClients} pages listen already, which is the most; close one.`), headers: { "retry-after": "5" } };
}
