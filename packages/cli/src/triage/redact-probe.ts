import type { Redactor } from "@faultline/guard/redact";
import type { Probe } from "@faultline/playbook/triage";
import { listHeaders, type SentProbe } from "./send-request.ts";
import type { TriageRequest } from "./target.ts";

/** A request that may be shown: method, target and headers in order, with the secrets removed. */
export type ShownRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
};

/** Removes the secrets from a probe. The body stays, because it is matched against signatures; it is redacted where it is shown. */
export function redactProbe({ probe }: SentProbe, redactor: Redactor): Probe {
  const { response, failure, ...rest } = probe;
  return {
    ...rest,
    url: redactor.redactUrl(probe.url),
    ...(response === undefined ? {} : { response: { ...response, headers: redactHeaders(response.headers, redactor) } }),
    ...(failure === undefined ? {} : { failure: { ...failure, message: redactor.redactText(failure.message) } }),
  };
}

/** Removes the secrets from a request. */
export function redactRequest(request: TriageRequest, redactor: Redactor): ShownRequest {
  const { method, url, body, headers } = request;
  const contentType = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return {
    method,
    url: redactor.redactUrl(url),
    headers: redactHeaders(listHeaders(request), redactor),
    ...(body === undefined ? {} : { body: redactor.redactBody(body, contentType).text }),
  };
}

function redactHeaders(headers: readonly (readonly [string, string])[], redactor: Redactor): readonly (readonly [string, string])[] {
  return headers.map(([name, value]) => [name, Object.values(redactor.redactHeaders({ [name]: value }))[0] ?? ""] as const);
}
