/** What is true of each fault of the faulty backend, as seen from outside through a proxy. */

/** The causes that may be named with confidence: to probes, a crash and an exception look alike, and so do a slow hop and one that waits for it. `dead`: nothing listens there. */
export const TRUE_CAUSES: Readonly<Record<string, readonly string[]>> = {
  boom: ["unhandled-exception"],
  "boom-503": [],
  hang: ["gateway-timeout", "dependency-timeout"],
  reset: ["unhandled-exception"],
  close: ["unhandled-exception"],
  garbage: ["gateway-mismatch"],
  "huge-header": ["gateway-mismatch"],
  dead: ["no-healthy-upstream", "connection-refused"],
};

/** Faults that the app answers itself; the others are answered by the proxy in front. */
const OWN_ANSWERS = new Set(["boom", "boom-503"]);

/** Who writes the answer that the client gets. */
export function nameTrueMaker(fault: string): "app" | "intermediary" {
  return OWN_ANSWERS.has(fault) ? "app" : "intermediary";
}
