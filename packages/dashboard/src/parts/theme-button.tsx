import { type ReactNode, useState } from "react";

const ORDER = ["system", "light", "dark"] as const;
type Theme = (typeof ORDER)[number];
const KEY = "faultline.theme";

function readTheme(): Theme {
  return ORDER.find((theme) => theme === document.documentElement.dataset["theme"]) ?? "system";
}

function keepTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is blocked, so the choice lasts for this page only.
  }
}

/** Cycles through the themes system, light and dark. */
export function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState(readTheme);
  const turn = (): void => {
    const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "system";
    keepTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" className="theme" onClick={turn} aria-label={`Theme: ${theme}`} title={`Theme: ${theme}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" className="line" />
        {theme !== "light" && <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" className="fill" />}
        {theme === "dark" && <circle cx="8" cy="8" r="6.2" className="fill" />}
      </svg>
      <span className="theme-word">{theme}</span>
    </button>
  );
}
