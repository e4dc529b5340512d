/** By what the generator knows that an incident holds the fault that its label names: words of the services' own notes and of the proxies' logs. */
import type { CauseId } from "@faultline/model";

/** What must have been met, and how often for each request that failed. */
export type Sign = { readonly words: RegExp; readonly share: number };

/** Reasons and lines by who knew them: a service's notes, a proxy's lines, a supervisor's reports. */
export type Sources = Readonly<Record<string, ReadonlyMap<string, number>>>;

/** Who met the sign most often, how often, and in which words. */
export type Proof = { readonly source: string; readonly count: number; readonly reasons: readonly string[] };

/** Some clients give up before a busy machine has come to it. */
const MOST = 0.8;

const sign = (words: RegExp, share = MOST): Sign => ({ words, share });

/** The sign of each cause, where a scenario names none of its own. */
export const SIGNS: Readonly<Record<CauseId, Sign>> = {
  "unhandled-exception": sign(/^(?:TypeError Cannot|TypeError .* is not a function|TypeError Reduce|Error invariant)/),
  "invalid-input-unguarded": sign(/^(?:RangeError|SyntaxError|ValidationError|URIError|error 22P02|error 22001)/),
  "dependency-timeout": sign(/TimeoutError|AbortError|Command timed out|Query read timeout/),
  "dependency-error": sign(/^(?:answer 500|wire reset|wire cut-body)|internal redirection cycle|AH00124/),
  "third-party-failure": sign(/^(?:answer 50\d|wire hang)/),
  "database-failure": sign(
    /57P0|53300|25006|40P01|ECONNREFUSED|ReplyError|Connection terminated|terminating connection|READONLY|MISCONF|OOM/,
  ),
  "pool-exhausted": sign(/timeout exceeded when trying to connect|Bulkhead/),
  "resource-exhausted": sign(/ENOSPC|EMFILE|^OverloadedError|Too many open files|worker_connections are not enough| sQ--/),
  "memory-leak": sign(/OOMKilled|heap limit/, 0),
  "bad-deploy": sign(/^TypeError/),
  "bad-configuration": sign(/PROVIDER_API_KEY|limits\.maxItems|28P01|3D000|^answer 401|"key" argument/),
  "body-too-large": sign(/PayloadTooLarge|BODY_TOO_LARGE|^answer 413|" 413 | 413 .*PR--/),
  "parse-failure": sign(/^SyntaxError/),
  "gateway-mismatch": sign(/^wire (?:false-gzip|huge-header|bad-header|two-lengths|garbage|bad-chunk)|^SyntaxError/),
  "gateway-timeout": sign(/upstream timed out| sH--|AH01102|timeout awaiting response headers|" 503 /),
  "gateway-identity": sign(/^answer 403|certificate required|peer did not return a certificate/),
  "no-healthy-upstream": sign(/no live upstreams|<NOSRV>|no upstreams available|[Aa]ll workers are in error state/),
  "connection-refused": sign(/ECONNREFUSED|Connection refused|connection refused| SC--/),
  "keepalive-race": sign(/ECONNRESET|UND_ERR_SOCKET|EPIPE|prematurely closed|reset by peer/),
  "tls-failure": sign(/CERT_|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO|SELF_SIGNED|SSL|x509|tls:| SC--/),
  "dns-failure": sign(/ENOTFOUND|EAI_AGAIN|ESERVFAIL|ETIMEOUT|could not be resolved|no such host|server misbehaving|lookup /),
  "circuit-open": sign(/circuit breaker is open/, 0.5),
  "rate-limited-as-5xx": sign(/^answer 429|limiting requests/),
  "masked-by-middleware": sign(/^TypeError/),
  "retry-storm": sign(/^OverloadedError/, 2),
  "fault-injected": sign(/^answer 500| 503 .* PR--/),
};

/** The source that met the sign most often; `undefined` when that was too seldom for so many failing requests. */
export function findProof(sources: Sources, { words, share }: Sign, failing: number): Proof | undefined {
  const proofs = Object.entries(sources).map(([source, reasons]): Proof => {
    const met = [...reasons].filter(([reason]) => words.test(reason));
    const count = met.reduce((sum, [, times]) => sum + times, 0);
    return { source, count, reasons: met.slice(0, 3).map(([reason]) => reason.slice(0, 160)) };
  });
  const best = proofs.reduce<Proof | undefined>((most, each) => (most === undefined || each.count > most.count ? each : most), undefined);
  return best !== undefined && best.count > 0 && best.count >= failing * share ? best : undefined;
}
