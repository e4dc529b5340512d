import type { Scenario } from "../generator/stage.ts";
import { connectionRefused } from "./connection-refused.ts";
import { dependencyTimeout } from "./dependency-timeout.ts";
import { unhandledException } from "./unhandled-exception.ts";

/** Every scenario by the name of its folder: a cause, or the negatives. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "connection-refused": connectionRefused,
  "dependency-timeout": dependencyTimeout,
  "unhandled-exception": unhandledException,
};
