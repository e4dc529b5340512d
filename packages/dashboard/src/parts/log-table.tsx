import type { Exchange, TraceLog } from "@faultline/model";
import type { ReactNode } from "react";
import { formatClock } from "../format.ts";
import { Captured } from "./captured-text.tsx";

/** OpenTelemetry's severity numbers in words. */
function toLevel(severity: number): string {
  if (severity >= 21) return "fatal";
  if (severity >= 17) return "error";
  if (severity >= 13) return "warn";
  if (severity >= 9) return "info";
  return severity === 0 ? "–" : "debug";
}

/** The log records of a trace in order of time. */
export function LogTable({ logs }: { readonly logs: readonly TraceLog[] }): ReactNode {
  if (logs.length === 0) return null;
  return (
    <section>
      <h2>Logs</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label="Log records of the trace">
        <table className="rows logs">
          <tbody>
            {logs.map((log, index) => (
              <tr key={`${index} ${log.timeMs}`} className={`level-${toLevel(log.severity)}`}>
                <td className="time">{formatClock(log.timeMs)}</td>
                <td>{toLevel(log.severity)}</td>
                <td>
                  <Captured text={log.service} />
                </td>
                <td className="log-body">
                  <Captured text={log.body} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The lines about this request in intermediaries' access logs. */
export function ExchangeTable({ exchanges }: { readonly exchanges: readonly Exchange[] }): ReactNode {
  if (exchanges.length === 0) return null;
  return (
    <section>
      <h2>Access logs</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label="Access-log lines of this request">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Observer</th>
              <th scope="col">Request</th>
              <th scope="col">Answered</th>
              <th scope="col">From behind</th>
              <th scope="col">Made by</th>
            </tr>
          </thead>
          <tbody>
            {exchanges.map((exchange, index) => (
              <tr key={`${index} ${exchange.observer.name}`}>
                <td>
                  <Captured text={exchange.observer.name} />
                </td>
                <td className="route">
                  <Captured text={`${exchange.method ?? ""} ${exchange.path ?? ""}`} />
                </td>
                <td>{exchange.status ?? "none"}</td>
                <td>{exchange.upstream?.map((attempt) => attempt.status ?? "none").join(", ") ?? "–"}</td>
                <td>
                  <Captured text={exchange.madeBy?.because ?? "–"} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
