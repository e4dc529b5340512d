/** `faultline`: finds the command, runs it, and turns whatever went wrong into one sentence and an exit code. */
import { type Command, type CommandIo, UsageError } from "./command.ts";
import { endPastLookups } from "./end-past-lookups.ts";
import { fitHelp } from "./output/fit-help.ts";
import { findNearestWord } from "./nearest-word.ts";
import { describeOptionError, isOptionError } from "./option-error.ts";

type Entry = { readonly summary: string; readonly load: () => Promise<{ readonly command: Command }> };

/** The commands, in the order of the help text. Each is loaded only when it runs, so that a cold start stays short. */
const GROUPS: readonly { readonly title: string; readonly commands: Readonly<Record<string, Entry>> }[] = [
  {
    title: "at two in the morning, nothing set up (trace, isolate, diagnose)",
    commands: {
      triage: {
        summary: "which hop answers this URL, pasted request or HAR file with a 500, and why",
        load: () => import("./commands/triage.ts"),
      },
      logs: { summary: "server errors out of log files: which route, which hop, why", load: () => import("./commands/logs.ts") },
      diagnose: {
        summary: "which hop made the failure in these telemetry files, and why",
        load: () => import("./commands/diagnose.ts"),
      },
      explain: { summary: "what a status, cause, code, header or error body means", load: () => import("./commands/explain.ts") },
    },
  },
  {
    title: "all day (detect)",
    commands: {
      up: { summary: "start the collector and the dashboard on one port", load: () => import("./commands/up.ts") },
      deploy: { summary: "tell the collector that something changed", load: () => import("./commands/deploy.ts") },
      demo: { summary: "a shop of real services with faults to switch on, beside a collector", load: () => import("./commands/demo.ts") },
    },
  },
  {
    title: "so that it does not come back (guard, prove, rollout)",
    commands: {
      init: {
        summary: "guard this app: shows the change, makes it with --yes, takes it back with --undo",
        load: () => import("./commands/init.ts"),
      },
      verify: {
        summary: "send a test failure through a running app and say which link is broken",
        load: () => import("./commands/verify.ts"),
      },
      redact: { summary: "take secrets out of text: a filter for files and streams", load: () => import("./commands/redact.ts") },
      prove: { summary: "turn a failing request into a regression test", load: () => import("./commands/prove.ts") },
      gate: { summary: "may a version have more traffic? promote, roll back or wait", load: () => import("./commands/gate.ts") },
    },
  },
  { title: "about itself", commands: { version: { summary: "print the version", load: () => import("./commands/version.ts") } } },
];

const COMMANDS = new Map(GROUPS.flatMap(({ commands }) => Object.entries(commands)));

/** The width used when the output is no terminal. */
const PLAIN_COLUMNS = 80;
const EXIT_USAGE = 2;
const EXIT_BUG = 70;
/** The exit code of a program that SIGPIPE ends: 128 plus the signal's number. Not 0, so that a pipeline never takes it for an answer. */
const EXIT_UNREAD = 141;
/** The output could not be written (EX_IOERR of sysexits.h); half an answer counts as none. */
const EXIT_UNWRITTEN = 74;
const WHY_UNWRITTEN: Readonly<Record<string, string>> = {
  ENOSPC: "the disk it goes to is full; make room, or write it elsewhere",
  EDQUOT: "the quota of the disk it goes to is used up; make room, or write it elsewhere",
  EFBIG: "the file it goes to may grow no further (ulimit -f)",
  EIO: "the disk or terminal it goes to fails",
};

function formatHelp(): string {
  const groups = GROUPS.map(({ title, commands }) =>
    [title, ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)].join("\n"),
  );
  return `faultline: from a 500 to its cause\n\nusage: faultline COMMAND [ARGUMENT ...]\n\n${groups.join("\n\n")}\n\nfaultline COMMAND --help says more.\n`;
}

/** Treats `help COMMAND` like `COMMAND --help`, and `--version` like `version`. */
function readWords(words: readonly string[]): readonly string[] {
  const [first, second] = words;
  if ((first === "help" || first === "--help" || first === "-h") && second !== undefined) return [second, "--help"];
  return first === "--version" ? ["version", ...words.slice(1)] : words;
}

/** Runs one command line (without `node` and the script) and resolves to its exit code. */
export async function runFaultline(words: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...args] = readWords(words);
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    io.stdout.write(fitHelp(formatHelp(), io.stdout.columns ?? PLAIN_COLUMNS));
    return name === undefined ? EXIT_USAGE : 0;
  }
  const entry = COMMANDS.get(name);
  if (entry === undefined) {
    const meant = findNearestWord(name, [...COMMANDS.keys()]);
    const hint = meant === undefined ? '"faultline help" lists them' : `did you mean "faultline ${meant}"?`;
    io.stderr.write(`faultline: there is no command "${name}"; ${hint}\n`);
    return EXIT_USAGE;
  }
  const { command } = await entry.load();
  try {
    if (asksForHelp(args)) {
      io.stdout.write(fitHelp(command.help, io.stdout.columns ?? PLAIN_COLUMNS));
      return 0;
    }
    return await command.run(args, io);
  } catch (error) {
    return reportError(error, { name, command, io });
  }
}

type FailedRun = { readonly name: string; readonly command: Command; readonly io: CommandIo };

/** Says what went wrong in a command; returns the exit code. */
function reportError(error: unknown, { name, command, io }: FailedRun): number {
  if (error instanceof UsageError || isOptionError(error)) {
    const sentence = error instanceof UsageError ? error.message : describeOptionError(error, command.help);
    io.stderr.write(`faultline ${name}: ${sentence}\n`);
    return command.usageExitCode ?? EXIT_USAGE;
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`faultline ${name}: this is a defect in Faultline: ${told}\n`);
  return EXIT_BUG;
}

/** True when help is asked for. Words after `--` are arguments, whatever they look like. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).some((word) => word === "--help" || word === "-h");
}

/** Ends the process because its output cannot be written: silently when nobody reads it, otherwise with the reason. */
function endUnwritten({ code = "", message }: NodeJS.ErrnoException, isOutput: boolean): never {
  if (code === "EPIPE") {
    endPastLookups(EXIT_UNREAD);
    process.exit(EXIT_UNREAD);
  }
  if (isOutput) process.stderr.write(`faultline: the output cannot be written: ${WHY_UNWRITTEN[code] ?? message}\n`);
  process.exit(EXIT_UNWRITTEN);
}

/** Runs this process's own command line; the exit code is set, never forced, so that output drains. */
export async function main(): Promise<void> {
  const { stdout, stderr, env } = process;
  // A reader such as `head` or `less` may stop early: that ends the process, and is no error to report.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => endUnwritten(error, stream === stdout));
  }
  const io: CommandIo = {
    stdout,
    stderr,
    env,
    stdinFd: 0,
    // A getter, because merely accessing `process.stdin` makes the descriptor non-blocking.
    get stdin() {
      return process.stdin;
    },
  };
  const exitCode = await runFaultline(process.argv.slice(2), io);
  process.exitCode = exitCode;
  endPastLookups(exitCode);
}
