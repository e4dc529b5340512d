/** The shop's public API on Express 5, traced by the OpenTelemetry SDK. */
import { createServer } from "node:http";
import { serveUntilStopped } from "../lifecycle.ts";
import { createStorefront } from "./app.ts";

serveUntilStopped(createServer(createStorefront()));
