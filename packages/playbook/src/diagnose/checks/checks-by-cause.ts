import type { CauseId } from "@faultline/model";

/**
 * A check with placeholders (see `CheckWords`). If `check` needs a word that the telemetry does not have, the check is left out. If only
 * `command` does, the check is given without it.
 */
export type CheckTemplate = {
  readonly check: string;
  readonly command?: string;
  /** True if the check is worth nothing without its command. */
  readonly needsCommand?: boolean;
  /** True if the check is left out where the hop's software has its own checks for the cause. */
  readonly isGeneral?: boolean;
};

const TIMINGS = String.raw`dns %{time_namelookup} connect %{time_connect} first byte %{time_starttransfer} total %{time_total}\n`;
const TIME_CALL: CheckTemplate = {
  check: "Time the call to {{callee}} from the machine of {{caller}}, part by part",
  command: `curl -sS -o /dev/null -w '${TIMINGS}' {{callUrl}}`,
  needsCommand: true,
};
const RUNNING_QUERIES: CheckTemplate = {
  check: "What runs, and who waits for whom, in {{database}} at {{host}}?",
  command: "{{runningQueries}}",
};
const TRIAGE_CALL: CheckTemplate = {
  check: "Ask {{callee}} itself, past {{caller}}: which hop answers, and how",
  command: "npx faultline triage {{callUrl}}",
};
const TRIAGE_FRONT: CheckTemplate = {
  check: "Send the request through the front and straight to {{service}}, and compare the two answers",
  command: "npx faultline triage {{frontUrl}} --direct {{url}}",
};
const FRAME: CheckTemplate = { check: "Open {{frame}}, where {{exception}} was thrown; who changed it last?", command: "{{blame}}" };
const PORT: CheckTemplate = { check: "Does anything listen at {{host}}:{{port}}?", command: "nc -vz -w 2 {{host}} {{port}}" };
const GATE: CheckTemplate = {
  check: "Compare the failing share of {{service}} {{version}} with that of {{previousVersion}}",
  command: "npx faultline gate --service {{serviceWord}} --baseline {{previousVersion}} --canary {{version}}",
};

/** For every cause, as the last check: keep the failing request itself. */
export const PROVE: CheckTemplate = {
  check: "Turn this failing request into a regression test: red before the fix, green after it",
  command: "npx faultline prove {{traceId}} --as node:test",
};

/** Where to look and what to run for each cause, the most informative check first. */
export const CHECKS: Readonly<Record<CauseId, readonly CheckTemplate[]>> = {
  "unhandled-exception": [FRAME],
  "invalid-input-unguarded": [FRAME],
  "dependency-timeout": [RUNNING_QUERIES, TIME_CALL],
  "dependency-error": [TRIAGE_CALL, { check: "Read the log of {{callee}} at {{time}}" }],
  "third-party-failure": [{ check: "Look at the status page of {{callee}}" }, TRIAGE_CALL],
  "database-failure": [
    PORT,
    { check: "Read the log of {{callee}} at {{time}}: refused log-ins, a restart, a full disk, a fail-over?" },
    RUNNING_QUERIES,
  ],
  "pool-exhausted": [
    RUNNING_QUERIES,
    { check: "Count connections used and waiting in {{service}} against its pool's limit: is one not given back, or are there too few?" },
  ],
  "resource-exhausted": [
    {
      check: "Which resource of a busy instance of {{service}} is full: processor, memory, threads, open files?",
      command: "top -H -b -n 1 -p PID | head -20; ls /proc/PID/fd | wc -l; grep -E 'open files|processes' /proc/PID/limits",
      isGeneral: true,
    },
  ],
  "memory-leak": [
    {
      check: "Watch the memory of one instance of {{service}} for an hour: does it fall again, or only grow?",
      command: "while sleep 60; do date +%T; grep VmRSS /proc/PID/status; done",
      isGeneral: true,
    },
  ],
  "bad-deploy": [
    GATE,
    { check: "Read what changed in {{service}} {{version}}", command: "git log --stat {{previousVersion}}..{{version}}" },
  ],
  "bad-configuration": [
    {
      check: "Is {{setting}} set where {{service}} runs? The command counts it and does not show it",
      command: "tr '\\0' '\\n' < /proc/PID/environ | grep -c '^{{setting}}=.'",
    },
    GATE,
  ],
  "body-too-large": [
    {
      check: "Find the size at which {{operation}} of {{service}} begins to fail",
      command: "npx faultline triage {{frontUrl}} --probe-body",
    },
  ],
  "parse-failure": [
    {
      check: "Look at status, content type and first bytes of what {{service}} could not read",
      command: "curl -sS -i {{callUrl}} | head -c 2000",
    },
  ],
  "gateway-mismatch": [TRIAGE_FRONT],
  "gateway-timeout": [
    { check: "Is the gateway's time-out shorter than {{operation}} of {{service}} takes?", command: "npx faultline triage {{frontUrl}}" },
    TRIAGE_FRONT,
  ],
  "gateway-identity": [{ check: "May the gateway's identity call {{service}}? Compare with a call of your own" }, TRIAGE_FRONT],
  "no-healthy-upstream": [
    PORT,
    { check: "Ask an instance of {{callee}} for its health", command: "curl -sS -i http://{{host}}:{{port}}/health", needsCommand: true },
  ],
  "connection-refused": [PORT, { check: "Was {{callee}} restarting at {{time}}?" }],
  "keepalive-race": [
    { check: "Send the same request again and again over one connection", command: "npx faultline triage {{frontUrl}} --repeat 50" },
    { check: "Compare the idle time-out of {{callee}} with that of {{caller}}: the caller's must be the shorter one" },
  ],
  "tls-failure": [
    {
      check: "Read the certificate that {{host}} presents: dates, names, issuer",
      command:
        "openssl s_client -connect {{host}}:{{port}} -servername {{host}} </dev/null | openssl x509 -noout -dates -subject -issuer -ext subjectAltName",
    },
  ],
  "dns-failure": [
    { check: "Look {{host}} up from the machine of {{caller}}", command: "dig +short {{host}}" },
    { check: "Did the resolver or the name change before {{time}}?" },
  ],
  "circuit-open": [{ check: "What opened it? Look at the failures of calls to {{callee}} just before {{time}}" }, TRIAGE_CALL],
  "rate-limited-as-5xx": [
    {
      check: "Read the quota that {{callee}} reports",
      command: "curl -sS -o /dev/null -D - {{callUrl}} | grep -i -E 'ratelimit|retry-after'",
    },
  ],
  "masked-by-middleware": [
    { check: "Find where {{service}} turns the failure of {{callee}} into a good answer: a catch that returns a default" },
  ],
  "retry-storm": [
    { check: "Count the tries for each request to {{callee}}: which layers retry, and do their numbers multiply?" },
    { check: "Read the traffic to {{callee}} over time from its own access log", command: "npx faultline logs ACCESS_LOG" },
  ],
  "fault-injected": [{ check: "Who runs an experiment on {{service}} since {{time}}? End it, and see the failures end" }],
};
