/** An id by which this exchange can be found in logs or traces; `header` is where it was read. */
export type FoundId = { readonly header: string; readonly value: string; readonly finds: string };

const IN_LOGS = "the request in the app's logs";
const IN_TRACES = "the trace";

const KNOWN: readonly { readonly name: RegExp; readonly finds: string; readonly pick?: RegExp }[] = [
  { name: /^traceparent$|^traceresponse$/, finds: "the trace (W3C Trace Context)", pick: /^[0-9a-f]{2}-([0-9a-f]{32})-/ },
  { name: /^x-amzn-trace-id$/, finds: "the trace in AWS X-Ray" },
  { name: /^x-cloud-trace-context$/, finds: "the trace in Google Cloud", pick: /^([0-9a-f]{32})/ },
  { name: /^x-b3-traceid$|^b3$|^uber-trace-id$|^x-datadog-trace-id$|^sentry-trace$|^x-trace-id$|^trace-id$/, finds: IN_TRACES },
  { name: /^cf-ray$/, finds: "the request in Cloudflare's logs and for its support" },
  { name: /^x-amz-cf-id$/, finds: "the request in CloudFront's logs and for AWS support" },
  {
    name: /^x-amzn-requestid$|^x-amz-request-id$|^apigw-requestid$|^x-amz-apigw-id$/,
    finds: "the request in AWS logs and for its support",
  },
  { name: /^x-azure-ref$|^x-msedge-ref$|^x-ms-request-id$|^request-id$/, finds: "the request in Azure's logs and for its support" },
  { name: /^x-vercel-id$/, finds: "the request in Vercel's logs" },
  { name: /^fly-request-id$|^rndr-id$|^x-nf-request-id$|^x-railway-request-id$/, finds: "the request in the platform's logs" },
  { name: /^x-kong-request-id$/, finds: "the request in Kong's logs" },
  { name: /^x-served-by$|^x-timer$/, finds: "the cache node at Fastly" },
  { name: /^(?:x-)?(?:request|correlation|transaction|error|event)-?id$|^x-faultline-\w+$/, finds: IN_LOGS },
];

/** Finds request and trace ids in a response's headers, under the names that vendors give them. */
export function findIds(headers: readonly (readonly [string, string])[]): readonly FoundId[] {
  return headers.flatMap(([header, value]) => {
    const known = KNOWN.find(({ name }) => name.test(header.toLowerCase()));
    if (known === undefined || value === "") return [];
    return [{ header, value: known.pick?.exec(value)?.[1] ?? value, finds: known.finds }];
  });
}

/** Values worth searching a log for: not a lone dash, and not the marker of a redacted secret. */
const SEARCHED = /^[\w.:;=+/|@~-]{4,200}$/;

/** The id most likely to be in the team's own logs or traces; undefined where all ids are a vendor's or none is usable. */
export function findOwnId(ids: readonly FoundId[]): string | undefined {
  const own = [IN_LOGS, IN_TRACES].flatMap((place) => ids.filter(({ finds }) => finds.startsWith(place)));
  return own.map(({ value }) => value).find((value) => SEARCHED.test(value));
}

/** Members of an error body that name the request, in the spellings that error bodies use. */
const BODY_IDS: readonly { readonly name: RegExp; readonly finds: string }[] = [
  { name: /^trace_?id$/i, finds: IN_TRACES },
  { name: /^(?:request|correlation|transaction|error|event)_?id$/i, finds: IN_LOGS },
];
const ID = /^[\w.:-]{6,128}$/;

/** Finds request and trace ids in a JSON error body or in its `error` member. A body that is not a JSON object has none. */
export function findBodyIds(body: string): readonly FoundId[] {
  const members = toObject(parse(body));
  return [...Object.entries(members), ...Object.entries(toObject(members["error"]))].flatMap(([name, value]) => {
    const known = BODY_IDS.find((each) => each.name.test(name));
    return known === undefined || typeof value !== "string" || !ID.test(value)
      ? []
      : [{ header: `${name} in the body`, value, finds: known.finds }];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
