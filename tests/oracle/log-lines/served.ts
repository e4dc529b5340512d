/** Requests as servers meet them, the usual and the odd, to be written down by each software's own rules. */

/** One request and its answer, before any log has a say. */
export type Served = {
  /** What is odd about it. */
  readonly about: string;
  /** The request line as it came; of what is no request line, `method` and `target` are absent. */
  readonly requestLine: string;
  readonly method?: string;
  readonly target?: string;
  readonly protocol: string;
  readonly status: number;
  readonly bytes: number;
  readonly client: string;
  readonly user?: string;
  readonly agent?: string;
  readonly referrer?: string;
  readonly durationMs: number;
  readonly atMs: number;
};

type Choice = Partial<Omit<Served, "requestLine">> & { readonly about: string };

function serve(choice: Choice): Served {
  const usual = {
    method: "GET",
    target: "/orders/17?page=2",
    protocol: "HTTP/1.1",
    status: 200,
    bytes: 612,
    client: "203.0.113.9",
    agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    referrer: "https://shop.example/a?b=c",
    durationMs: 61,
    atMs: Date.UTC(2026, 2, 4, 5, 6, 7, 89),
    ...choice,
  };
  return { ...usual, requestLine: `${usual.method} ${usual.target} ${usual.protocol}` };
}

/** The same, for what is no request at all: bytes, or nothing. */
function refuse(about: string, requestLine: string, status: number): Served {
  const {
    method: _method,
    target: _target,
    agent: _agent,
    referrer: _referrer,
    ...rest
  } = serve({ about, status, bytes: 157, durationMs: 0 });
  return { ...rest, requestLine };
}

/** Without the agent or the referrer, which many clients send none of. */
function strip(served: Served): Served {
  const { agent: _agent, referrer: _referrer, ...rest } = served;
  return rest;
}

/** Requests that a server understood, whatever is odd about them. */
export const REQUESTS: readonly Served[] = [
  serve({ about: "nothing" }),
  strip(serve({ about: "neither agent nor referrer" })),
  serve({ about: "an IPv6 client", client: "2001:db8::8a2e:370:7334" }),
  serve({ about: "a client inside of IPv6", client: "::1" }),
  serve({ about: "a user", user: "frank" }),
  serve({ about: "a user's address", user: "frank.o-neill@shop.example" }),
  serve({ about: "quotes in the agent", agent: 'Say "GET / HTTP/1.1" 500 12 "friend"' }),
  serve({ about: "backslashes and letters beyond ASCII in the agent", agent: "C:\\new\\table Ünïcödé 東京" }),
  serve({ about: "brackets in the agent", agent: "App/1.0 [iPhone; en] {x} <y> | z" }),
  serve({ about: "a quote in the target", target: '/a"b?c="d"' }),
  serve({ about: "letters beyond ASCII in the target", target: "/café/東京?q=ü" }),
  serve({ about: "percent escapes in the target", target: "/a%20b%22/%E2%82%AC?q=%2F%3f+x" }),
  serve({ about: "brackets and pipes in the target", target: "/a[0]/{b}|c?filter[x]=1&y={z}" }),
  serve({ about: "a URL in the query", target: "/go?to=https://other.example/x?y=1&z=2" }),
  serve({ about: "a whole URL as its target", target: "http://shop.example/whole?x=1" }),
  serve({ about: "two slashes first", target: "//a//b" }),
  serve({ about: "a long target", target: `/${"long/".repeat(1000)}end?${"k=v&".repeat(500)}z` }),
  serve({ about: "an asterisk as its target", method: "OPTIONS", target: "*" }),
  serve({ about: "a method of WebDAV", method: "PROPFIND" }),
  serve({ about: "a method with a dash", method: "M-SEARCH" }),
  serve({ about: "HTTP/1.0", protocol: "HTTP/1.0" }),
  serve({ about: "HTTP/2.0", protocol: "HTTP/2.0" }),
  serve({ about: "HTTP/3.0", protocol: "HTTP/3.0" }),
  serve({ about: "no body", method: "HEAD", bytes: 0 }),
  serve({ about: "a huge body", bytes: 5_368_709_120 }),
  serve({ about: "a size that looks like a status", bytes: 502 }),
  serve({ about: "a slow answer", status: 504, durationMs: 60_001 }),
  serve({ about: "no time at all", durationMs: 0 }),
  ...[101, 204, 206, 304, 401, 418, 429, 499, 500, 502, 503, 504, 520, 529, 599].map((status) =>
    serve({ about: `status ${status}`, status }),
  ),
];

/** What a server could not take for a request. */
export const REFUSALS: readonly Served[] = [
  refuse("a TLS hello on a plain port", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001ü\u0003\u0003\u00b2", 400),
  refuse("nothing but a line's end", "", 400),
  refuse("no request in time", "", 408),
  refuse("quotes and words", 'what is "this"?', 400),
];
