import type { CapturedRequest, TraceException } from "@faultline/model";
import type { ReactNode } from "react";
import { Captured, CapturedBlock } from "./captured-text.tsx";
import { Pairs } from "./span-details.tsx";

/** The exceptions of a trace: the first in full, the others folded, because they are mostly its echo. */
export function Exceptions({ exceptions }: { readonly exceptions: readonly TraceException[] }): ReactNode {
  const [first, ...echoes] = exceptions;
  if (first === undefined)
    return <p className="muted">No exception was recorded: no span event and no log record of this trace carries one.</p>;
  return (
    <div className="exceptions">
      <ExceptionFigure exception={first} />
      {echoes.length > 0 && (
        <details className="more">
          <summary>{echoes.length === 1 ? "One more exception" : `${echoes.length} more exceptions`}</summary>
          {echoes.map((exception) => (
            <ExceptionFigure key={`${exception.service} ${exception.type} ${exception.message}`} exception={exception} />
          ))}
        </details>
      )}
    </div>
  );
}

function ExceptionFigure({ exception: { service, source, type, message, stack } }: { readonly exception: TraceException }): ReactNode {
  return (
    <article className="exception">
      <p className="exception-type">
        <b>
          <Captured text={type} />
        </b>
        <span className="muted">
          {" "}
          in <Captured text={service} />, from a {source === "span" ? "span" : "log record"}
        </span>
      </p>
      {message !== "" && (
        <p className="exception-message" tabIndex={0}>
          <Captured text={message} />
        </p>
      )}
      {stack !== undefined && <CapturedBlock text={stack} label={`Stack of ${type}`} isQuiet={isForeignFrame} />}
    </article>
  );
}

/** True for a stack frame that is not the team's own code. */
function isForeignFrame(line: string): boolean {
  return /^\s+at /.test(line) && /node_modules|\(?node:|<anonymous>/.test(line);
}

/** The captured request, with its secrets removed. */
export function RequestFigure({ request }: { readonly request: CapturedRequest | undefined }): ReactNode {
  if (request === undefined) return <p className="muted">No span of this trace describes the request.</p>;
  const headers = Object.entries(request.headers);
  return (
    <article className="request">
      <p className="request-line">
        <b>{request.method}</b> <Captured text={request.target} />
      </p>
      <Pairs pairs={headers} />
      {request.body !== undefined && <CapturedBlock text={toReadableBody(request.body)} label="Request body" />}
      {request.bodyTruncated && <p className="muted">The recorder cut this body at its limit.</p>}
      {request.body === undefined && (
        <p className="muted">
          {headers.length === 0 ? "Headers and body were" : "A body was"} not captured; <code>@faultline/guard</code> in{" "}
          <Captured text={request.service} /> captures the whole failing request, redacted.
        </p>
      )}
    </article>
  );
}

/** Formats JSON over several lines; leaves anything else as it is. */
function toReadableBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
