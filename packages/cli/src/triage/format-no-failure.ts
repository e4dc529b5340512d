import { isFailedProbe, type Probe, type Triage } from "@faultline/playbook/triage";
import { wrap } from "../wrap.ts";

/** What is said where the request did not fail: what came, and how to meet the failure that was meant. */
export function formatNoFailure(probes: readonly Probe[], { diagnosis }: Triage, columns: number): string {
  const [first] = probes;
  const status = first?.response?.status ?? 0;
  const elsewhere = probes.find((probe) => probe.purpose === "simple" && isFailedProbe(probe));
  const beside =
    elsewhere === undefined
      ? ""
      : ` But ${new URL(elsewhere.url).pathname} of the same host failed (${elsewhere.response?.status ?? "no response"}): triage that.`;
  const tries = probes.filter((probe) => probe.purpose === "first" || probe.purpose === "again").length;
  const times = ["", "once", "twice"][tries] ?? `${tries} times`;
  const said = `NO SERVER ERROR. ${describeOutcome(status)}, ${times}.${beside}`;
  const asked = diagnosis.next.filter(({ check }) => check.startsWith("It is refused"));
  const hints = [...asked, ...listHints(status)].flatMap(({ check, command }) => [
    ...wrap(`  ${check}`, columns),
    ...(command === undefined ? [] : [`      $ ${command}`]),
  ]);
  return `${[...wrap(said, columns), "", "NEXT", ...hints].join("\n")}\n`;
}

function describeOutcome(status: number): string {
  if (status >= 300 && status < 400) return `It redirects with ${status}`;
  if (status >= 400) return `It is refused with ${status}, which is an answer about the request`;
  return `It was answered with ${status}`;
}

type Hint = { readonly check: string; readonly command?: string };

function listHints(status: number): readonly Hint[] {
  if (status >= 300 && status < 400)
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
