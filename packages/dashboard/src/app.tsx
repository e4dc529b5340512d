import { type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { LiveContext } from "./live.ts";
import { FailingPage } from "./pages/failing-page.tsx";
import { FaultPage } from "./pages/fault-page.tsx";
import { OverviewPage } from "./pages/overview-page.tsx";
import { RolloutPage } from "./pages/rollout-page.tsx";
import { TracePage } from "./pages/trace-page.tsx";
import { HealthFooter } from "./parts/health-footer.tsx";
import { Link } from "./parts/link.tsx";
import { PageBoundary } from "./parts/page-boundary.tsx";
import { Empty } from "./parts/page-state.tsx";
import { ThemeButton } from "./parts/theme-button.tsx";
import { type Page, parsePage, useAddress } from "./router.ts";

const TITLES: Readonly<Record<Page["kind"], string>> = {
  overview: "Overview",
  fault: "Fault",
  trace: "Trace",
  failing: "Failing requests",
  rollout: "Rollout",
  unknown: "No such page",
};

/** The frame around every page: navigation, live status, theme, and the collector's health. */
export function App(): ReactNode {
  const address = useAddress();
  const { pathname, search } = new URL(address, location.origin);
  const page = parsePage(pathname, search);
  usePageFocus(pathname, TITLES[page.kind]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="bar">
        <Link to="/" className="brand">
          <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true">
            <path d="M1 12h8l3-9 3.5 15 2.5-8 1 2h8" />
          </svg>
          Faultline
        </Link>
        <nav aria-label="Pages">
          <Link to="/" current={page.kind === "overview"}>
            Overview
          </Link>
          <Link to="/failing" current={page.kind === "failing"}>
            Failing requests
          </Link>
          <Link to="/rollout" current={page.kind === "rollout"}>
            Rollout
          </Link>
        </nav>
        <LiveMark isPast={page.kind === "overview" && page.range.kind === "between"} />
        <ThemeButton />
      </header>
      <main id="main" key={pathname}>
        <PageBoundary>
          <Shown page={page} />
        </PageBoundary>
      </main>
      <HealthFooter />
    </>
  );
}

function Shown({ page }: { readonly page: Page }): ReactNode {
  switch (page.kind) {
    case "overview":
      return <OverviewPage range={page.range} filter={page.filter} />;
    case "fault":
      return <FaultPage fingerprint={page.fingerprint} traceId={page.traceId} />;
    case "trace":
      return <TracePage traceId={page.traceId} spanId={page.spanId} fingerprint={page.fingerprint} />;
    case "failing":
      return <FailingPage query={page.query} />;
    case "rollout":
      return <RolloutPage query={page.query} />;
    case "unknown":
      return (
        <Empty isPage title="There is no such page.">
          <Link to="/">To the overview</Link>
        </Empty>
      );
  }
}

const HEADING_TRIES = 30;

/** Moves the focus to a new page's heading once it is rendered, so that keyboard and screen reader follow. */
function usePageFocus(path: string, title: string): void {
  const shown = useRef(path);
  useEffect(() => {
    document.title = `${title} · Faultline`;
    if (shown.current === path) return undefined;
    shown.current = path;
    let tries = 0;
    const timer = setInterval(() => {
      const heading = document.querySelector<HTMLElement>("main h1");
      heading?.focus({ preventScroll: true });
      tries += 1;
      if (heading !== null || tries > HEADING_TRIES) clearInterval(timer);
    }, 50);
    return () => clearInterval(timer);
  }, [path, title]);
}

/** Shows whether the page updates by itself; one that shows a chosen time does not. */
function LiveMark({ isPast }: { readonly isPast: boolean }): ReactNode {
  const live = useContext(LiveContext);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => live?.watch(setOpen), [live]);
  return (
    <span className={`live${isOpen && !isPast ? " live-on" : ""}`} role="status">
      <i aria-hidden="true" />
      {isPast ? "past time" : isOpen ? "live" : "connecting"}
    </span>
  );
}
