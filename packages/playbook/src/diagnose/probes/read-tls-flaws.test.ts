import { describe, expect, it } from "vitest";
import type { CertificateAccount, TlsHandshake } from "../../isolate/responses/tls-handshake.ts";
import { readTlsFlaws } from "./read-tls-flaws.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 21);

const certificate = (rest: Partial<CertificateAccount> = {}): CertificateAccount => ({
  subject: "CN=api.example",
  issuer: "CN=R3",
  names: ["api.example"],
  validFromMs: NOW_MS - 9 * DAY_MS,
  validToMs: NOW_MS + 9 * DAY_MS,
  namesItsIssuersAddress: false,
  ...rest,
});

type Shaken = Extract<TlsHandshake, { kind: "shaken" }>;

const shaken = (rest: Partial<Shaken> = {}): Shaken => ({
  tried: "as asked",
  serverName: "api.example",
  kind: "shaken",
  protocol: "TLSv1.3",
  chain: [certificate()],
  isForAnotherHost: false,
  ...rest,
});

const failed = (code: string, message = ""): TlsHandshake => ({
  tried: "as asked",
  serverName: "api.example",
  kind: "failed",
  code,
  message,
});

const read = (...handshakes: TlsHandshake[]) =>
  readTlsFlaws(handshakes, { nowMs: NOW_MS }).map(({ flaw, evidence }) => `${flaw}: ${evidence.measured}`);

describe("what is wrong with the TLS of a server", () => {
  it("is nothing if the certificate is valid, or if there was no handshake", () => {
    expect(read(shaken())).toEqual([]);
    expect(read()).toEqual([]);
  });

  it("is each date that has passed or not come yet, for any certificate of the chain", () => {
    const between = certificate({ subject: "CN=R3", validToMs: NOW_MS - 2.5 * DAY_MS });
    expect(read(shaken({ chain: [certificate(), between], refused: "CERT_HAS_EXPIRED" }))).toEqual([
      "expired: CN=R3: ended 2026-11-18, 2 days ago",
    ]);
    const early = certificate({ validFromMs: NOW_MS + DAY_MS });
    expect(read(shaken({ chain: [early], refused: "CERT_NOT_YET_VALID" }))).toEqual(["not-yet-valid: CN=api.example: begins 2026-11-22"]);
  });

  it("is every flaw at once, because somebody who fixes only one of two meets the other next", () => {
    const old = certificate({ validToMs: NOW_MS - DAY_MS, names: ["a.example", "b.example", "c.example", "d.example", "e.example"] });
    expect(read(shaken({ chain: [old], refused: "CERT_HAS_EXPIRED", isForAnotherHost: true }))).toEqual([
      "expired: CN=api.example: ended 2026-11-20, 1 day ago",
      "other-name: for a.example, b.example, c.example, d.example and 1 more",
    ]);
  });

  it("is an incomplete chain only if the issuer's certificate is public, else one of two things", () => {
    const leaf = (namesItsIssuersAddress: boolean) =>
      read(shaken({ chain: [certificate({ namesItsIssuersAddress })], refused: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }));
    expect(leaf(true)).toEqual(["incomplete-chain: 1 certificate sent; CN=R3 is not among them"]);
    expect(leaf(false)).toEqual(["unknown-authority: 1 certificate sent; CN=R3 is not among them"]);
  });

  it("is, for an unknown reason, in the platform's own words", () => {
    expect(read(shaken({ refused: "CERT_REVOKED" }))).toEqual(["refused: CERT_REVOKED"]);
  });

  it("is read from the other handshakes if the first one failed", () => {
    const alert = failed("EPROTO", "tlsv1 alert protocol version");
    expect(read(alert, shaken({ tried: "old versions", protocol: "TLSv1.1" }))).toEqual(["old-versions-only: EPROTO; TLSv1.1 comes about"]);
    expect(read(failed("ECONNRESET"), shaken({ tried: "name of the Host header" }))).toEqual([
      "needs-server-name: ECONNRESET without a name; TLSv1.3 with api.example",
    ]);
    const other = shaken({ tried: "no server name", chain: [certificate({ names: ["default.example"] })] });
    expect(read(failed("ECONNRESET"), other)).toEqual([
      "no-certificate-for-name: ECONNRESET; to a client that names no host it is default.example",
    ]);
  });

  it("is not certain if the connection is just cut off", () => {
    const [flaw] = readTlsFlaws([failed("ECONNRESET")], { nowMs: NOW_MS });
    expect(flaw).toMatchObject({ flaw: "cut-off", evidence: { weight: 2 } });
  });

  it("is what the server said after a successful handshake if it wants a client certificate", () => {
    const failure = { phase: "response", code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", message: "" } as const;
    expect(readTlsFlaws([shaken()], { nowMs: NOW_MS, failure })[0]?.flaw).toBe("client-certificate");
    expect(readTlsFlaws([shaken()], { nowMs: NOW_MS, failure: { ...failure, code: "ECONNRESET" } })).toEqual([]);
  });
});
