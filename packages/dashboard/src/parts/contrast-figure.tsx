import type { AttributeContrast } from "@faultline/model";
import type { ReactNode } from "react";
import { formatRatio } from "../format.ts";
import { Captured } from "./captured-text.tsx";

type Compared = { readonly failing: number; readonly succeeding: number };

/** One attribute: for each value or range, the share of failing requests above the share of good ones. */
export function ContrastFigure({ contrast, compared }: { readonly contrast: AttributeContrast; readonly compared: Compared }): ReactNode {
  return (
    <figure className="contrast">
      <figcaption>
        <code>
          <Captured text={contrast.attribute} />
        </code>
        <span className="muted">separates {formatRatio(contrast.separation)}</span>
      </figcaption>
      <table>
        <thead className="unseen">
          <tr>
            <th scope="col">Value</th>
            <th scope="col">Share of failing and of good requests</th>
          </tr>
        </thead>
        <tbody>
          {contrast.groups.map((group) => (
            <tr key={group.label}>
              <th scope="row">
                <Captured text={group.label} />
              </th>
              <td>
                <Share kind="failing" count={group.failing} all={compared.failing} />
                <Share kind="good" count={group.succeeding} all={compared.succeeding} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

type ShareProps = { readonly kind: "failing" | "good"; readonly count: number; readonly all: number };

function Share({ kind, count, all }: ShareProps): ReactNode {
  const share = all === 0 ? 0 : count / all;
  return (
    <div className={`share share-${kind}`}>
      <span className="share-bar" aria-hidden="true">
        <span style={{ width: `${(share * 100).toFixed(1)}%` }} />
      </span>
      <span className="share-number">
        {count} of {all}
        <span className="unseen"> {kind}</span>
      </span>
    </div>
  );
}
