import type { HealthAnswer } from "@faultline/model";
import { type ReactNode, useContext, useEffect } from "react";
import { formatBytes, formatCount } from "../format.ts";
import { LiveContext } from "../live.ts";
import { useResource } from "../use-resource.ts";
import { Captured } from "./captured-text.tsx";

const EVERY_MS = 10_000;

/** The collector's account of everything it was sent: nothing is lost without being counted. */
export function HealthFooter(): ReactNode {
  const [health, refresh] = useResource<HealthAnswer>("/api/health");
  useEffect(() => {
    const timer = setInterval(refresh, EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  // Fetches again when the connection is lost or restored, so that the footer changes together with the header.
  const live = useContext(LiveContext);
  useEffect(() => live?.watch(refresh), [live, refresh]);
  if (health.kind === "loading") return <footer className="health">…</footer>;
  if (health.kind === "failed")
    return <footer className="health health-bad">The collector does not answer: {health.problem.detail}</footer>;
  if (health.problem !== undefined)
    return <footer className="health health-bad">The collector does not answer: {health.problem.detail}</footer>;
  const { ready, accepted, stored, deduplicated, dropped, sizeBytes, audit, version } = health.value;
  const drops = Object.entries(dropped).filter(([, count]) => count > 0);
  const lost = drops.reduce((sum, [, count]) => sum + count, 0);
  return (
    <footer className={`health${ready && audit.length === 0 ? "" : " health-bad"}`}>
      <span>{ready ? "Collector ready" : "Collector not ready"}</span>
      <span>
        {formatCount(accepted)} records accepted = {formatCount(stored)} stored + {formatCount(deduplicated)} duplicates +{" "}
        {formatCount(lost)} dropped
      </span>
      {drops.map(([reason, count]) => (
        <span key={reason}>
          {formatCount(count)} dropped: <Captured text={reason} />
        </span>
      ))}
      <span>{formatBytes(sizeBytes)} on disk</span>
      {audit.map((finding) => (
        <span key={finding}>
          <Captured text={finding} />
        </span>
      ))}
      <span>Faultline {version}</span>
    </footer>
  );
}
