import { Component, type ReactNode } from "react";

type Props = { readonly children: ReactNode };
type State = { readonly error: Error | undefined };

/** An error boundary: a page that fails to render says so, and the frame stays. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="failed" role="alert">
        <p className="empty-title">This page broke.</p>
        <p>This is a defect in Faultline: {error.message}</p>
        <button type="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </div>
    );
  }
}
