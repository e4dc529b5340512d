import { ALNUM, classAt, classOf, DIGIT, HEX_LETTER, UNDERSCORE } from "../character.ts";
import { toIpv4, toIpv6 } from "../replacement.ts";
import { type Finding, lookAt, type Scan, type Word } from "../finding.ts";

/** Words before four numbers that make them a version or a heading: `version="1.2.3.4"`, `Section 1.2.3.4`. */
const VERSION_BEFORE = /(?:version|release|build|revision|section|chapter|clause|\bver|\brev|\bv|\boid|[~^]|[=<>!]=)["'\s:=(]{0,4}$/i;
/** What follows a version but never an address: a file extension, a pre-release, a build. */
const VERSION_BEHIND = /\.\d|[-+][A-Za-z]|\+\d|\.[a-z]\w{1,4}\b(?!\.)/iy;
/** `example.com/203.0.113.9`, as Java writes a resolved host; `Chrome/124.0.6.1` is a product and its version. */
const RESOLVED_HOST = /(?:[\w-]+\.){2,8}[A-Za-z]{2,24}\/$/;

/** Loopback, unspecified, networks without a host, masks, multicast, and the range of the pseudonyms themselves (RFC 6890). */
const NEVER_REPLACED = /^(?:0|127|198\.1[89]|22[4-9]|2[345]\d)\.|\.0\.0$/;

/** Private, shared and link-local ranges (RFC 1918, RFC 6598, RFC 3927). */
const PRIVATE = /^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168|169\.254|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** Four numbers of eight bits without leading zeros. */
const IPV4 = /(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|(?!\w))){4}(?<!\.)/y;

/** True when the text before four numbers makes them a version, or part of something longer. */
function isVersionBefore(scan: Scan, start: number, end: number): boolean {
  const { text, codes } = scan;
  const before = codes[start - 1];
  if (before === 0x2e) return true;
  const earlier = classAt(codes, start - 2);
  // `1.2.3.4-1.2.3.9` is a range of addresses; `lib-1.2.3.4` is a package.
  if (before === 0x2d && (earlier & (ALNUM | UNDERSCORE)) !== 0)
    return scan.taken !== start - 1 && !/^\d{1,3}(?:\.\d{1,3}){3}-$/.test(text.slice(scan.chain, start));
  if (before === 0x2f && (earlier & (ALNUM | UNDERSCORE)) !== 0)
    return !/^:\d{2,5}/.test(text.slice(end, end + 6)) && !RESOLVED_HOST.test(text.slice(Math.max(0, start - 64), start));
  return VERSION_BEFORE.test(text.slice(Math.max(0, start - 16), start));
}

function readIpv4(scan: Scan, start: number): Finding | undefined {
  const { text } = scan;
  const raw = lookAt(text, start, IPV4)?.[0];
  if (raw === undefined || NEVER_REPLACED.test(raw) || (scan.pass.policy.ipAddresses === "public" && PRIVATE.test(raw))) return undefined;
  const end = start + raw.length;
  if (lookAt(text, end, VERSION_BEHIND) || isVersionBefore(scan, start, end)) return undefined;
  return { start, end, kind: "ip", replacement: toIpv4(raw, scan.pass.pseudonym) };
}

/** A replacement written by `toIpv6`. */
const PSEUDONYM = /^2001:db8::[\da-f]{4}:[\da-f]{4}$/;

/** Eight groups, or fewer around one `::` (RFC 4291). Eight bytes with colons are a hardware address. */
function isIpv6(raw: string): boolean {
  const halves = raw.split("::");
  const groups = raw.split(":").filter((group) => group !== "");
  if (halves.length > 2 || groups.some((group) => group.length > 4) || PSEUDONYM.test(raw)) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8 && groups.some((group) => group.length > 2);
}

/** An address whose first group is in use: global unicast and, for `all`, also unique local and link-local. */
function readIpv6(scan: Scan, start: number): Finding | undefined {
  const { text, codes } = scan;
  const before = codes[start - 1];
  if (before === 0x3a || before === 0x2e) return undefined;
  const run = /^[\dA-Fa-f]{4}:[\dA-Fa-f:]{1,36}/.exec(text.slice(start, start + 42))?.[0] ?? "";
  const raw = run.replace(/([^:]):$/, "$1");
  const isGiven = (scan.pass.policy.ipAddresses === "public" ? /^[23]/ : /^(?:[23]|f[cd]|fe[89ab])/i).test(raw);
  const end = start + raw.length;
  const behind = codes[end];
  // An IPv4 address at the end is read by itself.
  const isWhole = (classOf(behind) & (ALNUM | UNDERSCORE)) === 0 && !/^\.\d/.test(text.slice(end, end + 2));
  if (!isGiven || !isWhole || !isIpv6(raw)) return undefined;
  return { start, end, kind: "ip", replacement: toIpv6(raw.toLowerCase(), scan.pass.pseudonym) };
}

/** An IP address that begins with the word from `start` to `wordEnd`. Looks only a fixed length ahead and back. */
export function readIpAddress(scan: Scan, { start, end: wordEnd }: Word): Finding | undefined {
  const first = classOf(scan.codes[start]);
  const behind = scan.codes[wordEnd];
  if (behind === 0x2e && (first & DIGIT) !== 0) return readIpv4(scan, start);
  return behind === 0x3a && (first & (DIGIT | HEX_LETTER)) !== 0 ? readIpv6(scan, start) : undefined;
}

/** True for four numbers under a name that says they are a version: `{"version": "4.2.1.7"}` has no words around it to tell. */
export function isNamedVersion(name: string | undefined, value: string): boolean {
  return (
    name !== undefined && value.length < 24 && /^\d+(?:\.\d+){3}$/.test(value) && /^v$|version|release|build|revision|oid$/i.test(name)
  );
}
