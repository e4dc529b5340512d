import type { MouseEvent, ReactNode } from "react";
import { navigate } from "../router.ts";

type Props = {
  readonly to: string;
  readonly className?: string;
  readonly current?: boolean;
  /** Called when the link is opened in this tab. */
  readonly onOpen?: () => void;
  readonly children: ReactNode;
};

/** A link inside the dashboard: a real address, opened without reloading the page. */
export function Link({ to, className, current = false, onOpen, children }: Props): ReactNode {
  const open = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen?.();
    navigate(to);
  };
  return (
    <a href={to} className={className} onClick={open} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}
