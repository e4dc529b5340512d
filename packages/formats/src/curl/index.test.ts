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
      url: "http://a.example/s?q=1&n=a+b",
      body: [],
    });
  });

  it("names every file and socket of this machine that the command would use, and its position", () => {
    const common = "curl https://a.example --cacert d -E me.pem:pw --key f --unix-socket g";
    const body = `${common} -d @a -d x --data-binary @b --json @c --data-raw @j`;
    const form = `${common} -F 'x=@h;type=a/b' -F 'y=<"i"' -F 'w="@l"' --form-string z=@k`;
    const list = (command: string) => parse(command).files.map(({ option, path }) => `${option} ${path}`);
    const named = ["--cacert d", "-E me.pem", "--key f", "--unix-socket g"];
    expect(list(body)).toEqual([...named, "-d a", "--data-binary b", "--json c"]);
    expect(list(form)).toEqual([...named, "-F h", "-F i"]);
    for (const command of [body, form])
      for (const { option, at } of parse(command).files) expect(command.slice(at, at + option.length)).toBe(option);
  });

  it("encodes what --url-query adds, except for what it takes verbatim", () => {
    expect(parse("curl https://a.example/s?a=1 --url-query 'q=a b' --url-query +r=%20").url).toBe("https://a.example/s?a=1&q=a+b&r=%20");
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

  it("follows --resolve and --connect-to, a socket, and the files for TLS", () => {
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

  it("keeps the fields of a form in order, and verbatim text as it is", () => {
    expect(parse("curl https://a.example -F a=1 -F 'f=@x.png;type=image/png' --form-string b=@c")).toMatchObject({
      method: "POST",
      form: [
        { name: "a", content: { kind: "text", text: "1" } },
        { name: "f", content: { kind: "file", path: "x.png" }, filename: "x.png", type: "image/png" },
        { name: "b", content: { kind: "text", text: "@c" } },
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

  // Each was sent with curl 7.88 too.
  it.each([
    ['-d a --data-urlencode "n=it\'s!(*)~ é"', { body: "a&n=it%27s%21%28%2A%29~+%C3%A9" }],
    ["--json '{' --json '}'", { body: "{}", headers: ["Content-Type: application/json", "Accept: application/json"] }],
    ["--json 1 -H 'content-type: a/b' -H 'accept: c/d'", { headers: ["content-type: a/b", "accept: c/d"] }],
    ["-d 1 -H 'Content-Type:'", { headers: [] }],
    ["-b a=b -b 'c=d; e=f'", { headers: ["Cookie: a=b;c=d; e=f"] }],
    ["-X M-SEARCH # a comment 'of the shell", { method: "M-SEARCH" }],
    ["-H 'x: a#b' -H x:#c", { headers: ["x: a#b", "x: #c"] }],
    ['-H "x: \\$HOME \\`a\\` \\\\ $"', { headers: ["x: $HOME `a` \\ $"] }],
  ])("sends %s as curl does", (options, expected) => {
    const { body, headers, method } = parse(`curl http://a ${options}`);
    const texts = body.map((part) => Object.values(part)[1]);
    expect({ method, body: texts.join(""), headers: headers.map((each) => each.join(": ")) }).toMatchObject(expected);
  });

  // Each was sent with curl 7.88 too.
  it.each([
    ["'http://a/x?b[]=1'", "http://a/x?b[]=1"],
    ["'http://a/x?\\[c\\]=\\{2\\}'", "http://a/x?[c]={2}"],
    ["'http://a/x?d=\\q'", "http://a/x?d=\\q"],
    ["-g 'http://a/{b}?c=[1-2]&\\{d'", "http://a/{b}?c=[1-2]&\\{d"],
    ["'http://a/{b}' --globoff", "http://a/{b}"],
    ["'http://[::1]:80/x'", "http://[::1]:80/x"],
    ["'http://me:[@[fe80::1%25eth0]/x' -g", "http://me:[@[fe80::1%25eth0]/x"],
    ["'[::1]:8080/x'", "http://[::1]:8080/x"],
  ])("asks for the same URL as curl does for %s", (words, url) => {
    expect(parse(`curl ${words}`).url).toBe(url);
  });

  it.each([
    ["curl 'http://a/{b,c}'", "{", 15],
    ["curl http://a/x[1-3]", "[", 15],
    ["curl -s 'http://a/x?filter[name]=1'", "[", 26],
    ["curl 'http://a/x}'", "}", 16],
    ["curl http://a/'[]['", "[", 17],
    ["curl 'http://[::1]/{b}'", "{", 19],
    ["curl -d '{}' 'http://a/{b}'", "{", 23],
  ])("refuses a pattern that stands for several requests: %s", (command, sign, at) => {
    expect(parseCurl(command)).toEqual({
      ok: false,
      error: { message: expect.stringContaining(`curl takes "${sign}" for a pattern`), at },
    });
  });

  it.each([
    ["wget http://a", "begin with curl", 0],
    ["curl 'http://a", "single quote is never closed", 5],
    ["curl --frobnicate http://a", "--frobnicate is not known", 5],
    ["curl http://a -H", "-H needs a value", 14],
    ["curl http://a -H 'no header'", "its value is no header", 14],
    ["curl http://a http://b", "a second URL", 14],
    ["curl -s", "names no URL", 7],
    ["curl ftp://a/x", "no http or https URL", 5],
    ["curl http://a -H 'a: b\nc: d'", "line end", 14],
    ["curl http://a --toString", "not known", 14],
    ["curl http://a -x http://proxy:3128", "through a proxy", 14],
    ["curl http://a --aws-sigv4 aws:amz", "the signature is not computed", 14],
    ["curl http://a --next http://b", "one request at a time", 14],
    ["curl http://a --resolve a:443", "not HOST:PORT:ADDRESS", 14],
    ["curl http://a -F nothing", "no field", 14],
    ["curl http://a -d @-", "standard input is not read", 14],
    ["curl http://a -F a=@-", "standard input is not read", 14],
    ["curl http://a -G -d @a", "not put into the query", 17],
    ["curl http://a --data-urlencode a@b", "not URL-encoded", 14],
    ["curl http://a -b jar.txt", "a file of cookies is not read", 14],
    ["curl http://a -H @headers.txt", "headers from a file are not read", 14],
    ["curl http://a -T a.txt", "write it as -X PUT --data-binary @FILE", 14],
    ["curl http://a -K rc", "the file of options is not read", 14],
    ["curl http://a -n", "the file of passwords is not read", 14],
    ["curl http://a --netrc-file x", "the file of passwords is not read", 14],
    ["curl --url @urls.txt", "a file of URLs is not read", 5],
    ["curl http://a -A 'a\nb: c'", "line end", 14],
    ["curl http://a -F a=1 -d b", "cannot be sent together", 5],
    ["curl http://a -b 'a=b\nc'", "line end", 14],
    ['curl http://a -H "Authorization: Bearer $TOKEN"', "a $ or ` stands for", 40],
    ['curl "http://a/\\\\$(id)"', "a $ or ` stands for", 17],
    ["curl http://a/$id", "a $ or ` stands for", 14],
    ['curl http://a -d "`id`"', "a $ or ` stands for", 18],
  ])("refuses %j and says what and where", (command, message, at) => {
    expect(parseCurl(command)).toEqual({ ok: false, error: { message: expect.stringContaining(message), at } });
  });

  it.each([
    "curl http://a -H Authorization: Bearer tr0ub4dor",
    "curl http://a -H 'Authorization Bearer tr0ub4dor'",
    "curl http://a -F tr0ub4dor",
    "curl http://a -X tr0ub4dor",
    "curl http://a -m tr0ub4dor",
    "curl http://a --tr0ub4dor",
    "curl http://a --resolve tr0ub4dor",
    "curl ftp://me:tr0ub4dor@a",
  ])("says what is wrong with %j without quoting what may be a password", (command) => {
    const result = parseCurl(command);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain("tr0ub4dor");
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
