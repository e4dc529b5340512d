/** One app without a network: `app.ts FRAMEWORK KIND VARIANT WARM BURST`. For a number it measures as many bursts, and posts the CPU of each request in µs. */
import { createServer } from "node:http";
import { openListener } from "../overhead/listeners.ts";
import { MemorySocket } from "./memory-socket.ts";

const [framework = "express", kind = "success", variant = "bare", warm = "0", burst = "0"] = process.argv.slice(2);
const transport = { send: () => Promise.resolve({ kind: "accepted" as const }), close: () => undefined };
const { listener, settle } = await openListener(framework, variant, { transport });
const socket = new MemorySocket(createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, listener));
let serial = 0;

function toPaths(count: number): readonly string[] {
  return Array.from({ length: count }, () => (kind === "failure" ? `/fail/${serial++}` : "/hello/7"));
}

/** Of this thread only. Linux brings a thread's figure up to date when it is asked for the whole process'. */
function readCpuUs(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

async function measure(bursts: number): Promise<readonly number[]> {
  const each: number[] = [];
  for (let left = bursts; left > 0; left--) {
    const paths = toPaths(Number(burst));
    const before = readCpuUs();
    await socket.send(paths);
    each.push((readCpuUs() - before) / paths.length);
  }
  await settle();
  return each;
}

for (let left = Number(warm); left > 0; left -= 500) {
  await socket.send(toPaths(500));
  await settle();
}
process.on("message", (bursts) => void measure(Number(bursts)).then((each) => process.send?.(each)));
process.on("disconnect", () => process.exit());
process.send?.("ready");
