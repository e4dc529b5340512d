import { isCutShort, isFailedProbe, type Probe, type Triage } from "@faultline/playbook/triage";
import { wrap } from "../output/wrap.ts";
import { describeEnd } from "./describe-end.ts";

/** Reports a request that did not fail: what was answered, and how to reproduce the failure that the user meant. */
export function formatNoFailure(probes: readonly Probe[], { diagnosis }: Triage, columns: number): string {
  const [first] = probes;
  const status = first?.response?.status ?? 0;
  const elsewhere = probes.find((probe) => probe.purpose === "simple" && isFailedProbe(probe));
  const beside =
    elsewhere === undefined
      ? ""
      : ` But ${new URL(elsewhere.url).pathname} of the same host failed (${elsewhere.response?.status ?? "no response"}): triage that.`;
  const tries = probes.filter((probe) => probe.purpose === "first" || probe.purpose === "again");
  const cutShort = tries.filter((probe) => first !== undefined && isCutShort(probe, first)).length;
  const times = ["", "once", "twice"][tries.length - cutShort] ?? `${tries.length - cutShort} times`;
  const unknown =
    cutShort === 0 ? "" : ` ${cutShort} more ${cutShort === 1 ? "was" : "were"} not waited for as long (--timeout gives more).`;
  const end = first?.response === undefined ? "" : describeEnd(first.response).replace(/^ and still coming$/, "");
  const cut = end === "" ? "" : ` But its body is ${first?.response?.bodyBytes ?? 0} bytes${end}, which a client takes for a failure.`;
  const said = `NO SERVER ERROR. ${describeOutcome(status)}, ${times}.${unknown}${cut}${describeSizes(probes)}${beside}`;
  const asked = diagnosis.next.filter(({ check }) => check.startsWith("It is refused"));
  const hints = [...asked, ...(cut === "" ? [] : [CUT_HINT]), ...listHints(status)].flatMap(({ check, command }) => [
    ...wrap(`  ${check}`, columns),
    ...(command === undefined ? [] : [`      $ ${command}`]),
  ]);
  return `${[...wrap(said, columns), "", "NEXT", ...hints].join("\n")}\n`;
}

/** The size limit that --probe-body found. */
function describeSizes(probes: readonly Probe[]): string {
  const sized = probes.filter(({ purpose }) => purpose === "body-size" || purpose === "first");
  const isRefused = (probe: Probe): boolean => probe.response?.status === 413 || isFailedProbe(probe);
  const [most, least] = [
    Math.max(...sized.filter((probe) => !isRefused(probe)).map(({ requestBodyBytes }) => requestBodyBytes)),
    Math.min(...sized.filter(isRefused).map(({ requestBodyBytes }) => requestBodyBytes)),
  ];
  return sized.length < 3 || most >= least ? "" : ` A body of ${most} bytes passes, one of ${least} is refused.`;
}

function describeOutcome(status: number): string {
  if (isRedirect(status)) return `It redirects with ${status}`;
  if (status === 304) return "It was answered with 304: what the client holds is still right";
  if (status >= 400) return `It is refused with ${status}, which is an answer about the request`;
  return `It was answered with ${status}`;
}

/** True for statuses that lead to another address (RFC 9110 section 15.4); 300 and 304 do not. */
function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

type Hint = { readonly check: string; readonly command?: string };

const CUT_HINT: Hint = {
  check:
    "Who ends the body: the app in the midst of writing, or a proxy (its error log)? Send the request straight to the backend with --direct.",
};

function listHints(status: number): readonly Hint[] {
  if (status === 413)
    return [
      {
        check:
          "Which hop has a limit near that size (client_max_body_size, body parser, API gateway payload)? --probe-body --unsafe finds the size.",
      },
    ];
  if (isRedirect(status))
    return [
      {
        check:
          "Is it a circle? Where does each redirect lead (curl -sIL URL), and does the server know that the client speaks HTTPS (X-Forwarded-Proto)?",
      },
    ];
  return [
    { check: "Does it fail only sometimes? --repeat 30 sends it more often, and once over an idle connection." },
    { check: 'Does it fail for somebody else? Take their request: a browser\'s "Copy as cURL", or a HAR file.' },
  ];
}
