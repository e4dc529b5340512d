import type { Diagnosis, RankedCause } from "@faultline/model";
import type { ReactNode } from "react";
import { formatRatio } from "../format.ts";
import { Captured } from "./captured-text.tsx";
import { EvidenceList } from "./evidence-list.tsx";

/** The causes, best first: the first in full, the others folded. */
export function CauseAccounts({ diagnosis: { causes, verdict } }: { readonly diagnosis: Diagnosis }): ReactNode {
  const [first, ...others] = causes;
  if (first === undefined) return <p className="muted">No cause has positive evidence.</p>;
  return (
    <div className="causes">
      <Account cause={first} isNamed={verdict === "diagnosed"} />
      {others.map((cause) => (
        <details key={cause.cause} className="more">
          <summary>
            {cause.cause} <Confidence ratio={cause.confidence} />
          </summary>
          <Account cause={cause} isNamed={false} isBare />
        </details>
      ))}
    </div>
  );
}

type AccountProps = { readonly cause: RankedCause; readonly isNamed: boolean; readonly isBare?: boolean };

function Account({ cause, isNamed, isBare = false }: AccountProps): ReactNode {
  return (
    <div className="account">
      {!isBare && (
        <h3>
          {cause.cause} <Confidence ratio={cause.confidence} />
          {!isNamed && <span className="muted"> not enough to name it</span>}
        </h3>
      )}
      <EvidenceList evidence={cause.evidence} />
      {cause.against.length > 0 && (
        <>
          <h4>Against it</h4>
          <EvidenceList evidence={cause.against} />
        </>
      )}
    </div>
  );
}

function Confidence({ ratio }: { readonly ratio: number }): ReactNode {
  return (
    <span className="confidence">
      <span className="confidence-track" aria-hidden="true">
        <span style={{ width: `${(ratio * 100).toFixed(0)}%` }} />
      </span>
      {formatRatio(ratio)} sure
    </span>
  );
}

/** Why each other cause was not chosen. */
export function RuledOut({ ruledOut }: { readonly ruledOut: Diagnosis["ruledOut"] }): ReactNode {
  if (ruledOut.length === 0) return null;
  return (
    <details className="more aside-block">
      <summary>Why none of the {ruledOut.length} other causes</summary>
      <ul className="ruled-out ruled-out-all">
        {ruledOut.map(({ cause, because }) => (
          <li key={cause}>
            <b>{cause}</b> <Captured text={because} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Missing evidence, and what it would tell. */
export function MissingList({ missing }: { readonly missing: Diagnosis["missing"] }): ReactNode {
  if (missing.length === 0) return null;
  return (
    <div className="aside-block">
      <h3>Missing</h3>
      <ul className="ruled-out">
        {missing.map(({ what, wouldTell }) => (
          <li key={`${what} ${wouldTell}`}>
            <b>
              <Captured text={what} />
            </b>{" "}
            would tell <Captured text={wouldTell} />
          </li>
        ))}
      </ul>
    </div>
  );
}
