import { describe, expect, it } from "vitest";
import { matchSignatures, type Signature, SIGNATURES } from "./index.ts";

const best = (response: Parameters<typeof matchSignatures>[0]) => matchSignatures(response, SIGNATURES)[0]?.signature;

describe("recognising by a response who wrote it", () => {
  it("knows nginx's page with CRLF and with the padding for old browsers", () => {
    const body =
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n<!-- a padding -->\r\n";
    expect(best({ status: 502, body })).toMatchObject({ id: "nginx-502", made: "here" });
  });

  it("distinguishes the load balancer's page, which lacks the last line, from nginx's", () => {
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

  it("lets users put their own signatures first", () => {
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

  it("says nothing about an unknown body, and survives hostile ones", () => {
    expect(matchSignatures({ status: 500, body: '{"__proto__":{"message":"x"}}' }, SIGNATURES)).toEqual([]);
    expect(matchSignatures({ status: 500, body: "{".repeat(100_000) }, SIGNATURES)).toEqual([]);
    expect(matchSignatures({}, SIGNATURES)).toEqual([]);
  });

  it("has one id for each signature, and a source", () => {
    expect(new Set(SIGNATURES.map(({ id }) => id)).size).toBe(SIGNATURES.length);
    expect(SIGNATURES.filter(({ source, meaning }) => [source, meaning].includes(""))).toEqual([]);
  });
});

type Page = readonly [id: string, status: number, body: string, headers?: Readonly<Record<string, string>>];

const XHTML = '<?xml version="1.0" encoding="iso-8859-1"?>';
const SPRING =
  '{"timestamp":"2026-11-22T02:00:00.000+00:00","path":"/cart","status":STATUS,"error":"Service Unavailable","requestId":"ab-1"}';
const WHERE = "acting as a gateway or proxy server";

/** Error answers as the products write them, shortened to what tells them apart. */
const PAGES: readonly Page[] = [
  ["next-page", 500, '<h1 class="next-error-h1">500</h1><h2>Internal Server Error.</h2>'],
  ["nitro", 500, '{"error":true,"url":"http://shop/api","statusCode":500,"statusMessage":"Server Error","message":"Server Error"}'],
  ["react-router", 500, "Unexpected Server Error"],
  ["sveltekit", 500, '{"message":"Internal Error"}'],
  ["firebase-function", 500, "Error: could not handle the request\n"],
  ["spring-webflux", 500, SPRING.replace("STATUS", "500")],
  ["spring-cloud-gateway", 503, SPRING.replace("STATUS", "503")],
  ["undertow", 500, "<html><head><title>Error</title></head><body>Internal Server Error</body></html>"],
  ["websphere", 500, "Error 500: javax.servlet.ServletException: SRVE0207E: Uncaught initialization exception"],
  ["quarkus", 500, '{"details":"Error id 2f9c0f7e-1","stack":""}'],
  ["micronaut", 500, '{"_links":{},"_embedded":{"errors":[{"message":"Internal Server Error: null"}]},"message":"Internal Server Error"}'],
  ["dropwizard", 500, '{"code":500,"message":"There was an error processing your request. It has been logged (ID 98c2d8a1)."}'],
  ["play", 500, "<h1>Oops, an error occurred</h1>\n<p>This exception has been logged with id <strong>7abc</strong>.</p>"],
  ["aiohttp", 500, "500 Internal Server Error\n\nServer got itself in trouble"],
  ["tornado", 500, "<html><title>500: Internal Server Error</title><body>500: Internal Server Error</body></html>"],
  ["sanic", 500, "The server encountered an internal error and cannot complete your request.\n"],
  ["cherrypy", 500, "<p>The server encountered an unexpected condition which prevented it from fulfilling the request.</p>"],
  ["waitress", 500, "The server encountered an unexpected internal server error\n\n(generated by waitress)"],
  ["sinatra", 500, "<h1>Internal Server Error</h1>"],
  ["passenger", 500, "<title>We're sorry, but something went wrong</title><p>The issue has been logged for investigation.</p>"],
  ["laravel-page", 500, '<div class="text-lg text-gray-500 uppercase tracking-wider">Server Error</div>'],
  ["symfony", 500, '<h1>Oops! An Error Occurred</h1><h2>The server returned a "500 Internal Server Error".</h2>'],
  ["wordpress", 500, "<p>There has been a critical error on this website.</p>"],
  ["drupal", 500, "The website encountered an unexpected error. Please try again later."],
  ["magento", 503, "<h1>There has been an error processing your request</h1><p>Error log record number: 1234</p>"],
  ["aspnet-page", 500, "<h1>Server Error in '/' Application.</h1><h2><i>Runtime Error</i></h2>"],
  ["echo", 500, '{"message":"Internal Server Error"}\n'],
  ["rocket", 500, "<h1>500: Internal Server Error</h1><hr /><small>Rocket</small>"],
  ["warp", 500, "Unhandled rejection: Overloaded"],
  ["phoenix", 500, '{"errors":{"detail":"Internal Server Error"}}'],
  ["postgrest", 500, '{"code":"P0001","details":null,"hint":null,"message":"boom"}'],
  [
    "apache-502-dns",
    500,
    "The proxy server could not handle the request<p>Reason: <strong>DNS lookup failure for: shop.internal</strong></p>",
  ],
  [
    "apache-proxy-500",
    500,
    "<h1>Proxy Error</h1>\nThe proxy server could not handle the request<p>Reason: <strong>Unexpected</strong></p>",
  ],
  ["wsgiref", 500, "A server error occurred.  Please contact the administrator."],
  ["litestar", 500, '{"status_code":500,"detail":"Internal Server Error"}'],
  ["bottle", 500, "<title>Error: 500 Internal Server Error</title>\n<h1>Error: 500 Internal Server Error</h1>"],
  ["strapi", 500, '{"data":null,"error":{"status":500,"name":"InternalServerError","message":"Internal Server Error"}}'],
  ["feathers", 500, '{"name":"GeneralError","message":"x","code":500,"className":"general-error"}'],
  ["javalin", 500, '{"title":"Server Error","status":500,"type":"https://javalin.io/documentation#error-responses","details":{}}'],
  ["spark-java", 500, "<html><body><h2>500 Internal Server Error</h2></body></html>"],
  [
    "symfony-problem",
    500,
    String.raw`{"type":"https:\/\/tools.ietf.org\/html\/rfc2616#section-10","title":"An error occurred","status":500}`,
  ],
  ["codeigniter", 500, "<h1>Whoops!</h1>\n<p>We seem to have hit a snag. Please try again later...</p>"],
  ["cakephp", 500, "<h2>An Internal Error Has Occurred.</h2>"],
  ["slim", 500, "<h1>Slim Application Error</h1><p>A website error has occurred.</p>"],
  ["yii", 500, "<h1>Internal Server Error</h1>\n<p>The above error occurred while the Web server was processing your request.</p>"],
  ["iis-start", 500, "<h1>HTTP Error 500.30 - ASP.NET Core app failed to start</h1>"],
  [
    "iis-500-page",
    500,
    "<h2>500 - Internal server error.</h2>\n<h3>There is a problem with the resource you are looking for, and it cannot be displayed.</h3>",
  ],
  ["litespeed", 503, "<h1>503</h1><h2>Service Unavailable</h2><p>Proudly powered by LiteSpeed Web Server</p>"],
  ["pound", 503, "The service is not available. Please try again later."],
  ["react-scripts-proxy", 500, "Proxy error: Could not proxy request /api from localhost:3000 to http://localhost:4000/ (ECONNREFUSED)."],
  ["netlify-answer", 502, "error decoding lambda response: error decoding lambda response: unexpected end of JSON input"],
  [
    "zuul",
    500,
    '{"status":500,"error":"Internal Server Error","exception":"com.netflix.zuul.exception.ZuulException","message":"GENERAL"}',
  ],
  [
    "http-server",
    502,
    "<title>Error response</title>\n<h1>Error response</h1>\n<p>Error code: 502</p>\n<p>Error code explanation: 502 - x.</p>",
  ],
  ["squid-header", 503, "<h1>ERROR</h1>", { "x-squid-error": "ERR_CONNECT_FAIL 111" }],
  ["lighttpd", 503, `${XHTML}<title>503 Service Unavailable</title><h1>503 Service Unavailable</h1>`, { server: "lighttpd/1.4.69" }],
  ["iis-arr", 502, `<h2>502 - Web server received an invalid response while ${WHERE}.</h2>`],
  [
    "dev-server-proxy",
    504,
    "Error occurred while trying to proxy request /api from localhost:3000 to http://localhost:8080 (ECONNREFUSED)",
  ],
  ["vercel-function-timeout", 504, "An error occurred with your deployment", { "x-vercel-error": "FUNCTION_INVOCATION_TIMEOUT" }],
  ["cloudflare-worker-page", 500, "<title>Worker threw exception | shop.example | Cloudflare</title>"],
  ["sucuri", 502, "<title>Sucuri WebSite Firewall - Backend or gateway connection error</title>"],
  [
    "apigee-timeout",
    504,
    '{"fault":{"faultstring":"Gateway Timeout","detail":{"errorcode":"messaging.adaptors.http.flow.GatewayTimeout"}}}',
  ],
  ["apigee", 500, '{"fault":{"faultstring":"Execution of Call failed","detail":{"errorcode":"steps.servicecallout.ExecutionFailed"}}}'],
  ["wso2", 500, '{"fault":{"code":101504,"type":"Status report","message":"Runtime Error","description":"Send timeout"}}'],
  ["tyk", 500, '{\n    "error": "There was a problem proxying the request"\n}'],
  ["krakend", 500, "", { "x-krakend": "Version 2.4", "x-krakend-completed": "false" }],
  ["apim-500", 500, '{ "statusCode": 500, "message": "Internal server error", "activityId": "0cf2b8e4" }'],
];

describe("error answers as products write them", () => {
  it.each(PAGES.map(([id, status, body, headers = {}]) => ({ id, answer: { status, body, headers } })))("$id", ({ id, answer }) => {
    expect(best(answer)?.id).toBe(id);
  });

  it.each([
    [
      "cherrypy",
      "Error 500--Internal Server Error</H2>From RFC 2068: The server encountered an unexpected condition which prevented it from fulfilling the request.",
      {},
    ],
    ["echo", '{"message":"Internal Server Error"}', { "x-powered-by": "Express" }],
    ["warp", "Unhandled rejection: TypeError: x is not a function", {}],
  ] as const)("does not take what others write as well for an answer of %s", (id, body, headers) => {
    expect(matchSignatures({ status: 500, body, headers }, SIGNATURES).map(({ signature }) => signature.id)).not.toContain(id);
  });

  it.each([
    [502, "Bad Gateway", "The proxy server received an invalid response from an upstream server."],
    [
      503,
      "Service Unavailable",
      "The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.",
    ],
    [504, "Gateway Timeout", "The connection to an upstream server timed out."],
  ])("knows what Flask's abort(%i) writes, which has the sentences of httpd's pages", (status, title, sentence) => {
    const body = `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${sentence}</p>\n`;
    expect(matchSignatures({ status, body }, SIGNATURES).map(({ signature }) => signature.id)).toEqual(["werkzeug-abort"]);
    const older = body.replace("<!doctype html>\n<html lang=en>", '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">');
    expect(matchSignatures({ status, body: older }, SIGNATURES).map(({ signature }) => signature.vendor)).not.toContain("Apache httpd");
  });

  it("names several possible makers if several write the same answer", () => {
    const match = best({ status: 500, body: '{"message":"Internal Server Error"}', headers: {} });
    expect(match?.vendor).toBe("Echo, Flask-RESTX or another");
  });

  it("does not take an answer of AWS's HTTP APIs for an app's", () => {
    const answer = { status: 500, body: '{"message":"Internal Server Error"}', headers: { "apigw-requestid": "Zx=" } };
    expect(matchSignatures(answer, SIGNATURES).map(({ signature }) => signature.id)).not.toContain("echo");
  });
});
