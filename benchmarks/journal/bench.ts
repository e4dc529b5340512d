/**
 * What the in-flight journal costs a request: node:http's request and response begun and finished by a guard without it, with it, and without it
 * again as control, in turn; and the one system call that it makes, alone. `npm run bench -- journal` [rounds]
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGuard, type Guard } from "@faultline/guard";
import { guardHandler } from "@faultline/guard/http";
import { keepJournal } from "@faultline/guard/journal";
import { recordResult, toSpread } from "../record.ts";

const ROUNDS = Number(process.argv[3]) || 15;
const REQUESTS = 10_000;
const folder = mkdtempSync(join(tmpdir(), "faultline-journal-bench-"));
const socket = new Socket();

function createCase(journal: boolean): { readonly guard: Guard; run(): void } {
  const directory = join(folder, String(journal));
  const guard = createGuard({
    service: "bench",
    endpoint: false,
    announce: false,
    ...(journal ? { journal: keepJournal({ directory }) } : {}),
  });
  const handler = guardHandler(guard, () => undefined);
  return {
    guard,
    run() {
      for (let serial = 0; serial < REQUESTS; serial++) {
        const request = new IncomingMessage(socket);
        request.method = "GET";
        request.url = `/orders/${serial % 500}?page=2`;
        const response = new ServerResponse(request);
        handler(request, response);
        response.emit("close");
      }
    },
  };
}

function createWrites(): { run(): void; close(): void } {
  const file = openSync(join(folder, "alone"), "w");
  const slot = Buffer.alloc(230, "x");
  return {
    run() {
      for (let serial = 0; serial < REQUESTS; serial++) writeSync(file, slot, 0, slot.byteLength, (serial & 7) * 512);
    },
    close: () => closeSync(file),
  };
}

const without = createCase(false);
const withJournal = createCase(true);
const writes = createWrites();
const cases: Readonly<Record<string, () => void>> = {
  without: () => without.run(),
  "without, again": () => without.run(),
  "with the journal": () => withJournal.run(),
  "the write alone": () => writes.run(),
};
const samples = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
for (let round = -2; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    // The first two rounds warm up.
    if (round >= 0) samples.get(name)?.push((user + system) / REQUESTS);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
await Promise.all([without.guard.close(), withJournal.guard.close()]);
writes.close();
rmSync(folder, { recursive: true, force: true });
const microseconds = Object.fromEntries([...samples].map(([name, values]) => [name, toSpread(values)]));
console.table(microseconds);
recordResult("journal", { rounds: ROUNDS, requests: REQUESTS, microsecondsOfCpuPerRequest: microseconds });
