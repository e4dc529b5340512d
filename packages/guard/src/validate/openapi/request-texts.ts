/** Takes a request apart into the texts that its parameters are read from: nothing is decoded but the names of the query. */
import type { RequestTexts } from "./parameter-value.ts";

type Sent = { readonly target: string; readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> };

function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header ?? "").split(";").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  return new Map(pairs.toReversed());
}

function readQuery(target: string): [string, string][] {
  const at = target.indexOf("?");
  if (at < 0) return [];
  return (
    target
      .slice(at + 1)
      .split("#", 1)[0]
      ?.split("&")
      .filter((pair) => pair !== "")
      .map((pair): [string, string] => {
        const [name = "", ...rest] = pair.replaceAll("+", "%20").split("=");
        return [decodeName(name), rest.join("=")];
      }) ?? []
  );
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The texts of a request, whose path parameters are `params`. */
export function toTexts(request: Sent, params: Readonly<Record<string, string>>): RequestTexts {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === "string" || value === undefined ? value : value.join(",");
  };
  return { params, query: readQuery(request.target), header, cookies: readCookies(header("cookie")) };
}
