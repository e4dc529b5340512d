/**
 * Bridges from loggers to the flight recorder: each log line of a request is kept in its ring, sent only when the request fails, and stamped
 * with the request's ids. Lines below the logger's own level never get here: set its level to debug and filter at its destination.
 */
import { format } from "node:util";
import type { Guard } from "../guard.ts";

type PinoMethod = (this: unknown, ...given: unknown[]) => void;

/** Options for `pino({ ...recordPino(guard), level: "debug" })`. */
export type PinoBridge = {
  mixin(): Record<string, string>;
  readonly hooks: { logMethod(this: unknown, given: unknown[], method: PinoMethod, level: number): void };
};

function toText(given: readonly unknown[]): string {
  const [first, ...rest] = given;
  if (typeof first === "string") return format(first, ...rest);
  // pino's merging object comes first and the message after it.
  const message = typeof rest[0] === "string" ? format(...rest) : "";
  return `${message} ${format("%j", first)}`.trim();
}

/** pino counts 10, 20, 30, ...; OpenTelemetry 1, 5, 9, ... */
function fromPinoLevel(level: number): number {
  return Math.min(Math.max((level / 10 - 1) * 4 + 1, 1), 24);
}

/** Records and stamps the lines of pino. */
export function recordPino(guard: Guard): PinoBridge {
  return {
    mixin: () => ({ ...guard.logContext() }),
    hooks: {
      logMethod(given, method, level) {
        guard.shield(() => guard.note(fromPinoLevel(level), toText(given)));
        method.apply(this, given);
      },
    },
  };
}

const WINSTON_SEVERITY: Readonly<Record<string, number>> = { error: 17, warn: 13, info: 9, http: 9, verbose: 5, debug: 5, silly: 1 };

/** A format for winston: `format.combine(recordWinston(guard), format.json())`. */
export function recordWinston(guard: Guard): { transform<Info extends { level: string; message: unknown }>(info: Info): Info } {
  return {
    transform(info) {
      guard.shield(() => {
        guard.note(WINSTON_SEVERITY[info.level] ?? 9, typeof info.message === "string" ? info.message : format("%j", info.message));
        Object.assign(info, guard.logContext());
      });
      return info;
    },
  };
}

const CONSOLE_SEVERITY = { debug: 5, log: 9, info: 9, warn: 13, error: 17 } as const;

/** Records what is written to the console, which still writes it. Returns a function that stops recording. */
export function recordConsole(guard: Guard, target: Pick<Console, keyof typeof CONSOLE_SEVERITY> = console): () => void {
  const names = Object.keys(CONSOLE_SEVERITY) as (keyof typeof CONSOLE_SEVERITY)[];
  const before = names.map((name) => [name, target[name]] as const);
  for (const [name, write] of before) {
    target[name] = (...given: unknown[]) => {
      guard.shield(() => guard.note(CONSOLE_SEVERITY[name], format(...given)));
      Reflect.apply(write, target, given);
    };
  }
  return () => {
    for (const [name, write] of before) target[name] = write;
  };
}
