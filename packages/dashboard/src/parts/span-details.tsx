import type { AttributeValue, WaterfallRow } from "@faultline/model";
import type { ReactNode } from "react";
import { formatDuration } from "../format.ts";
import { toTraceAddress } from "../router.ts";
import { Captured, CapturedBlock } from "./captured-text.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Link } from "./link.tsx";

/** Longer values get a block of their own. */
const LONG = 160;

type Props = { readonly row: WaterfallRow; readonly traceId: string };

/** Everything recorded about one span, and a link to share that opens it. */
export function SpanDetails({ row, traceId }: Props): ReactNode {
  const address = toTraceAddress(traceId, row.spanId);
  const about = [
    ["span", row.spanId],
    ["kind", row.kind],
    ["version", row.version],
    ["instance", row.instance],
    ["region", row.region],
    ["clock moved by", Math.abs(row.skewMs) >= 1 ? formatDuration(Math.abs(row.skewMs)) : undefined],
    ["status", row.status === "unset" ? undefined : `${row.status}${row.statusMessage ? `: ${row.statusMessage}` : ""}`],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined);
  return (
    <div className="span-details">
      <p className="span-link">
        <Link to={address}>This span</Link> <CopyButton text={() => location.origin + address} label="Copy link" />
      </p>
      <Pairs pairs={about} />
      <Pairs pairs={toPairs(row.attributes)} />
      {row.events.map((event, index) => (
        <section key={`${index} ${event.name}`}>
          <h4>
            <Captured text={event.name} />
          </h4>
          <Pairs pairs={toPairs(event.attributes)} />
        </section>
      ))}
    </div>
  );
}

function toPairs(attributes: Readonly<Record<string, AttributeValue | undefined>>): [string, string][] {
  return Object.entries(attributes)
    .filter((pair): pair is [string, AttributeValue] => pair[1] !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]);
}

/** Names and values in two columns. */
export function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }): ReactNode {
  if (pairs.length === 0) return null;
  return (
    <dl className="pairs">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>
            <Captured text={name} />
          </dt>
          <dd>{value.length > LONG || value.includes("\n") ? <CapturedBlock text={value} label={name} /> : <Captured text={value} />}</dd>
        </div>
      ))}
    </dl>
  );
}
