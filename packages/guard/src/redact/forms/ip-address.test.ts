import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const open = createRedactor({ ipAddresses: "public", pseudonymKey: "test" });
const all = createRedactor({ ipAddresses: "all", pseudonymKey: "test" });
const IPV4 = String.raw`198\.1[89]\.\d{1,3}\.\d{1,3}`;
const IPV6 = String.raw`2001:db8::[0-9a-f]{4}:[0-9a-f]{4}`;

/** Text before, an address, text behind. */
const PUBLIC: readonly (readonly [string, string, string])[] = [
  ["", "203.0.113.9", ""],
  ["", "8.8.8.8", ' - - [21/Nov/2026:07:41:12 +0000] "GET / HTTP/1.1" 502'],
  ["connect ECONNREFUSED ", "93.184.216.34", ":443"],
  ["https://", "93.184.216.34", ":8443/orders?id=7"],
  ["refused by api.shop.example.com/", "93.184.216.34", ":443"],
  ["refused by api.shop.example.com/", "93.184.216.34", " at once"],
  ["ssh root@", "93.184.216.34", ""],
  ['{"ip":"', "93.184.216.34", '"}'],
  ["X-Forwarded-For: 10.0.0.1, ", "93.184.216.34", ", 10.0.0.2"],
  ["peer (", "93.184.216.34", ") is gone."],
  ["peer is ", "93.184.216.34", "."],
  ["", "93.184.216.34", "-93"],
  ["::ffff:", "93.184.216.34", " mapped"],
];
const PUBLIC_SIX: readonly (readonly [string, string, string])[] = [
  ["", "2606:2800:220:1:248:1893:25c8:1946", ""],
  ["connect to [", "2606:2800:220:1:248:1893:25c8:1946", "]:443"],
  ["resolver ", "2001:4860:4860::8888", ": no answer"],
  ["", "2A00:1450::", "/32"],
  ['for="[', "2001:4860:4860::8844", ']:4711"'],
];

/** What must come out as it went in, whatever the policy. */
const BENIGN: readonly string[] = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2.19",
  '"Not-A.Brand";v="99.0.0.0", "Chromium";v="124.0.63.60"',
  "nginx/1.25.3.1 started",
  "version 4.2.1.7 is older than version=4.2.1.9",
  '{"version":"4.2.1.7","appBuild":"4.2.1.8"}',
  "Version: 4.0.30.1",
  "System.Web, Version=4.2.0.1, Culture=neutral",
  "v4.2.1.7 release",
  "lib-4.2.1.7.jar and lib_4.2.1.7.so",
  "4.2.1.7-beta 4.2.1.7+build7",
  "requires >=4.2.1.7 or ^4.2.1.7 or ~4.2.1.7",
  "oid 1.3.6.1.4.1.311.21.20 and 2.5.29.17.1",
  "see Section 3.2.1.4",
  "256.1.1.1 and 1.1.1.999 and 01.02.03.04",
  "took 12:34:56.789 at 2026-11-21T07:41:12.123Z, 21/Nov/2026:07:41:12",
  "mac 00:1b:44:11:3a:b7, wwn 20:00:00:25:b5:00:00:0f",
  "SHA1 Fingerprint=2A:00:5F:0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A",
  "sha256:2606280022000001248189325c81946abcdef012345678901234567890abcdef",
  "std::fe80::run at Foo::Bar, crate abcd::ef01",
  "listening on 0.0.0.0:80, 127.0.0.1:8080, [::1]:8080 and [::]:80, mask 255.255.255.0",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
];

describe("IP addresses", () => {
  it.each(PUBLIC)("of the open internet become others of their shape: %s%s%s", (before, address, behind) => {
    const redacted = open.redactText(before + address + behind);
    expect([redacted.slice(0, before.length), redacted.slice(redacted.length - behind.length)]).toEqual([before, behind]);
    expect(redacted.slice(before.length, redacted.length - behind.length)).toMatch(new RegExp(`^${IPV4}$`));
    expect(open.redactText(redacted)).toBe(redacted);
  });

  it.each(PUBLIC_SIX)("of version 6 become others of their shape: %s%s%s", (before, address, behind) => {
    const redacted = open.redactText(before + address + behind);
    expect([redacted.slice(0, before.length), redacted.slice(redacted.length - behind.length)]).toEqual([before, behind]);
    expect(redacted.slice(before.length, redacted.length - behind.length)).toMatch(new RegExp(`^${IPV6}$`));
    expect(open.redactText(redacted)).toBe(redacted);
  });

  it.each(["10.1.2.3", "172.31.0.9", "192.168.1.20", "169.254.169.254", "100.64.3.4", "fd12:3456::7", "fe80::1ff:fe23:4567:890a"])(
    "of a private network stay under public, and go under all: %s",
    (address) => {
      expect(open.redactText(`peer ${address} gone`)).toBe(`peer ${address} gone`);
      expect(all.redactText(`peer ${address} gone`)).toMatch(new RegExp(`^peer (?:${IPV4}|${IPV6}) gone$`));
    },
  );

  it.each(BENIGN)("are not seen where there are none: %s", (line) => {
    expect(all.redactText(line)).toBe(line);
    expect(open.redactText(line)).toBe(line);
  });

  it("are told from versions by the name of a member or an attribute", () => {
    const record = { version: "4.2.1.7", peer: "93.184.216.34" };
    const expected = { version: "4.2.1.7", peer: expect.stringMatching(new RegExp(`^${IPV4}$`)) };
    expect(all.redactValue(record)).toEqual(expected);
    expect(JSON.parse(all.redactBody(JSON.stringify(record), "application/json").text)).toEqual(expected);
    expect({ ...all.redactAttributes({ "service.version": "4.2.1.7", "client.address": "93.184.216.34" }) }).toEqual({
      "service.version": "4.2.1.7",
      "client.address": expected.peer,
    });
  });

  it("are found in headers, URLs and both ends of a range, stay by default, and are counted", () => {
    const redactor = createRedactor({ ipAddresses: "public" });
    expect(redactor.redactHeaders({ "x-forwarded-for": "93.184.216.34" })["x-forwarded-for"]).toMatch(new RegExp(`^${IPV4}$`));
    expect(redactor.redactUrl("/whois?ip=2606%3A2800%3A220%3A1%3A%3A1946")).not.toContain("2606");
    expect(redactor.redactText("93.184.216.34-93.184.216.39")).toMatch(new RegExp(`^${IPV4}-${IPV4}$`));
    expect(redactor.counts()["ip"]).toBe(4);
    expect(createRedactor().redactText("93.184.216.34")).toBe("93.184.216.34");
  });
});
