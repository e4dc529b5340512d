import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

/** ASP.NET and IIS. */
export const DOTNET_SIGNATURES: readonly Signature[] = [
  framework({
    id: "aspnet-problem",
    vendor: "ASP.NET Core",
    pattern: { status: [500], json: { title: "An error occurred while processing your request.", traceId: true } },
    meaning: "an exception in the app; traceId is a W3C traceparent",
    cause: "unhandled-exception",
  }),
  framework({
    id: "aspnet-page",
    vendor: "ASP.NET",
    pattern: { status: [500], bodyHas: ["Server Error in '", "' Application."] },
    meaning: "an exception in the app; a stack in it is a leak",
    cause: "unhandled-exception",
  }),
  framework({
    id: "iis-503",
    vendor: "IIS",
    hop: "app-server",
    pattern: { status: [503], bodyHas: ["HTTP Error 503. The service is unavailable."] },
    meaning: "http.sys answered: the application pool is stopped or its queue full; see httperr",
  }),
  framework({
    id: "iis-500",
    vendor: "IIS",
    hop: "app-server",
    pattern: { status: [500, 502], bodyHas: ["HTTP Error 50", "ANCM"] },
    meaning: "the ASP.NET Core module could not start or reach the app",
  }),
  framework({
    id: "iis-start",
    vendor: "IIS",
    hop: "app-server",
    pattern: { status: [500], bodyHas: ["HTTP Error 500.3", "ASP.NET Core app failed to start"] },
    meaning: "the app ended while it started: its configuration, its runtime or an exception; the event log says which",
  }),
  framework({
    id: "iis-500-page",
    vendor: "IIS",
    hop: "app-server",
    pattern: { status: [500], bodyHas: ["500 - Internal server error.", "There is a problem with the resource you are looking for"] },
    meaning: "IIS hides what the app behind it failed with: its own log, or the page asked for on the server itself, has the details",
  }),
];
