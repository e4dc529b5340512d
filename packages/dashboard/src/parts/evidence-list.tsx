import type { Evidence } from "@faultline/model";
import type { ReactNode } from "react";
import { Captured } from "./captured-text.tsx";

/** The strength of a piece of evidence in a word. Weights are log-odds in nats. */
function toStrength(weight: number): { readonly word: string; readonly bars: number } {
  if (weight >= 3) return { word: "nearly proof", bars: 4 };
  if (weight >= 1.5) return { word: "strong", bars: 3 };
  return weight >= 0.75 ? { word: "fair", bars: 2 } : { word: "weak", bars: 1 };
}

/** Evidence, the strongest first, each with its measurement and its source. */
export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }): ReactNode {
  const ordered = [...evidence].sort((a, b) => b.weight - a.weight);
  return (
    <ul className="evidence">
      {ordered.map((each, index) => {
        const { word, bars } = toStrength(each.weight);
        return (
          <li key={`${index} ${each.statement}`}>
            <span className={`strength strength-${bars}`} title={`${word} evidence (${each.weight.toFixed(1)})`}>
              <i />
              <i />
              <i />
              <i />
              <span className="unseen">{word}:</span>
            </span>
            <div>
              <span className="statement">
                <Captured text={each.statement} />
              </span>
              <span className="measured">
                <Captured text={each.measured} /> <span className="source">{each.source}</span>
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
