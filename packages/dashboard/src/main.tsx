import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/story.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { LiveContext, openLive } from "./live.ts";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");
const live = openLive();
createRoot(place).render(
  <StrictMode>
    <LiveContext value={live}>
      <App />
    </LiveContext>
  </StrictMode>,
);
