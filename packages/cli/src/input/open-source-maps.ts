import { readSourceMaps, type SourceMaps, SourceMapsError } from "@faultline/collector/source-maps";
import { UsageError } from "../command.ts";

/** The source maps of a folder; undefined when none is named. Throws `UsageError` for a folder without maps. */
export function openSourceMaps(directory: string | undefined): SourceMaps | undefined {
  if (directory === undefined) return undefined;
  try {
    return readSourceMaps(directory);
  } catch (error) {
    if (error instanceof SourceMapsError) throw new UsageError(error.message);
    throw error;
  }
}
