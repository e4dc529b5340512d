import type { CauseId, Evidence } from "@faultline/model";
import type { MakerJudgement, ProxyStatement } from "../../isolate/responses/judge-maker.ts";
import type { Probe } from "../../isolate/responses/probe.ts";
import type { TlsFlaw } from "./read-tls-flaws.ts";

/** Evidence from probes for one cause. */
export type ProbeEvidence = { readonly cause: CauseId; readonly evidence: Evidence };

/** Everything by which the causes of a probed failure are weighed. */
export type ProbeFindings = {
  readonly probes: readonly Probe[];
  readonly maker: MakerJudgement;
  readonly proxyStatus: readonly ProxyStatement[];
  /** What is wrong with the TLS of the host that was asked, unless its certificate was accepted without a check. */
  readonly tlsFlaws?: readonly TlsFlaw[];
};
