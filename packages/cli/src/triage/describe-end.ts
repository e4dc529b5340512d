import type { ProbeResponse } from "@faultline/playbook/triage";

/** A body that did not come to its end says so: a success that breaks off is none. */
export function describeEnd({ bodyEnd, headers, isMislabelled }: ProbeResponse): string {
  const announced = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1];
  if (isMislabelled === true) return " that are not what Content-Encoding says";
  if (bodyEnd === "broke off") return announced === undefined ? ", then it broke off" : ` of ${announced}, then it broke off`;
  return bodyEnd === undefined ? "" : ` and ${bodyEnd}`;
}
