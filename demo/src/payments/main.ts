/** Payments on Express 5. */
import { createServer } from "node:http";
import { serveUntilStopped } from "../lifecycle.ts";
import { createPayments } from "./app.ts";

serveUntilStopped(createServer(createPayments()));
