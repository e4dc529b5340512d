/**
 * What the redactor finds, what it leaves alone, and what it costs: beside a set of regular expressions as applications write them, on
 * the same texts in the same run. Hostile texts are read at two sizes: four times the length may cost four times as much, not more.
 * Then a seeded search hunts for the slowest text it can make.
 * Pin it for steady figures: taskset -c 1 npm run bench -- redaction
 */
import { createRedactor } from "@faultline/guard/redact";
import { recordResult, toSpread } from "../record.ts";
import { createBenign, createPositives } from "./corpus.ts";
import { createRandom } from "../../tests/rig/seeded-random.ts";
import { createHeldOut } from "./held-out.ts";
import { createHeldOutPlain } from "./held-out-plain.ts";
import { createHostile } from "./hostile.ts";
import { hunt } from "./hunt.ts";
import { createDetectSecrets, createGitleaks } from "./published.ts";

const SEED = Number(process.argv[3] ?? 7);
const ROUNDS = 15;
const SIZE = 65_536;

/** What a typical scrubber has. */
const NAIVE: readonly RegExp[] = [
  /(?:password|passwd|pwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?[^\s"',;&]+/gi,
  /\bBearer\s+[\w.~+/-]+=*/gi,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_\w{36}\b/g,
  /\bxox[abpors]-[\w-]{10,}/g,
  /\b[rs]k_(?:live|test)_\w{16,}/g,
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g,
  /\b(?:\d[ -]?){13,16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /:\/\/[^\s:/@]+:[^\s:/@]+@/g,
];

const redactor = createRedactor({ pseudonymKey: "bench" });
const redact = (text: string) => redactor.redactText(text);
const scrub = (text: string) => NAIVE.reduce((rest, pattern) => rest.replace(pattern, "[redacted]"), text);

/** CPU milliseconds of one run: of the whole process, and of the thread that waits for it. */
type Cost = { readonly ms: number; readonly ownMs: number };

/** The clock on the wall counts the neighbours as well; what the process spends beside the thread is V8's compilers and collectors. */
function measure(work: () => unknown): Cost {
  const before = process.cpuUsage();
  const ownBefore = process.threadCpuUsage();
  work();
  const own = process.threadCpuUsage(ownBefore);
  const all = process.cpuUsage(before);
  return { ms: (all.user + all.system) / 1_000, ownMs: (own.user + own.system) / 1_000 };
}

function score(read: (text: string) => string) {
  const positives = createPositives(createRandom(SEED));
  const benign = createBenign(createRandom(SEED), 10_000);
  return {
    found: positives.filter(({ text, secret }) => !read(text).includes(secret)).length / positives.length,
    altered: benign.filter(({ text }) => read(text) !== text).length / benign.length,
    positives: positives.length,
    benign: benign.length,
  };
}

/** The rows put down before they were tried; `found` counts secrets, `altered` harmless texts. */
function scoreHeldOut(read: (text: string) => string) {
  const secrets = createHeldOut(createRandom(SEED)).map(({ group, text, secrets: each }) => ({
    group,
    missed: each.filter((secret) => read(text).includes(secret)).length,
    of: each.length,
  }));
  const plain = createHeldOutPlain(createRandom(SEED), 5);
  const missed = secrets.reduce((sum, row) => sum + row.missed, 0);
  const all = secrets.reduce((sum, row) => sum + row.of, 0);
  return {
    found: 1 - missed / all,
    altered: plain.filter((text) => read(text) !== text).length / plain.length,
    positives: all,
    benign: plain.length,
  };
}

/** Of the formats that two public detectors publish. */
function countPublished(create: typeof createGitleaks) {
  const positives = create(createRandom(SEED));
  return { found: positives.filter(({ text, secret }) => !redact(text).includes(secret)).length, of: positives.length };
}

function time(name: string, text: string) {
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(measure(() => redact(text)).ms);
    peer.push(measure(() => scrub(text)).ms);
  }
  return { name, ms: toSpread(ours), naiveMs: toSpread(peer) };
}

/** The least of several runs: what the code costs, without what else the machine did. */
function least(text: string): Cost {
  const costs = Array.from({ length: 3 }, () => measure(() => redact(text)));
  return { ms: Math.min(...costs.map(({ ms }) => ms)), ownMs: Math.min(...costs.map(({ ownMs }) => ownMs)) };
}

function probeHostile() {
  const small = createHostile(SIZE / 4);
  const rows = createHostile(SIZE).map(({ name, text }, index) => {
    const cost = least(text);
    return { name, ...cost, growth: cost.ms / Math.max(0.3, least(small[index]?.text ?? "").ms) };
  });
  const slowest = [...rows].sort((one, other) => other.ms - one.ms);
  const longest = [...rows].sort((one, other) => other.ownMs - one.ownMs);
  const steepest = [...rows].sort((one, other) => other.growth - one.growth);
  return { texts: rows.length, slowest: slowest.slice(0, 5), longest: longest.slice(0, 5), steepest: steepest.slice(0, 5) };
}

const joined = (separator: string) =>
  createBenign(createRandom(SEED), 2_000)
    .map(({ text }) => text)
    .join(separator)
    .slice(0, SIZE);
const body = JSON.stringify(
  createBenign(createRandom(SEED), 1_000).map(({ sort, text }, id) => ({ id, sort, text, total: id * 1.5 })),
).slice(0, SIZE);
const recall = { ours: score(redact), naive: score(scrub) };
const heldOut = { ours: scoreHeldOut(redact), naive: scoreHeldOut(scrub) };
const published = { gitleaks: countPublished(createGitleaks), detectSecrets: countPublished(createDetectSecrets) };
const costs = [
  time("64 KiB of logs and stacks", joined("\n")),
  time("64 KiB of JSON, broken off", body),
  time("a message of 80 characters", "Error: connect ECONNREFUSED 10.0.3.7:5432 while reading order 4711 of customer 12"),
];
const hostile = probeHostile();
const hunted = hunt((text) => least(text).ms, { rounds: 300, seed: SEED, length: SIZE }).map(({ name, cost }) => ({ name, ms: cost }));

console.table({ ours: recall.ours, naive: recall.naive, "ours, held out": heldOut.ours, "naive, held out": heldOut.naive });
console.log(`gitleaks' published formats: ${published.gitleaks.found} of ${published.gitleaks.of} found`);
console.log(`detect-secrets' published formats: ${published.detectSecrets.found} of ${published.detectSecrets.of} found`);
console.table(costs.map(({ name, ms, naiveMs }) => ({ name, "ms (median)": ms.median, "naive ms": naiveMs.median })));
console.table(hostile.slowest);
console.table(hostile.longest);
console.table(hostile.steepest);
console.table(hunted);
recordResult("redaction", { seed: SEED, recall, heldOut, published, costs, hostile, hunted });
