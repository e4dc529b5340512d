import { UsageError } from "../command.ts";

/** Turns a system error about an unreadable file into a sentence with what to do; returns any other error unchanged. */
export function describeFileError(name: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return new UsageError(`there is no file ${name}`);
  if (code === "EACCES" || code === "EPERM") return new UsageError(`${name} may not be read by this user`);
  if (code === "EISDIR") return new UsageError(`${name} is a directory; name the files in it`);
  if (typeof code === "string" && /^(?:Z_|ERR_ZSTD|ZSTD)/.test(code)) {
    return new UsageError(`${name} is damaged or cut off: it cannot be decompressed (${code}); fetch or write it again`);
  }
  return error;
}
