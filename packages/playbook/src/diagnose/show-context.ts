import type { FaultDomain } from "@faultline/model";
import { fromSequence } from "./contrast/contrast-sequence.ts";
import type { Findings } from "./findings.ts";

/** The weight of what is shown beside a hop without being weighed. */
const SHOWN = 0.5;

/** The path, with context at its creating hop: how far the failing requests came in its log, and what changed when they began to fail. */
export function showContext({ domain, origin, sequence, onsetSigns }: Findings): FaultDomain["path"] {
  const shown = [
    ...(sequence === undefined ? [] : [fromSequence(sequence, SHOWN)]),
    ...onsetSigns.map(({ evidence }) => ({ ...evidence, weight: SHOWN })),
  ];
  const at = domain.path.findLastIndex(({ service }) => service === origin?.step.service);
  if (shown.length === 0 || at < 0) return domain.path;
  return domain.path.map((hop, index) => (index === at ? { ...hop, evidence: [...hop.evidence, ...shown] } : hop));
}
