import type { DemoSwitch } from "@faultline/model";
import { answerJson, answerProblem } from "./problem.ts";
import { readJsonObject } from "./read-body.ts";
import type { Call, Answer } from "./route.ts";

const TIMEOUT_MS = 3000;
const MOST_SWITCHES = 100;

/** Forwards the demo shop's fault switches to the process that owns them; without a demo there are none. */
export type DemoSwitchboard = { readonly isThere: boolean; list(): Promise<Answer>; switch(call: Call): Promise<Answer> };

/**
 * Speaks to the switchboard of a running demo: `GET <url>/faults` lists the switches, `POST <url>/faults/<id>` with `{ on }` moves
 * one and answers the list.
 */
export function createDemoSwitchboard(base: string | undefined): DemoSwitchboard {
  const url = base?.replace(/\/+$/, "");
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    if (url === undefined) return answerProblem(404, "No demo is running here; npm start runs one.");
    try {
      const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
      if (response.status === 404) return answerProblem(404, "The demo has no fault of this name; /api/demo/faults lists them.", "id");
      const faults = response.ok ? parseSwitches(await response.json()) : undefined;
      return faults === undefined
        ? answerProblem(502, "The demo's switchboard did not answer with its faults; is another program at its port?")
        : answerJson({ faults });
    } catch {
      return answerProblem(502, "The demo's switchboard does not answer; has the demo ended? npm start runs it.");
    }
  };
  return {
    isThere: url !== undefined,
    list: () => ask("/faults", {}),
    async switch({ request, params }) {
      const body = await readJsonObject(request);
      if (!body.ok) return { kind: "problem", problem: body.error };
      const { on } = body.value;
      if (typeof on !== "boolean") return answerProblem(400, "on has to be true or false, without quotes.", "on");
      const headers = { "content-type": "application/json" };
      return ask(`/faults/${encodeURIComponent(params["id"] ?? "")}`, { method: "POST", headers, body: JSON.stringify({ on }) });
    },
  };
}

function parseSwitches(value: unknown): readonly DemoSwitch[] | undefined {
  const list: unknown = typeof value === "object" && value !== null && "faults" in value ? value.faults : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.slice(0, MOST_SWITCHES).flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null || !("id" in each) || !("on" in each)) return [];
    const title = "title" in each ? String(each.title) : String(each.id);
    return [{ id: String(each.id), title, on: each.on === true }];
  });
}
