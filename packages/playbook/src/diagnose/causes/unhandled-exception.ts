import { saysOverrun } from "../../isolate/blame/out-of-time.ts";
import { isExchangeSpan, isOwnWork } from "../../isolate/hops/exchange-hops.ts";
import { anyOf, type Evidence } from "@faultline/model";
import { type CauseRule, type Findings, fromRelease, hear } from "../findings.ts";
import { fromSequence } from "../contrast/contrast-sequence.ts";
import { DEFECT } from "../../isolate/words/defect-words.ts";
import { findTimeAlone } from "../signs/time-alone.ts";
import { isBare } from "../words/bare-words.ts";
import { fromSwitch } from "../signs/switched-settings.ts";
import { hearLoneInstances } from "../signs/lone-instances.ts";

/** The creating hop's own code threw, and nothing caught the exception. */
export const unhandledException: CauseRule = {
  sign: "an exception raised by the code of the service that made the failure",
  weigh: (findings) => {
    if (!isOwn(findings)) return { evidence: hearCrash(findings) };
    const defect = hear(findings, DEFECT, {
      statement: `the code of ${findings.origin?.step.service ?? "this service"} raised an error of its own`,
      weight: 4.5,
      isOfCode: true,
    });
    // What only one release throws came with that release. What only one of several instances throws may have come with one.
    const lone = hearLoneInstances(findings);
    const against = [...fromRelease(findings), ...(lone === undefined ? [] : [{ ...lone, weight: 1 }]), ...fromSwitch(findings)];
    // A server that ends a request because it takes too long throws as well, which does not say what took the time.
    const isOverrun = findings.origin?.step.hop !== undefined && saysOverrun(findings.origin.step.hop);
    const isAmbiguous = lone !== undefined || isOverrun;
    // Code that stopped midway shows where it threw, not what.
    const stopped = findings.sequence === undefined ? [] : [fromSequence(findings.sequence, 1)];
    if (defect.length > 0) return { evidence: [...defect, ...stopped], against, isAmbiguous };
    const thrown = fromException(findings);
    return {
      evidence: [...(thrown.length > 0 ? thrown : fromBareStatus(findings)), ...stopped],
      against,
      isGeneral: true,
      isAmbiguous:
        isAmbiguous || isChosen(findings) || isTypeAlone(findings) || isOfTheOutside(findings) || findTimeAlone(findings) !== undefined,
    };
  },
};

/** The last words of a runtime. Those about memory are excluded, since they belong to a resource. */
const CRASH =
  /^fatal error: (?!.{0,80}\b(?:heap|memory)\b)|unhandled exception|uncaught exception|terminate called after|segmentation fault|SIGSEGV/i;

/** A process that ended by its own error gives its callers no answer, but it logged the error outside of any request. */
function hearCrash({ origin, sayings }: Findings): readonly Evidence[] {
  const last = sayings.find(
    ({ text, service, isDirect, isUntraced }) =>
      isUntraced === true && isDirect && service === origin?.step.service && (CRASH.test(text) || DEFECT.test(text)),
  );
  if (last === undefined) return [];
  return [{ statement: `${last.service} ended by an error of its own`, measured: last.text.slice(0, 240), source: "log", weight: 4.5 }];
}

/** False for an intermediary, whose own answers are not made by a team's code. A program that logged its own answer is a team's code. */
function isOwn({ origin }: Findings): boolean {
  if (origin?.judgement.originKind !== "own") return false;
  const { exchanges } = origin.occurrence.path;
  return origin.step.hop === undefined || !isExchangeSpan(origin.step.hop.entry.span) || exchanges.some(isOwnWork);
}

/** An uncaught exception becomes a 500. A hop that answers with another server error knew the error and chose its answer. */
function isChosen({ origin }: Findings): boolean {
  const code = origin?.step.hop?.outcome.code;
  return code !== undefined && code > 500 && code < 600;
}

/**
 * True if there is nothing but a type (`System.InvalidOperationException`). What was wrong is in the message, and drivers and frameworks
 * throw these types as well.
 */
function isTypeAlone({ origin, sayings }: Findings): boolean {
  const own = sayings.filter(({ place, service }) => place === "origin" && service === origin?.step.service);
  return own.some(({ text }) => /(?:Exception|Error)\b/.test(text)) && own.every(({ text }) => isBare(text));
}

const FAILING = "(?:fail(?:ed|ing|ure)|error|could not|cannot|timed out|unable|trying)";
/** Types and wordings of errors in working with files, sockets or other programs. */
const OUTSIDE = new RegExp(
  anyOf(
    /\b(?:IO|OS|Socket|Connect(?:ion)?|Transport|Network|HttpRequest|Undici)(?:Error|Exception)\b/,
    String.raw`\b${FAILING} (?:\w+ ){0,2}(?:connect(?:ion|ing)?|response body|socket)\b`,
  ),
  "i",
);

/** True for an error from outside of the code that none of the known words explains. Which part of the outside failed is unknown. */
function isOfTheOutside({ origin, sayings }: Findings): boolean {
  return sayings.some(
    ({ place, service, text, isDirect, own }) =>
      place === "origin" && isDirect && own === undefined && service === origin?.step.service && OUTSIDE.test(text),
  );
}

/** Frameworks answer with a bare 500 if nothing caught an exception, but other things answer like this as well. */
function fromBareStatus({ origin }: Findings): readonly Evidence[] {
  const hop = origin?.step.hop;
  if (hop?.outcome.code !== 500) return [];
  return [
    { statement: `${hop.service} answered 500 and does not say why`, measured: "no exception, no log line", source: "span", weight: 1.5 },
  ];
}

function fromException({ origin, sayings }: Findings) {
  const own = sayings.filter(({ place, service }) => place === "origin" && service === origin?.step.service);
  const said = own.find(({ isDirect, text }) => isDirect && /[a-z]{3}/i.test(text)) ?? own.find(({ source }) => source === "log");
  if (origin === undefined || said === undefined || origin.step.hop === undefined) return [];
  const hasException = origin.step.hop.outcome.exceptions.length > 0 || /\w(?:Error|Exception)\b/.test(said.text);
  if (!hasException && said.source !== "log") return [];
  return [
    {
      statement: hasException
        ? `an exception left ${origin.step.service} uncaught`
        : `${origin.step.service} failed by itself and logged why`,
      measured: said.text.slice(0, 240),
      source: said.source,
      // A logger with attributes of its own for an error and its stack recorded an exception as well.
      weight: origin.step.hop.outcome.exceptions.length > 0 || said.own === "trade" ? 3.5 : 2.5,
    },
  ];
}
