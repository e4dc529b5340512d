/** Payments on Express 5, watched by our own guard. */
import { createServer } from "node:http";
import { flushBeforeExit, serveUntilStopped } from "../lifecycle.ts";
import { createPayments, createPaymentsGuard } from "./app.ts";

const guard = createPaymentsGuard();
flushBeforeExit(() => guard.close());
serveUntilStopped(createServer(createPayments(guard)));
