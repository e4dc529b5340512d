import { readNumber, readStatusCode, readText, type Span, type SpanNode } from "@faultline/model";

/** The length of a body's beginning that is examined. */
const MAX_BODY = 4096;
/** A page whose title or first heading mentions an error. */
const ERROR_PAGE =
  /<(?:title|h1)[^>]*>(?:\s*50\d\b|[^<]{0,80}(?:internal (?:server )?error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|exception|application error|stack trace))/i;
const GRAPHQL_ERRORS = /^\s*\{[\s\S]{0,2000}?"errors"\s*:\s*\[\s*\{/;
/** The client's own mistakes, by the codes of GraphQL servers. They are no failures of the server. */
const GRAPHQL_CLIENT =
  /GRAPHQL_(?:PARSE_FAILED|VALIDATION_FAILED)|BAD_USER_INPUT|BAD_REQUEST|UNAUTHENTICATED|FORBIDDEN|Cannot query field|Syntax Error/;
const JSON_RPC_BODY = /"error"\s*:\s*\{[^{}]{0,500}"code"\s*:\s*(-32603|-320\d\d)\b/;

/**
 * The failure that an answer with a good status hides, in words: an error of JSON-RPC (2.0, section 5.1: -32603 and -32000 to -32099 are
 * the server's), GraphQL `errors`, or a page that mentions an error. Undefined if it visibly hides nothing.
 */
export function findHiddenFailure({ span, children }: SpanNode): string | undefined {
  if (span.kind === "client" || span.kind === "producer" || (readStatusCode(span.attributes) ?? 200) >= 400) return undefined;
  return findJsonRpcError(span) ?? findGraphqlError(span, children) ?? findInBody(span);
}

/** A quick check of one span: could it hide a failure under a good status? */
export function mayHideFailure(span: Span): boolean {
  const { attributes } = span;
  if (attributes["rpc.jsonrpc.error_code"] !== undefined || attributes["rpc.response.status_code"] !== undefined) return true;
  return attributes["http.response.body.content"] !== undefined && findInBody(span) !== undefined;
}

function findJsonRpcError({ attributes }: Span): string | undefined {
  const system = readText(attributes, "rpc.system.name", "rpc.system");
  const code =
    readNumber(attributes, "rpc.jsonrpc.error_code") ??
    (system === "jsonrpc" ? readNumber(attributes, "rpc.response.status_code") : undefined);
  if (code === undefined || !(code === -32_603 || (code <= -32_000 && code >= -32_099))) return undefined;
  return `JSON-RPC error ${code} ${readText(attributes, "rpc.jsonrpc.error_message") ?? ""}`.trim();
}

/** The span of an operation that ended in error, although the server span around it did not. */
function findGraphqlError(span: Span, children: readonly SpanNode[]): string | undefined {
  for (const child of children) {
    const { attributes, status, statusMessage = "", resource, kind } = child.span;
    if (resource.service !== span.resource.service || kind !== "internal") continue;
    const isOperation = attributes["graphql.operation.type"] !== undefined || attributes["graphql.operation.name"] !== undefined;
    if (isOperation && status === "error" && !GRAPHQL_CLIENT.test(statusMessage)) return `GraphQL errors: ${statusMessage}`.trim();
    const below = findGraphqlError(span, child.children);
    if (below !== undefined) return below;
  }
  return undefined;
}

function findInBody({ attributes }: Span): string | undefined {
  const content = attributes["http.response.body.content"];
  if (typeof content !== "string") return undefined;
  const body = content.slice(0, MAX_BODY);
  const page = ERROR_PAGE.exec(body)?.[0].replace(/^<[^>]*>/, "");
  if (page !== undefined) return `a page that says "${page.trim()}"`;
  const rpc = JSON_RPC_BODY.exec(body)?.[1];
  if (rpc !== undefined) return `JSON-RPC error ${rpc}`;
  return GRAPHQL_ERRORS.test(body) && !GRAPHQL_CLIENT.test(body)
    ? `GraphQL errors: ${body.slice(body.indexOf('"errors"'), body.indexOf('"errors"') + 160)}`
    : undefined;
}
