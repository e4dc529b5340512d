import { findJudged } from "@faultline/playbook/triage";
import type { TriageReport } from "./format-triage.ts";

/** A triage's failing exchange as a HAR 1.2 file with one entry; everything in it is redacted already. */
export function toSavedHar({ request, probes, triage }: TriageReport): string {
  const judged = findJudged(probes);
  const toHeaders = (headers: readonly (readonly [string, string])[]): object[] => headers.map(([name, value]) => ({ name, value }));
  const response = judged.response;
  const entry = {
    startedDateTime: new Date(triage.diagnosis.scope.window.fromMs).toISOString(),
    time: judged.totalMs ?? 0,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: toHeaders(request.headers),
      queryString: [...new URL(request.url).searchParams].map(([name, value]) => ({ name, value })),
      headersSize: -1,
      bodySize: judged.requestBodyBytes ?? 0,
      ...(request.body === undefined
        ? {}
        : { postData: { mimeType: findHeader(request.headers, "content-type") ?? "", text: request.body } }),
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusLine.split(" ").slice(2).join(" ") ?? "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: toHeaders(response?.headers ?? []),
      content: {
        size: response?.bodyBytes ?? 0,
        mimeType: findHeader(response?.headers ?? [], "content-type") ?? "",
        text: response?.body ?? "",
      },
      redirectURL: "",
      headersSize: -1,
      bodySize: response?.bodyBytes ?? -1,
      ...(judged.failure === undefined ? {} : { _error: `${judged.failure.code}: ${judged.failure.message}` }),
    },
    cache: {},
    timings: { send: 0, wait: judged.firstByteMs ?? judged.totalMs ?? 0, receive: 0 },
  };
  return `${JSON.stringify({ log: { version: "1.2", creator: { name: "faultline triage", version: "1" }, entries: [entry] } }, undefined, 2)}\n`;
}

function findHeader(headers: readonly (readonly [string, string])[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
