import type { GuardPlan, Protection } from "@faultline/model";
import type { ReactNode } from "react";
import { addressCollector } from "../address-collector.ts";
import { Captured, CapturedBlock } from "./captured-text.tsx";
import { CopyButton } from "./copy-button.tsx";

/** What protects users now, and what would have prevented the failure. */
export function GuardPlanFigure({ plan }: { readonly plan: GuardPlan }): ReactNode {
  if (plan.now.length === 0 && plan.prevent.length === 0) return null;
  return (
    <section>
      <h2>Guard</h2>
      <div className="columns">
        <Protections title="Now, for the users" protections={plan.now} />
        <Protections title="So that it does not come back" protections={plan.prevent} />
      </div>
    </section>
  );
}

type Props = { readonly title: string; readonly protections: readonly Protection[] };

function Protections({ title, protections }: Props): ReactNode {
  if (protections.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="protections">
        {protections.map(({ what, where, example }) => (
          <li key={`${what} ${where}`}>
            <p>
              <Captured text={what} />{" "}
              <span className="muted">
                in <Captured text={where} />
              </span>
            </p>
            {example !== undefined && (
              <div className="example">
                <CapturedBlock text={addressCollector(example, location.origin)} label={`Example: ${what}`} />
                <CopyButton text={addressCollector(example, location.origin)} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
