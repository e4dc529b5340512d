/** An access log to measure with: nginx combined with request time, the same bytes on every machine. */
import { closeSync, openSync, writeSync } from "node:fs";

const ROUTES = [
  "GET /api/v1/users/#",
  "GET /api/v1/orders/#/items",
  "GET /api/v1/orders",
  "GET /api/v1/products/#",
  "GET /cart/@",
  "GET /health",
  "GET /api/v1/search?q=shoes&page=2",
  "GET /static/app.js",
  "POST /checkout",
  "GET /api/v1/payments/@/refund",
] as const;
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
  "curl/8.4.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
  "python-requests/2.31.0",
] as const;
const START_MS = Date.UTC(2026, 10, 20);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BLOCK_LINES = 4000;

/** Xorshift: quick, and the same everywhere. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function formatTime(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ""}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

function toUuid(random: (limit: number) => number): string {
  const hex = (length: number) =>
    random(2 ** 31)
      .toString(16)
      .padStart(8, "0")
      .slice(-length);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`;
}

function writeLine(index: number, random: (limit: number) => number): string {
  const route = ROUTES[random(ROUTES.length)] ?? ROUTES[0];
  const request = route.replace("#", () => String(random(1_000_000))).replace("@", () => toUuid(random));
  const chance = random(1000);
  const status = chance < 20 ? (route === "POST /checkout" ? 504 : 500) : chance < 70 ? 404 : 200;
  const seconds = status === 504 ? 60 + random(10) / 1000 : random(300) / 1000;
  const client = `${1 + random(223)}.${random(256)}.${random(256)}.${random(256)}`;
  const time = formatTime(START_MS + index * 30);
  return `${client} - - [${time}] "${request} HTTP/1.1" ${status} ${random(20_000)} "https://shop.example.com/page/${random(100)}" "${AGENTS[random(AGENTS.length)] ?? ""}" ${seconds.toFixed(3)}\n`;
}

/** Writes at least `sizeBytes` of whole lines and returns how many lines they are. */
export function writeAccessLog(file: string, sizeBytes: number): number {
  const random = createRandom(42);
  const fd = openSync(file, "w");
  let lines = 0;
  for (let written = 0; written < sizeBytes;) {
    let block = "";
    for (let line = 0; line < BLOCK_LINES; line += 1) block += writeLine(lines + line, random);
    lines += BLOCK_LINES;
    written += writeSync(fd, block, null, "latin1");
  }
  closeSync(fd);
  return lines;
}
