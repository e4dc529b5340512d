import type { ProbeResponse } from "@faultline/playbook/triage";

/** Says how a body ended, where it did not end properly: a success that breaks off is no success. */
export function describeEnd({ bodyEnd, headers, isMislabelled }: ProbeResponse): string {
  const announced = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1];
  if (isMislabelled === true) return " that are not what Content-Encoding says";
  if (bodyEnd === "broke off") return announced === undefined ? ", then it broke off" : ` of ${announced}, then it broke off`;
  return bodyEnd === undefined ? "" : ` and ${bodyEnd}`;
}
