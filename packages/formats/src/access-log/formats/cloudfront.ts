import { type Draft, isAbsent, putMadeBy, putText } from "../exchange/draft.ts";

/** CloudFront's own fields: request id, host, result types, and who made a server error (rule aws-cloudfront-154). */
export function putCloudfront(draft: Draft, row: ReadonlyMap<string, string>): void {
  putText(draft, "requestId", row.get("x-edge-request-id"));
  putText(draft, "host", row.get("x-host-header"));
  putText(draft, "region", row.get("x-edge-location"));
  const result = row.get("x-edge-detailed-result-type") ?? row.get("x-edge-result-type") ?? row.get("x-edge-response-result-type");
  putText(draft, "flags", result);
  const { status } = draft;
  if (status === undefined) {
    putMadeBy(draft, "client", { because: "status 000: the client closed the connection before an answer", confidence: 0.9 });
    return;
  }
  if (status < 500 || isAbsent(result)) return;
  if (result === "Error" || result === "OriginError" || result === "Miss" || result === "Pass") {
    const sure = result === "OriginError" ? 0.85 : 0.7;
    const because =
      result === "Miss" || result === "Pass"
        ? `result type ${result}: passed through from the origin`
        : `${result} without a connection error: the origin's own status`;
    putMadeBy(draft, status === 502 || status === 504 ? "unknown" : "behind", {
      because,
      confidence: status === 502 || status === 504 ? 0.45 : sure,
    });
  } else {
    putMadeBy(draft, "observer", { because: `CloudFront: ${result ?? ""}`, confidence: 0.9 });
  }
}
