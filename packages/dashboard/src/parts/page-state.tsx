import type { ProblemDetails } from "@faultline/model";
import { type ReactNode, useEffect, useState } from "react";

/** Grey bars in place of an answer. They appear only when it is slow, so that a quick page does not flicker. */
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

type StateProps = {
  readonly title: string;
  /** True when it replaces the whole page, so that its title is the page's heading. */
  readonly isPage?: boolean;
};

function StateTitle({ title, isPage = false }: StateProps): ReactNode {
  return isPage ? (
    <h1 className="empty-title" tabIndex={-1}>
      {title}
    </h1>
  ) : (
    <p className="empty-title">{title}</p>
  );
}

/** An empty state: says that there is nothing, and what has to happen for something to appear. */
export function Empty({ children, ...title }: StateProps & { readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <StateTitle {...title} />
      {children}
    </div>
  );
}

type FailedProps = { readonly problem: ProblemDetails; readonly isPage?: boolean; readonly children?: ReactNode };

/** A page, or part of it, that could not be fetched: shows the collector's own message. */
export function Failed({ problem, isPage = false, children }: FailedProps): ReactNode {
  return (
    <div className="failed" role="alert">
      <StateTitle title={problem.title} isPage={isPage} />
      <p>{problem.detail}</p>
      {children}
    </div>
  );
}

/** A notice that the answer shown is old, because fetching a newer one failed. */
export function Stale({ problem }: { readonly problem: ProblemDetails | undefined }): ReactNode {
  if (problem === undefined) return null;
  return (
    <p className="stale" role="status">
      Not up to date: {problem.detail}
    </p>
  );
}
