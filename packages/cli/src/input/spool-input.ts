import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Standard input as a file, since it may have to be read twice; readable by this user only, and gone after `remove`. */
export async function spoolInput(stdin: AsyncIterable<Uint8Array>): Promise<{ readonly file: string; readonly remove: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), "faultline-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const file = join(directory, "input");
  try {
    await pipeline(Readable.from(stdin, { objectMode: false }), createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    remove();
    throw error;
  }
  return { file, remove };
}
