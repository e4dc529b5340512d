import type { GateAnswer, OverviewAnswer, RolloutDecision } from "@faultline/model";
import type { FormEvent, ReactNode } from "react";
import { formatCount, formatDuration, toSentence } from "../format.ts";
import { useLive } from "../live.ts";
import { ArmFigure } from "../parts/arm-figure.tsx";
import { Captured } from "../parts/captured-text.tsx";
import { Command } from "../parts/copy-button.tsx";
import { Field } from "../parts/field.tsx";
import { ReleaseList } from "../parts/release-list.tsx";
import { Empty, Failed, Loading, Stale } from "../parts/page-state.tsx";
import { navigate } from "../router.ts";
import { useResource } from "../use-resource.ts";

/** A canary without requests for this long may be gone. */
const STALE_S = 120;
const VERDICTS: Readonly<Record<RolloutDecision["kind"], string>> = { promote: "Promote", "roll-back": "Roll back", wait: "Wait" };

/** Whether a version may get more traffic: the exact counts of two versions, and the decision with its reason. */
export function RolloutPage({ query }: { readonly query: string }): ReactNode {
  const asked = new URLSearchParams(query);
  const [baseline, canary] = [asked.get("baseline") ?? "", asked.get("canary") ?? ""];
  const [overview] = useResource<OverviewAnswer>("/api/overview?minutes=1440");
  const versions = overview.kind === "ready" ? [...new Set(overview.value.rows.flatMap((row) => row.version ?? []))].sort() : [];
  const services = overview.kind === "ready" ? [...new Set(overview.value.rows.map((row) => row.service))].sort() : [];
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(
      (pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "",
    );
    navigate(`/rollout?${new URLSearchParams(given).toString()}`);
  };
  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>Rollout</h1>
      </header>
      <form className="filter" onSubmit={apply} key={query}>
        <Field name="baseline" label="baseline version" value={baseline} required suggestions={versions} />
        <Field name="canary" label="canary version" value={canary} required suggestions={versions} />
        <Field name="service" label="service (any)" value={asked.get("service") ?? ""} suggestions={services} />
        <button type="submit">Decide</button>
      </form>
      {baseline !== "" && canary !== "" ? (
        <Decision query={asked.toString()} baseline={baseline} canary={canary} />
      ) : (
        <Empty title="Which version stands, and which one comes?">
          <p>
            The decision is an exact test on counts: promote, roll back, or wait for so many more requests. It never promotes without
            evidence.
          </p>
          {overview.kind === "ready" && <ReleaseList changes={overview.value.changes} />}
        </Empty>
      )}
    </>
  );
}

type DecisionProps = { readonly query: string; readonly baseline: string; readonly canary: string };

function Decision({ query, baseline, canary }: DecisionProps): ReactNode {
  const [answer, refresh] = useResource<GateAnswer>(`/api/gate?${query}`);
  useLive(() => refresh());
  if (answer.kind === "loading") return <Loading what="the decision" />;
  if (answer.kind === "failed") return <Failed problem={answer.problem} />;
  const asked = new URLSearchParams(query).get("service");
  const service = asked === null ? "" : ` --service ${quote(asked)}`;
  const { decision, canaryAgeS } = answer.value;
  return (
    <>
      <Stale problem={answer.problem} />
      <section className={`decision decision-${decision.kind}`} aria-live="polite">
        <h2>{VERDICTS[decision.kind]}</h2>
        <p>
          <Captured text={toSentence(decision.because)} />
        </p>
        {decision.kind === "wait" && decision.needMore !== undefined && (
          <p>
            It takes <b>{formatCount(decision.needMore)}</b> more requests to the canary before a promotion is possible.
          </p>
        )}
        {canaryAgeS !== undefined && canaryAgeS > STALE_S && (
          <p className="stale">The newest request to the canary is {formatDuration(canaryAgeS * 1000)} old: is it still getting traffic?</p>
        )}
      </section>
      <ArmFigure
        arms={[
          { name: `baseline ${baseline}`, counts: decision.baseline, ratio: answer.value.baselineRatio },
          { name: `canary ${canary}`, counts: decision.canary, ratio: answer.value.canaryRatio },
        ]}
      />
      <section>
        <h2>In a pipeline</h2>
        <Command text={`npx faultline gate --baseline ${quote(baseline)} --canary ${quote(canary)}${service}`} />
      </section>
    </>
  );
}

function quote(word: string): string {
  return /^[\w.+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
