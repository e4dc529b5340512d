import { CAUSES, describeCause } from "@faultline/model";
import { SIGNATURES } from "@faultline/playbook/signatures";
import { CAUSE_KNOWLEDGE } from "./cause-knowledge.ts";
import { explainHeader, explainMaker, explainText, toExplanation } from "./explain-answer.ts";
import { explainCode, listCodes } from "./explain-code.ts";
import { CODED_ERRORS, explainError } from "./explain-error.ts";
import type { Explanation } from "./explanation.ts";
import { HEADERS } from "./headers.ts";
import { LANGUAGE_ERRORS } from "./language-errors.ts";
import { STATUSES } from "./statuses.ts";
import { VENDOR_STATUSES } from "./vendor-statuses.ts";

const ALL_STATUSES = [...STATUSES, ...VENDOR_STATUSES];
const MOST_EXPLANATIONS = 12;

/** Everything known about a status, a cause, a vendor's code or flag, a header or a body; the closest first. */
export function findExplanations(query: string): readonly Explanation[] {
  const text = query.trim();
  const found = explainWord(text);
  if (found.length > 0) return found.slice(0, MOST_EXPLANATIONS);
  // A product's own message is more specific than words that several products share.
  const said = [...explainText(text), ...explainError(text, LANGUAGE_ERRORS)];
  return (said.length > 0 ? said : explainVendorsWord(text)).slice(0, MOST_EXPLANATIONS);
}

function explainWord(text: string): readonly Explanation[] {
  return [
    ...explainStatus(text),
    ...explainCause(text),
    ...explainCode(text),
    ...explainError(text, CODED_ERRORS),
    ...explainHeader(text),
    ...explainMaker(text),
  ];
}

/** `heroku H12`, `Cloudflare 530`: a code after the name of its vendor. */
function explainVendorsWord(text: string): readonly Explanation[] {
  const [, vendor, code] = /^([A-Za-z][\w .-]{0,40}?)[ :]{1,3}(\S{1,80})$/.exec(text) ?? [];
  if (vendor === undefined || code === undefined) return [];
  const own = vendor.toLowerCase();
  if (own.length < LEAST_VENDOR || COMMON_WORDS.has(own)) return [];
  return explainWord(code).filter(({ title, madeBy = "", source }) => namesVendor(`${title} ${madeBy} ${source}`.toLowerCase(), own));
}

/** Shorter names, and these words, stand in many sources and name no vendor. */
const LEAST_VENDOR = 3;
const COMMON_WORDS: ReadonlySet<string> = new Set(
  "the and for from with that this was are not who whose its error errors status code codes message answer request response server client page".split(
    " ",
  ),
);
/** A beginning of this length stands for the whole name: `postgres` is PostgreSQL. */
const LEAST_BEGINNING = 5;

function namesVendor(words: string, vendor: string): boolean {
  const at = ` ${words.replaceAll(/[^a-z0-9.-]+/g, " ")} `;
  return at.includes(` ${vendor} `) || (vendor.length >= LEAST_BEGINNING && at.includes(` ${vendor}`));
}

/** Every word that has an explanation, to suggest one to somebody who mistyped it. */
export function listWords(): readonly string[] {
  // A header that a signature requires to be absent is no sign of that answer.
  const headers = SIGNATURES.flatMap(({ pattern }) =>
    Object.keys(pattern.headers ?? {}).filter((name) => pattern.headers?.[name] !== false),
  );
  return [
    ...CAUSES,
    ...ALL_STATUSES.map(({ code }) => code),
    ...listCodes().map(({ knowledge }) => knowledge.code),
    ...[...CODED_ERRORS, ...LANGUAGE_ERRORS].map(({ code }) => code),
    ...new Set([...HEADERS.map(({ name }) => name), ...headers]),
  ];
}

function explainStatus(text: string): readonly Explanation[] {
  // Alone, or as it stands in an answer or on a page: "HTTP/1.1 502 Bad Gateway", "status code 502", "Error 524: A timeout occurred", "HTTP ERROR 502".
  const [, status] =
    /^(?:HTTP(?:\/[\d.]+)?\s+(?:error\s+)?)?(?:(?:status(?:[ _-]?code)?|error(?: code)?)\W{0,2})?(\d{1,3})(?::?\s+[A-Za-z][A-Za-z -]*)?$/i.exec(
      text,
    ) ?? [];
  if (status === undefined) return [];
  const own = ALL_STATUSES.filter(({ code }) => code === status).map(({ code, name, ...rest }) => ({ title: `${code} ${name}`, ...rest }));
  const pages = SIGNATURES.filter(({ pattern, made }) => made === "here" && pattern.status?.includes(Number(status)) === true);
  return [...own, ...pages.map(toExplanation)];
}

function explainCause(text: string): readonly Explanation[] {
  const cause = CAUSES.find((each) => each === text.toLowerCase());
  if (cause === undefined) return [];
  const { mistakenFor, nextCheck } = CAUSE_KNOWLEDGE[cause];
  const signs = SIGNATURES.filter((signature) => signature.cause === cause).map(({ vendor, id }) => `${vendor} (${id})`);
  const codes = listCodes()
    .filter((each) => each.knowledge.cause === cause)
    .map(({ vendor, knowledge }) => `${vendor} ${knowledge.code}`);
  const shows = [...signs, ...codes].slice(0, 8).join(", ");
  return [
    {
      title: cause,
      meaning: `${describeCause(cause)}${shows === "" ? "" : `; it shows as ${shows}`}`,
      cause,
      mistakenFor,
      nextCheck,
      source: "Faultline's causes; faultline diagnose and triage weigh them",
    },
  ];
}
