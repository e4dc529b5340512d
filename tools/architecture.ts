/** The architecture as data. Each rule carries its reason; `check-architecture.ts` fails when too few modules were read. */
import type { IConfiguration, IForbiddenRuleType } from "dependency-cruiser";

/** Which of our packages each package may import, and why a package exists at all: ARCHITECTURE.md. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  formats: ["model"],
  playbook: ["model"],
  guard: ["model", "formats"],
  collector: ["model", "formats", "playbook", "guard"],
  cli: ["model", "formats", "playbook", "guard", "collector"],
  dashboard: ["model"],
};

const STEPS = ["detect", "trace", "isolate", "diagnose", "guard", "prove", "rollout"];
/** How a line of an access log is read, from single values to the reader of all formats. */
const ACCESS_LOG_PARTS = [
  "knowledge",
  "values",
  "exchange",
  "wrappers",
  "named-fields",
  "application",
  "formats",
  "format-string",
  "layout",
];
const COLLECTOR_PARTS = ["receive", "store", "watch", "notify", "serve"];
const TESTS = "\\.test\\.tsx?$";

const layerRules: IForbiddenRuleType[] = Object.entries(LAYERS).map(([name, allowed]) => ({
  name: `layer-${name}`,
  comment: `${name} may import of ours: ${allowed.join(", ") || "nothing"}.`,
  severity: "error",
  from: { path: `^packages/${name}/src`, pathNot: TESTS },
  to: { path: "^packages/", pathNot: [name, ...allowed].map((each) => `^packages/${each}/`) },
}));

const stepRules: IForbiddenRuleType[] = STEPS.map((step, index) => ({
  name: `step-${step}`,
  comment: `The step ${step} reads the model and earlier steps, never later ones.`,
  severity: "error",
  from: { path: `^packages/playbook/src/${step}/`, pathNot: TESTS },
  to: { path: `^packages/playbook/src/(playbook\\.ts|(${[...STEPS.slice(index + 1), "-"].join("|")})/)` },
}));

const accessLogRules: IForbiddenRuleType[] = ACCESS_LOG_PARTS.map((part, index) => ({
  name: `access-log-${part}`,
  comment: `${part} reads what comes before it in the order of ACCESS_LOG_PARTS, never what comes after it.`,
  severity: "error",
  from: { path: `^packages/formats/src/access-log/${part}/`, pathNot: TESTS },
  to: {
    path: `^packages/formats/src/access-log/((reader|record|combined|index)\\.ts|(${[...ACCESS_LOG_PARTS.slice(index + 1), "-"].join("|")})/)`,
  },
}));

const collectorRules: IForbiddenRuleType[] = COLLECTOR_PARTS.map((part) => ({
  name: `collector-${part}`,
  comment: "The parts of the collector meet only in app.ts and in store/contract.ts.",
  severity: "error",
  from: { path: `^packages/collector/src/${part}/`, pathNot: TESTS },
  to: {
    path: `^packages/collector/src/(app\\.ts|(${COLLECTOR_PARTS.filter((each) => each !== part).join("|")})/)`,
    pathNot: "^packages/collector/src/store/contract\\.ts$",
  },
}));

/** Rules and options for dependency-cruiser. */
export const architecture: IConfiguration = {
  forbidden: [
    { name: "no-cycles", comment: "A cycle has no order to read it in.", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolved",
      comment: "What cannot be found cannot be checked.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "pure-packages",
      comment: "model, formats and playbook touch no platform: they run in a browser, a worker or a test as they are.",
      severity: "error",
      from: { path: "^packages/(model|formats|playbook)/src", pathNot: TESTS },
      to: { dependencyTypes: ["core", "npm"], pathNot: "^packages/" },
    },
    {
      name: "guard-is-small",
      comment: "The guard runs in the user's process: it uses no third-party code.",
      severity: "error",
      from: { path: "^packages/guard/src", pathNot: ["^packages/guard/src/testing/", TESTS] },
      to: { dependencyTypes: ["npm", "npm-optional"], pathNot: "^packages/" },
    },
    ...layerRules,
    ...stepRules,
    ...accessLogRules,
    ...collectorRules,
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
