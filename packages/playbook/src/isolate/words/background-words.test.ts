import { describe, expect, it } from "vitest";
import type { LogRecord } from "@faultline/model";
import { isOfNoRequest } from "./background-words.ts";

const judge = (body: string, type: string, message: string): boolean => {
  const attributes = { "exception.type": type, "exception.message": message };
  return isOfNoRequest({ timeMs: 0, severity: 17, body, attributes, resource: { service: "shop", attributes: {} } } satisfies LogRecord);
};

describe("an error that belongs to no request", () => {
  it.each([
    ["Error handler threw an exception", "org.springframework.kafka.listener.ListenerExecutionFailedException", "Listener threw exception"],
    ["Job DEFAULT.cleanup threw an unhandled Exception:", "java.lang.IllegalStateException", "no rows"],
    ["Oban job Learn.Transcode failed", "RuntimeError", "no file"],
    ["failed to process message 7c, it becomes visible again", "ValueError", "bad sku"],
    ["Unexpected error occurred in scheduled task", "java.net.SocketTimeoutException", "Read timed out"],
    ["record 17 was moved to the dead letter topic", "JsonParseException", "Unexpected char"],
    ["Servlet write failed", "org.apache.catalina.connector.ClientAbortException", "java.io.IOException: Broken pipe"],
    ["websocket closed", "starlette.websockets.WebSocketDisconnect", "1006"],
    ["request aborted", "BadRequestError", "request aborted"],
  ])("is about background work, or a client that left: %s", (body, type, message) => expect(judge(body, type, message)).toBe(true));

  it.each([
    ["could not load the cart", "TypeError", "x is undefined"],
    ["job offer failed to render", "KeyError", "'salary'"],
    ["task list cannot be shown", "NoMethodError", "undefined method 'due' for nil"],
    ["failed to enqueue job", "Redis::CannotConnectError", "Connection refused - redis:6379"],
    ["order was not placed: the message was not accepted", "org.springframework.kafka.KafkaException", "Send failed"],
    ["could not load the cart\n\tat reactor.core.scheduler.SchedulerTask.call(SchedulerTask.java:68)", "IllegalStateException", "no price"],
    ["could not reach scheduler", "OSError", "Timed out trying to connect to tcp://scheduler:8786 after 30 s: could not reach scheduler"],
    ["cart failed", "redis.exceptions.ConnectionError", "Redis client disconnected"],
    ["upstream broke", "requests.exceptions.ConnectionError", "('Connection aborted.', BrokenPipeError(32, 'Broken pipe'))"],
  ])("is not one if a request's words mention such things: %s", (body, type, message) => expect(judge(body, type, message)).toBe(false));
});
