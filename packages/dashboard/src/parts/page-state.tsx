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

type StateProps = {
  readonly title: string;
  /** It stands for the whole page, and so is its heading. */
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

/** Nothing is there, and that is an answer: what would have to happen for something to be. */
export function Empty({ children, ...title }: StateProps & { readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <StateTitle {...title} />
      {children}
    </div>
  );
}

type FailedProps = { readonly problem: ProblemDetails; readonly isPage?: boolean; readonly children?: ReactNode };

/** The page, or a part of it, could not be had: the collector's own sentence. */
export function Failed({ problem, isPage = false, children }: FailedProps): ReactNode {
  return (
    <div className="failed" role="alert">
      <StateTitle title={problem.title} isPage={isPage} />
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
