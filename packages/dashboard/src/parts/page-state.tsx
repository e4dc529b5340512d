import type { ProblemDetails } from "@faultline/model";
import { type ReactNode, useEffect, useState } from "react";

/** Grey bars where the answer will stand; they appear only when the answer is slow, so that a quick page does not blink. */
export function Loading({ what }: { readonly what: string }): ReactNode {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="loading" role="status" aria-label={`Loading ${what}`}>
      {isSlow && (
        <>
          <div className="bone wide" />
          <div className="bone" />
          <div className="bone tall" />
          <p className="muted">Loading {what}…</p>
        </>
      )}
    </div>
  );
}

/** Nothing is there, and that is an answer: what would have to happen for something to be. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** The page could not be had: the collector's own sentence. */
export function Failed({ problem, children }: { readonly problem: ProblemDetails; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="failed" role="alert">
      <p className="empty-title">{problem.title}</p>
      <p>{problem.detail}</p>
      {children}
    </div>
  );
}

/** The shown answer is an old one, because a newer one could not be had. */
export function Stale({ problem }: { readonly problem: ProblemDetails | undefined }): ReactNode {
  if (problem === undefined) return null;
  return (
    <p className="stale" role="status">
      Not up to date: {problem.detail}
    </p>
  );
}
