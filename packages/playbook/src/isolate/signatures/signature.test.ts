import { describe, expect, it } from "vitest";
import { matchSignatures, type Signature, SIGNATURES } from "./index.ts";

const best = (response: Parameters<typeof matchSignatures>[0]) => matchSignatures(response, SIGNATURES)[0]?.signature;

describe("telling from a response who wrote it", () => {
  it("knows nginx's page with CRLF and with the padding for old browsers", () => {
    const body =
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n<!-- a padding -->\r\n";
    expect(best({ status: 502, body })).toMatchObject({ id: "nginx-502", made: "here" });
  });

  it("tells the load balancer's page, which lacks the last line, from nginx's", () => {
    const body =
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
    expect(best({ status: 502, body, headers: { server: "awselb/2.0" } })?.vendor).toBe("AWS ALB");
  });

  it("reads Cloudflare's branded page as the origin's failure and the plain one as Cloudflare's", () => {
    expect(best({ status: 502, body: '<div id="cf-error-details">' })?.made).toBe("behind");
    expect(best({ status: 502, body: "<html><center>cloudflare</center></html>" })?.made).toBe("here");
  });

  it("gives no weight to a header that only says passed through", () => {
    const [match] = matchSignatures(
      { status: 502, headers: { "x-cache": "Error from cloudfront", via: "1.1 x.cloudfront.net" } },
      SIGNATURES,
    );
    expect(match).toMatchObject({ weight: 0, signature: { made: "passed" } });
  });

  it("trusts Envoy's note that a service answered over the Server header", () => {
    const passed = matchSignatures(
      { status: 503, body: "oops", headers: { server: "envoy", "content-type": "text/plain", "x-envoy-upstream-service-time": "12" } },
      SIGNATURES,
    );
    expect(passed.map(({ signature }) => signature.made)).toEqual(["behind"]);
  });

  it("names the reason inside Envoy's one sentence", () => {
    const body = "upstream connect error or disconnect/reset before headers. reset reason: overflow";
    expect(best({ status: 503, body })?.cause).toBe("circuit-open");
  });

  it("lets users put their own signature first", () => {
    const own: Signature = {
      id: "own",
      vendor: "our edge",
      hop: "gateway",
      made: "here",
      pattern: { status: [503], bodyIs: ["no healthy upstream"] },
      meaning: "ours",
      certainty: "source",
      source: "own configuration",
    };
    expect(matchSignatures({ status: 503, body: "no healthy upstream" }, [own, ...SIGNATURES])[0]?.signature.id).toBe("own");
  });

  it("says nothing about a body it does not know, and survives hostile ones", () => {
    expect(matchSignatures({ status: 500, body: '{"__proto__":{"message":"x"}}' }, SIGNATURES)).toEqual([]);
    expect(matchSignatures({ status: 500, body: "{".repeat(100_000) }, SIGNATURES)).toEqual([]);
    expect(matchSignatures({}, SIGNATURES)).toEqual([]);
  });

  it("has one id for each signature, and a source", () => {
    expect(new Set(SIGNATURES.map(({ id }) => id)).size).toBe(SIGNATURES.length);
    expect(SIGNATURES.filter(({ source, meaning }) => [source, meaning].includes(""))).toEqual([]);
  });
});
