import { type CauseId, type NextCheck, toPlatform } from "@faultline/model";
import { CHECKS } from "./checks-by-cause.ts";
import { PLATFORM_CHECKS } from "./checks-by-platform.ts";
import { fillCheck } from "./fill-check.ts";

/** What the lines of a log tell about a failure: the software that wrote them, and the last address that it asked. */
export type ToldByLines = { readonly software: string; readonly upstream?: string | undefined };

const ADDRESS = /^(?:https?:\/\/)?([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\]):(\d{1,5})(?:\/|$)/;
/** A word that a reader would have to replace before the command runs. */
const OPEN_WORD = /\b[A-Z][A-Z_]{2,}\b(?!=)/;

/** The checks of a cause whose command runs as it is, those for the software itself first. Nothing but a log is known here. */
export function checkLines(cause: CauseId, { software, upstream = "" }: ToldByLines): readonly NextCheck[] {
  const platform = toPlatform(software);
  const [, host, port] = ADDRESS.exec(upstream) ?? [];
  const words = { service: software, ...(host === undefined ? {} : { host, callee: upstream }), ...(port === undefined ? {} : { port }) };
  const own = platform === undefined ? [] : (PLATFORM_CHECKS[platform][cause] ?? []);
  return [...own, ...CHECKS[cause]].flatMap((template) =>
    fillCheck(template, words).filter(({ command }) => command !== undefined && !OPEN_WORD.test(template.command ?? "")),
  );
}
