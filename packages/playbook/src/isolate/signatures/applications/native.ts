import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

/** Go, Rust, Elixir. */
export const NATIVE_SIGNATURES: readonly Signature[] = [
  framework({
    id: "echo",
    vendor: "Echo, Flask-RESTX or another",
    // AWS's HTTP APIs say the same, with an id of their own, and so do handlers on Express.
    pattern: {
      status: [500],
      bodyIs: ['{"message":"Internal Server Error"}'],
      headers: { "apigw-requestid": false, "x-amzn-requestid": false, "x-powered-by": false },
    },
    meaning: "a handler failed, and nothing in the app caught it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "rocket",
    vendor: "Rocket",
    pattern: { status: [5], bodyHas: ["<small>Rocket</small>"] },
    meaning: "a route panicked, or returned an error that no catcher takes",
    cause: "unhandled-exception",
  }),
  framework({
    id: "warp",
    vendor: "warp",
    // Node says this about an Error.
    pattern: { status: [500], bodyHas: ["Unhandled rejection: "], bodyLacks: ["Error: "] },
    meaning: "a rejection that no recover takes",
    cause: "unhandled-exception",
  }),
  framework({
    id: "phoenix",
    vendor: "Phoenix",
    pattern: { status: [500], bodyIs: ['{"errors":{"detail":"Internal Server Error"}}'] },
    meaning: "a controller raised; x-request-id finds it in the log",
    cause: "unhandled-exception",
  }),
];
