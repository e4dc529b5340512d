import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

/** Ruby. */
export const RUBY_SIGNATURES: readonly Signature[] = [
  framework({
    id: "rails-html",
    vendor: "Rails",
    pattern: {
      status: [500],
      bodyHas: ["We're sorry, but something went wrong"],
      bodyLacks: ["The issue has been logged for investigation"],
    },
    meaning: "a controller raised; X-Request-Id finds it in the log",
    cause: "unhandled-exception",
  }),
  framework({
    id: "rails-json",
    vendor: "Rails",
    pattern: { status: [500], json: { status: "500", error: "Internal Server Error" }, headers: { "x-runtime": true } },
    meaning: "a controller raised",
    cause: "unhandled-exception",
  }),
  framework({
    id: "sinatra",
    vendor: "Sinatra",
    pattern: { status: [500], bodyIs: ["<h1>Internal Server Error</h1>"] },
    meaning: "a route raised",
    cause: "unhandled-exception",
  }),
  framework({
    id: "puma",
    vendor: "Puma",
    hop: "app-server",
    pattern: { status: [500], bodyHas: ["An unhandled lowlevel error occurred"] },
    meaning: "the app failed to start or below Rack",
  }),
  framework({
    id: "passenger",
    vendor: "Passenger",
    hop: "app-server",
    pattern: { status: [5], bodyHas: ["We're sorry, but something went wrong", "The issue has been logged for investigation"] },
    meaning: "the app could not be started; Passenger's log has the reason by the error's id",
    source: "Phusion Passenger",
  }),
];
