import type { HopAccount } from "@faultline/model";
import { type ReactNode, useState } from "react";
import { foldPath } from "./fold-path.ts";
import { Captured } from "./captured-text.tsx";
import { EvidenceList } from "./evidence-list.tsx";
import { FATE_MEANINGS, FateMark } from "./fate-mark.tsx";

/** The failing request's path as a picture, client first; each connector shows the answer that came back over it. */
export function HopPath({ path }: { readonly path: readonly HopAccount[] }): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const { before, folded, after } = foldPath(path);
  return (
    <>
      <ol className="hops" aria-label="Path of the failing request, client first">
        <li className="hop hop-client">
          <div className="hop-box">
            <span className="hop-name">client</span>
          </div>
        </li>
        {before.map(toHop)}
        {folded.length > 0 && !isWhole && (
          <li className="hop hop-folded">
            <button type="button" className="quiet" onClick={() => setWhole(true)}>
              {folded.length} more hops passed it on
            </button>
          </li>
        )}
        {isWhole && folded.map(toHop)}
        {after.map(toHop)}
      </ol>
      {isWhole && (
        <button type="button" className="quiet" onClick={() => setWhole(false)}>
          Show fewer hops
        </button>
      )}
    </>
  );
}

function toHop(hop: HopAccount): ReactNode {
  return (
    <li key={hop.hop} className={`hop hop-${hop.fate}`}>
      <div className="hop-answer" title={`${hop.service} answered ${hop.status}`}>
        <span>
          <Captured text={hop.status} />
        </span>
        <svg viewBox="0 0 40 8" aria-hidden="true">
          <path d="M39 4H2M6 1L2 4l4 3" />
        </svg>
      </div>
      <div className="hop-box">
        <FateMark fate={hop.fate} />
        <span className="hop-name">
          <Captured text={hop.service} />
        </span>
        <span className="hop-operation">
          <Captured text={hop.operation} />
        </span>
      </div>
    </li>
  );
}

/** The reason for each hop's fate. */
export function HopEvidence({ path }: { readonly path: readonly HopAccount[] }): ReactNode {
  const told = path.filter((hop) => hop.evidence.length > 0);
  if (told.length === 0) return null;
  return (
    <details className="more">
      <summary>Why each hop is judged so</summary>
      {told.map((hop) => (
        <section key={hop.hop} className="hop-why">
          <h3>
            <FateMark fate={hop.fate} word={false} /> <Captured text={hop.service} /> {FATE_MEANINGS[hop.fate]}
          </h3>
          <EvidenceList evidence={hop.evidence} />
        </section>
      ))}
    </details>
  );
}
