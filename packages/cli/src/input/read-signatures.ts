import { readFileSync } from "node:fs";
import { parseOwnSignatures, type Signature, SIGNATURES, withOwnSignatures } from "@faultline/playbook/signatures";
import { UsageError } from "../command.ts";

/** The known signatures, with those of a file before them. Throws `UsageError` for a file that cannot be read. */
export function readSignatures(file: string | undefined): readonly Signature[] {
  if (file === undefined) return SIGNATURES;
  const own = parseOwnSignatures(readText(file));
  if (!own.ok) throw new UsageError(`${file} holds no signatures: ${own.error}`);
  return withOwnSignatures(SIGNATURES, own.value);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`cannot read ${file}: ${code === "ENOENT" ? "there is no such file" : code}`);
  }
}
