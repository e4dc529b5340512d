import { type CauseId, type EvidenceSource, type Exchange, type Span, readStatusCode } from "@faultline/model";
import { matchSignatures, type Signature } from "../signatures/index.ts";
import { findCauseOfProxyError } from "./proxy-error.ts";
import type { ProxyStatement } from "./judge-maker.ts";
import { readProxyStatus } from "./read-proxy-status.ts";

/** What a response says about who wrote it and why: a Proxy-Status header, or the page or headers of a known gateway. */
export type ResponseSign = {
  /** The proxy's own name, or the vendor of the signature. */
  readonly maker: string;
  /** True if the maker gave its own name. A vendor's name tells what the maker is, but not which one. */
  readonly isNamed: boolean;
  /** True if the maker says that it only passed the answer on, which speaks against causes that a gateway makes. */
  readonly isPassedOn: boolean;
  readonly cause?: CauseId;
  readonly statement: string;
  readonly measured: string;
  readonly source: EvidenceSource;
  readonly weight: number;
};

type Response = { readonly status?: number; readonly headers: Readonly<Record<string, string>>; readonly body?: string };

const HEADER = "http.response.header.";
/** The weight of a declared error type, the purpose for which RFC 9209 made the header. */
const DECLARED_WEIGHT = 4;
const MAX_HEADER = 2048;
/** From this number on, a status code belongs to one vendor, so it tells its maker without a page or a header. */
const OWN_STATUS = 520;

/** The signs on the failed response that a span sent (server) or received (client). */
export function readSpanSigns(span: Span, signatures: readonly Signature[]): readonly ResponseSign[] {
  const { attributes } = span;
  const headers: Record<string, string> = {};
  for (const name of Object.keys(attributes)) {
    if (!name.startsWith(HEADER)) continue;
    const value = attributes[name];
    const text = Array.isArray(value) ? value.join(", ") : String(value);
    headers[name.slice(HEADER.length).replaceAll("_", "-").toLowerCase()] = text.slice(0, MAX_HEADER);
  }
  const body = attributes["http.response.body.content"];
  const status = readStatusCode(attributes);
  const response = { headers, ...(typeof body === "string" ? { body } : {}), ...(status === undefined ? {} : { status }) };
  return readSigns(response, signatures);
}

/** The signs on a failed response that an intermediary logged. */
export function readExchangeSigns(
  { status, responseHeaders = {}, responseBody }: Exchange,
  signatures: readonly Signature[],
): readonly ResponseSign[] {
  const headers = Object.fromEntries(Object.entries(responseHeaders).map(([name, value]) => [name.toLowerCase(), value]));
  const body = responseBody === undefined ? {} : { body: responseBody };
  return readSigns({ headers, ...body, ...(status === undefined ? {} : { status }) }, signatures);
}

function readSigns(response: Response, signatures: readonly Signature[]): readonly ResponseSign[] {
  const { status, headers, body } = response;
  const isBare = body === undefined && Object.keys(headers).length === 0;
  if (status === undefined || status < 500 || (isBare && status < OWN_STATUS)) return [];
  // The first member that names an error is the closest to the origin. The later ones only passed its answer on.
  const declared = readProxyStatus(headers["proxy-status"] ?? "").find(({ error }) => error !== undefined);
  return [...(declared === undefined ? [] : [fromStatement(declared)]), ...fromSignatures(response, signatures)];
}

function fromStatement({ proxy, error = "", receivedStatus }: ProxyStatement): ResponseSign {
  const cause = findCauseOfProxyError(error);
  return {
    maker: proxy,
    isNamed: true,
    isPassedOn: false,
    ...(cause === undefined ? {} : { cause }),
    statement: `${proxy} declares that it made this answer itself, because of ${error}`,
    measured: `proxy-status: ${proxy}; error=${error}${receivedStatus === undefined ? "" : `; received-status=${receivedStatus}`}`,
    source: "header",
    weight: DECLARED_WEIGHT,
  };
}

/**
 * The strongest signature only, since the table has the specific ones before the general ones, and both would say the same. If no signature
 * tells who wrote the answer, a gateway's note that it came from behind counts.
 */
function fromSignatures(response: Response, signatures: readonly Signature[]): readonly ResponseSign[] {
  const matches = matchSignatures(response, signatures).filter(({ weight }) => weight > 0);
  const match = matches.find(({ signature }) => signature.made === "here") ?? matches.find(({ signature }) => signature.made === "behind");
  if (match === undefined) return [];
  const { vendor, meaning, cause: named, proxyError, pattern, id, made } = match.signature;
  const cause = named ?? (proxyError === undefined ? undefined : findCauseOfProxyError(proxyError));
  const isOfBody = pattern.bodyIs !== undefined || pattern.bodyHas !== undefined || pattern.json !== undefined;
  const isPassedOn = made === "behind";
  return [
    {
      maker: vendor,
      isNamed: false,
      isPassedOn,
      ...(cause === undefined || isPassedOn ? {} : { cause }),
      statement: isPassedOn
        ? `${vendor} only passed the answer on: ${meaning}`
        : `the answer is one that ${vendor} writes itself: ${meaning}`,
      measured: `status ${response.status}, signature ${id}`,
      source: isOfBody ? "body" : "header",
      weight: match.weight,
    },
  ];
}
