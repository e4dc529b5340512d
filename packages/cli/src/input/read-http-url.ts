import { UsageError } from "../command.ts";

/** Reads the http or https URL that an option takes. Throws `UsageError` for anything else. */
export function readHttpUrl(option: string, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`--${option} takes an http or https URL, as http://127.0.0.1:3000; got "${text}"`);
}
