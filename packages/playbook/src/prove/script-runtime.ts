/**
 * The part that every generated JavaScript test has: it finds the server to ask, sends the request exactly as recorded, and reads the
 * answer. Plain `node:` modules only, so that the test runs wherever the team's own tests run.
 */
export const SCRIPT_RUNTIME = `/** The server to ask: FAULTLINE_TARGET (a URL), else the module of the app, started here on a free port. */
async function openTarget() {
  if (process.env.FAULTLINE_TARGET) return { url: new URL(process.env.FAULTLINE_TARGET), close: async () => {} };
  if (!APP) throw new Error("set FAULTLINE_TARGET to the URL of a running server, or FAULTLINE_APP to a module that exports the app");
  const loaded = await import(pathToFileURL(path.resolve(APP)).href);
  let app = loaded.default ?? loaded.app ?? loaded.server ?? loaded.handler;
  if (app && app.default) app = app.default;
  if (app && typeof app.ready === "function" && app.server) {
    await app.ready();
    app = app.server;
  }
  const server = app instanceof http.Server ? app : http.createServer(typeof app === "function" ? app : toListener(app));
  if (!server.listening) await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections?.()));
  return { url: new URL(\`http://127.0.0.1:\${server.address().port}\`), close };
}

/** An object with \`fetch\`, as Hono and the web standards have it, as a listener of node:http. */
function toListener(app) {
  if (typeof app?.callback === "function") return app.callback();
  if (typeof app?.fetch !== "function") throw new Error(\`\${APP} exports neither a server, nor a request listener, nor an object with fetch\`);
  return async (incoming, outgoing) => {
    try {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const body = ["GET", "HEAD"].includes(incoming.method) ? undefined : Buffer.concat(chunks);
      const url = \`http://\${incoming.headers.host}\${incoming.url}\`;
      const response = await app.fetch(new Request(url, { method: incoming.method, headers: incoming.headers, body }));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    } catch {
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    }
  };
}

/** Refuses to change anything on a server that is not this machine. */
function checkTarget(url) {
  const isLoopback = /^(?:localhost|127(?:\\.\\d+){3}|\\[::1\\])$/.test(url.hostname);
  if (!REQUEST.isSafe && !isLoopback && process.env.FAULTLINE_ALLOW_UNSAFE !== "1") {
    throw new Error(\`refused to send \${REQUEST.method} to \${url.host}: it may change something there; set FAULTLINE_ALLOW_UNSAFE=1 to allow it\`);
  }
}

/** Sends the recorded request byte for byte; no redirect is followed. */
function send(url) {
  checkTarget(url);
  const headers = { ...REQUEST.headers };
  for (const { name, variable } of REQUEST.fromEnvironment) if (process.env[variable]) headers[name] = process.env[variable];
  const body = REQUEST.body === undefined ? undefined : Buffer.from(REQUEST.body, "utf8");
  if (body) headers["content-length"] = String(body.length);
  const client = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const request = client.request(
      { hostname: url.hostname.replace(/^\\[|\\]$/g, ""), port: url.port, path: REQUEST.target, method: REQUEST.method, headers, agent: false },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString("utf8") }));
      },
    );
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(\`no answer within \${TIMEOUT_MS} ms\`)));
    request.on("error", reject);
    request.end(body);
  });
}

/** The contract of the answer: no server error, and whatever it says it is, it is. Content may differ from the recorded one. */
function checkAnswer({ status, headers, text }) {
  assert.ok(status < 500, \`\${REQUEST.method} \${REQUEST.target} still answers \${status}: \${text.slice(0, 200)}\`);
  const type = String(headers["content-type"] ?? "");
  if (REQUEST.method === "HEAD" || text === "") return;
  assert.notEqual(type, "", \`the answer \${status} has a body and no content type\`);
  if (!/[/+]json\\b/.test(type)) return;
  let body;
  assert.doesNotThrow(() => (body = JSON.parse(text)), \`the answer \${status} says \${type} and is no JSON\`);
  if (!type.startsWith("application/problem+json")) return;
  assert.ok(body !== null && typeof body === "object" && !Array.isArray(body), "problem details are an object (RFC 9457)");
  if (body.status !== undefined) assert.equal(body.status, status, "the status inside the problem details is the status of the answer");
  assert.doesNotMatch(text, /\\\\n\\s+at .+:\\d+:\\d+/, "problem details hold no stack");
}
`;
