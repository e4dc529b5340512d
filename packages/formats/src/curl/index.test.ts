import { assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { type CurlRequest, parseCurl } from "./index.ts";

function parse(command: string): CurlRequest {
  const result = parseCurl(command);
  if (!result.ok) throw new Error(`${result.error.message} at ${result.error.at}`);
  return result.value;
}

describe("a pasted curl command", () => {
  it("reads what browsers copy for bash", () => {
    const command = `curl 'https://api.example.com/cart?id=1' \\
  -H 'accept: application/json' \\
  -H $'x-note: it\\'s \\u00e9' \\
  --data-raw '{"a":"b c"}' \\
  --compressed`;
    expect(parse(command)).toMatchObject({
      method: "POST",
      url: "https://api.example.com/cart?id=1",
      headers: [
        ["accept", "application/json"],
        ["x-note", "it's é"],
        ["Content-Type", "application/x-www-form-urlencoded"],
        ["Accept-Encoding", "deflate, gzip, br, zstd"],
      ],
      body: [{ kind: "text", text: '{"a":"b c"}' }],
      ignored: [],
    });
  });

  it("reads what browsers copy for cmd", () => {
    const command =
      'curl ^"https://api.example.com/cart?a=1^&b=2^" ^\r\n  -X ^"PUT^" ^\r\n  -H ^"content-type: application/json^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"';
    expect(parse(command)).toMatchObject({
      method: "PUT",
      url: "https://api.example.com/cart?a=1&b=2",
      headers: [["content-type", "application/json"]],
      body: [{ kind: "text", text: '{"a":1}' }],
    });
  });

  it("reads PowerShell's quoting", () => {
    const command = 'curl.exe -Method `\n "https://a.example/x"';
    expect(parseCurl(command)).toMatchObject({ ok: false, error: { message: expect.stringContaining("-M"), at: 9 } });
    expect(parse('curl.exe `\n -d \'{"it\'\'s":1}\' -H "a: `"q`"" https://a.example/x')).toMatchObject({
      headers: [
        ["a", '"q"'],
        ["Content-Type", "application/x-www-form-urlencoded"],
      ],
      body: [{ text: '{"it\'s":1}' }],
    });
  });

  it("joins data with &, moves it into the query with -G, and names files without opening them", () => {
    expect(parse("curl a.example -d x=1 -d @body.txt").body).toEqual([
      { kind: "text", text: "x=1" },
      { kind: "text", text: "&" },
      { kind: "file", path: "body.txt", isBinary: false },
    ]);
    expect(parse("curl -G a.example/s -d q=1 --data-urlencode 'n=a b'")).toMatchObject({
      method: "GET",
      url: "http://a.example/s?q=1&n=a%20b",
      body: [],
    });
  });

  it("reads short options together, credentials, times and redirects", () => {
    expect(parse("curl -skLXDELETE -u me:pw -m 2.5 https://a.example/1")).toMatchObject({
      method: "DELETE",
      isInsecure: true,
      followsRedirects: true,
      timeoutMs: 2500,
      headers: [["Authorization", "Basic bWU6cHc="]],
    });
  });

  it("goes where --resolve and --connect-to say, over a socket, and with the files that TLS names", () => {
    const command = `curl https://a.example --resolve a.example:443:[::1],10.0.0.2 --connect-to ::b.example:8443 --unix-socket /run/app.sock
      --cacert ca.pem -E 'me.pem:secret' --key me.key -r 0-99`;
    expect(parse(command.replaceAll("\n", " "))).toMatchObject({
      connectTo: [
        { host: "a.example", port: 443, toHost: "::1" },
        { toHost: "b.example", toPort: 8443 },
      ],
      unixSocket: "/run/app.sock",
      caFile: "ca.pem",
      certFile: "me.pem",
      keyFile: "me.key",
      headers: [["Range", "bytes=0-99"]],
    });
  });

  it("keeps the fields of a form in their order, and text that is meant as it is", () => {
    expect(parse("curl https://a.example -F a=1 -F 'f=@x.png;type=image/png' --form-string b=@c")).toMatchObject({
      method: "POST",
      form: [
        { field: "a=1", isPlain: false },
        { field: "f=@x.png;type=image/png", isPlain: false },
        { field: "b=@c", isPlain: true },
      ],
    });
  });

  it("sends --json as JSON and -I as HEAD", () => {
    expect(parse(`curl --json '{"a":1}' https://a.example`)).toMatchObject({
      method: "POST",
      headers: [
        ["Content-Type", "application/json"],
        ["Accept", "application/json"],
      ],
    });
    expect(parse("curl -I https://a.example").method).toBe("HEAD");
  });

  it.each([
    ["wget http://a", "begin with curl", 0],
    ["curl 'http://a", "single quote is never closed", 5],
    ["curl --frobnicate http://a", "--frobnicate is not known", 5],
    ["curl http://a -H", "-H needs a value", 14],
    ["curl http://a -H 'no header'", "is no header", 14],
    ["curl http://a http://b", "a second URL", 14],
    ["curl -s", "names no URL", 7],
    ["curl ftp://a/x", "no http or https URL", 0],
    ["curl http://a -H 'a: b\nc: d'", "line end", 14],
    ["curl http://a --toString", "not known", 14],
    ["curl http://a -x http://proxy:3128", "through a proxy", 14],
    ["curl http://a --aws-sigv4 aws:amz", "the signature is not computed", 14],
    ["curl http://a --next http://b", "one request at a time", 14],
    ["curl http://a --resolve a:443", "not HOST:PORT:ADDRESS", 14],
    ["curl http://a -F nothing", "no field", 14],
  ])("refuses %j and says what and where", (command, message, at) => {
    expect(parseCurl(command)).toEqual({ ok: false, error: { message: expect.stringContaining(message), at } });
  });

  it("never throws and takes bounded time, whatever is pasted", () => {
    assert(
      property(
        string({ maxLength: 300, unit: "binary" }),
        constantFrom("bash", "cmd", "powershell"),
        (text, shell) => typeof parseCurl(`curl ${text}`, shell).ok === "boolean",
      ),
    );
  });
});
