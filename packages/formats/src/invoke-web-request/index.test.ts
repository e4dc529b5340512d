import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { isWebRequest, parseWebRequest, type WebRequest } from "./index.ts";

function parse(text: string): WebRequest {
  const result = parseWebRequest(text);
  if (!result.ok) throw new Error(`${result.error.message} at ${result.error.at}`);
  return result.value;
}

const COPIED = `$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$session.UserAgent = "Mozilla/5.0 (X11; Linux x86_64)"
$session.Cookies.Add((New-Object System.Net.Cookie("cart", "a\`$b", "/", "api.example.com")))
$session.Cookies.Add((New-Object System.Net.Cookie("lang", "de", "/", "api.example.com")))
Invoke-WebRequest -UseBasicParsing -Uri "https://api.example.com/cart?id=1" \`
-Method "POST" \`
-WebSession $session \`
-Headers @{
"authority"="api.example.com"
  "method"="POST"
  "path"="/cart?id=1"
  "scheme"="https"
  "accept"="application/json, text/plain"
  "sec-ch-ua"="\`"Chromium\`";v=\`"141\`""
} \`
-ContentType "application/json" \`
-Body "{\`"a\`":\`"b c\`"}"`;

describe("a pasted Invoke-WebRequest", () => {
  it.each(["\n", "\r\n"])("reads what browsers copy as PowerShell, with its session's user agent and cookies; line ends %j", (end) => {
    expect(parse(COPIED.replaceAll("\n", end))).toEqual({
      method: "POST",
      url: "https://api.example.com/cart?id=1",
      headers: [
        ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"],
        ["Cookie", "cart=a$b; lang=de"],
        ["accept", "application/json, text/plain"],
        ["sec-ch-ua", '"Chromium";v="141"'],
        ["Content-Type", "application/json"],
      ],
      body: '{"a":"b c"}',
      followsRedirects: true,
      isInsecure: false,
      ignored: [],
    });
  });

  it("reads what people write: short names, tables as forms or as JSON, here-strings, bytes", () => {
    expect(parse("irm https://a.example/x -Method Post -Body @{ q = 'it''s ~'; n = 2; b = $true; e = $null }")).toMatchObject({
      method: "POST",
      body: "q=it%27s+%7E&n=2&b=True&e=",
      headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    });
    expect(parse("iwr a.example/x -Method Get -Body @{q=1} -SkipCertificateCheck -OutFile x")).toMatchObject({
      url: "http://a.example/x?q=1",
      headers: [],
      isInsecure: true,
      ignored: ["-OutFile x"],
    });
    const json =
      "Invoke-RestMethod -Uri 'https://a.example' -Method Put -ContentType 'application/json' -Body (@{a=$true; b=\"c\"} | ConvertTo-Json)";
    expect(parse(json)).toMatchObject({ method: "PUT", body: '{"a":true,"b":"c"}' });
    expect(parse('iwr https://a.example -Method POST -Body ([System.Text.Encoding]::UTF8.GetBytes("é"))').body).toBe("é");
    expect(parse("iwr https://a.example -Method POST -Body @'\n{\"a\":\n1}\n'@").body).toBe('{"a":\n1}');
    expect(parse("iwr https://a.example -MaximumRedirection 0 | Select-Object StatusCode").followsRedirects).toBe(false);
  });

  it.each([
    ["-Body @{ q = 'a b' }", { method: "GET", url: "https://a.example/x?q=a+b", headers: [] }],
    ["-Body '{}'", { method: "GET", body: "{}", headers: [] }],
    ["-Method Put -Body '{}'", { method: "PUT", body: "{}", headers: [] }],
    ["-Method Post", { method: "POST", headers: [["Content-Type", "application/x-www-form-urlencoded"]] }],
    ["-Method Post -InFile a.json", { method: "POST", headers: [["Content-Type", "application/x-www-form-urlencoded"]] }],
    ["-Method Put -InFile a.json", { method: "PUT", headers: [] }],
    ["-Method Post -Body x -Headers @{'content-type'='text/a'}", { headers: [["content-type", "text/a"]] }],
    ["-Method Post -Body x -Headers @{'content-type'='text/a'} -ContentType text/b", { headers: [["Content-Type", "text/b"]] }],
    ["-Body @{ q = 1 } -ContentType text/b", { url: "https://a.example/x?q=1", headers: [["Content-Type", "text/b"]] }],
  ])("sends with %s what PowerShell would: GET unless a method is named, and its own content type only with POST", (words, expected) => {
    expect(parse(`irm https://a.example/x ${words}`)).toMatchObject(expected);
  });

  it("reads what Postman exports: headers added one by one, and a body in a here-string", () => {
    const exported = `$headers = New-Object "System.Collections.Generic.Dictionary[[String],[String]]"
$headers.Add("Content-Type", "application/json")
$headers.Add("X-Note", 'it''s')

$body = @"
{
    \`"a\`": 1
}
"@

$response = Invoke-RestMethod 'https://a.example/cart' -Method 'POST' -Headers $headers -Body $body
$response | ConvertTo-Json`;
    expect(parse(exported)).toMatchObject({
      method: "POST",
      url: "https://a.example/cart",
      headers: [
        ["Content-Type", "application/json"],
        ["X-Note", "it's"],
      ],
      body: '{\n    "a": 1\n}',
    });
  });

  it.each([
    [
      "$h = @{ a = 'b' }\n$h['c'] = 'd'\niwr https://a.example -Headers $H",
      {
        headers: [
          ["a", "b"],
          ["c", "d"],
        ],
      },
    ],
    ["$b = @{ a = 1; c = $true } | ConvertTo-Json -Depth 5\niwr https://a.example -Method Put -Body $b", { body: '{"a":1,"c":true}' }],
    ["$u = 'https://a.example/x'; # where\niwr -Uri $u", { url: "https://a.example/x" }],
  ])("reads variables that the text itself sets: %j", (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  it.each([
    ["$b = Get-Content a.json\niwr https://a.example -Body $b", "$b is not in the text", 52],
    ["$b = 'a' + $c\niwr https://a.example -Body $b", "$b is not in the text", 42],
    ["$b = 'a'\n$b = $b.Trim()\niwr https://a.example -Body $b", "$b is not in the text", 52],
    ["$b = 'a'\niwr https://a.example -Body $b.Length", "$b is not in the text", 37],
  ])("refuses %j, since a value that is not in the text is not guessed", (text, message, at) => {
    expect(parseWebRequest(text)).toEqual({ ok: false, error: { message: expect.stringContaining(message), at } });
  });

  it("is not taken for curl, nor a URL for it", () => {
    expect(isWebRequest(COPIED)).toBe(true);
    expect(isWebRequest("curl https://a.example/irm -H 'a: irm x'")).toBe(false);
    expect(isWebRequest("https://a.example/iwr")).toBe(false);
  });

  it.each([
    ["iwr https://a.example -Headers $headers", "$headers is not in the text", 31],
    ['iwr "https://a.example/$id"', "stands for a variable", 23],
    ["iwr https://a.example -Frobnicate 1", "-frobnicate is not known", 22],
    ["iwr -Method Get", "names no address", 15],
    ["iwr ftp://a.example", "no http or https URL", 4],
    ['iwr "https://a.example', "never closed", 4],
    ["iwr https://a.example -Headers @{ a", "= is missing behind a", 35],
    ["iwr https://a.example -Body a -InFile b", "told twice", 38],
    ["iwr https://a.example -UserAgent 'a\nb: c'", "line end", 33],
    ["iwr https://a.example -Headers 'a'", "no table", 31],
    ["iwr https://a.example https://b.example", "second address", 22],
    ["iwr https://a.example -Method {tr0ub4dor}", "nothing that a command of PowerShell has here", 30],
  ])("refuses %j and says what and where", (text, message, at) => {
    expect(parseWebRequest(text)).toEqual({ ok: false, error: { message: expect.stringContaining(message), at } });
  });

  it("names the file that -InFile sends, and where", () => {
    expect(parse("iwr https://a.example -Method Put -InFile 'a b.json'").bodyFile).toEqual({ option: "-InFile", path: "a b.json", at: 42 });
  });

  it.each([
    'iwr https://a.example -Headers @{ "Bearer tr0ub4dor" }',
    'iwr https://a.example -Headers @{ "Bearer tr0ub4dor" = "x" }',
    "iwr https://a.example tr0ub4dor",
    "iwr https://a.example -tr0ub4dor",
    "iwr ftp://me:tr0ub4dor@a.example",
    "iwr https://a.example {tr0ub4dor}",
  ])("says what is wrong with %j without quoting what may be a password", (text) => {
    const result = parseWebRequest(text);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain("tr0ub4dor");
  });

  it("ignores what the command is piped into", () => {
    expect(parse("iwr https://a.example |tr0ub4dor (")).toMatchObject({ url: "https://a.example", ignored: [] });
  });

  it("never throws, whatever is pasted", () => {
    assert(property(string({ maxLength: 200, unit: "binary" }), (text) => typeof parseWebRequest(`iwr ${text}`).ok === "boolean"));
  });
});
