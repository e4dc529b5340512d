import { anyOf, type Evidence } from "@faultline/model";
import { type CauseRule, type Findings, fromOnset, hear } from "../findings.ts";
import { reportsMemory } from "../signs/memory-growth.ts";
import { findStall } from "../signs/stall.ts";

const WORDS = new RegExp(
  anyOf(
    /\bENOMEM\b/,
    /\bEMFILE\b/,
    /\bENFILE\b/,
    /\bENOSPC\b/,
    /too many open files/,
    /OutOfMemory/,
    /heap out of memory/,
    /Cannot allocate memory/,
    /cannot allocate vector of size \d/,
    /(?:^|: )Out of memory(?:!| in perl| \(allocated \d)/,
    /CUDA out of memory/,
    /No more (?:storage space|memory) available (?:for extending|to add rows)/,
    /no file descriptors available/,
    /Worker exceeded memory limit(?:\.|\s*$)/,
    /\blua\b.{0,30}not enough memory/,
    /Insufficient memory to continue the execution of the program/,
    /insufficient resources \(10023\)/,
    /insufficient (?:storage|memory) resources available/,
    /\b507 Insufficient Storage/,
    /Insufficient system resources exist/,
    /Apex heap size too large/,
    /OOMKilled/,
    /queue (?:is )?full/,
    /waited in the queue/,
    /No space left/,
    /event loop (?:is )?(?:blocked|delay|lag)/,
    /MemoryError/,
    /StackOverflow/,
    /Maximum call stack/,
    /unable to create (?:new )?(?:native )?thread/,
    /(?:server|service|system|process|worker|instance|node) (?:is )?(?:currently |temporarily )?(?:overloaded|at capacity)/,
    /::Overloaded\b/,
    /Allowed memory size of/,
    /memory limit (?:of .{1,20} )?exceeded/,
    /maximum (?:bytes|messages|storage|memory) exceeded/,
    /RejectedExecutionException/,
    /TaskRejectedException/,
    /thread pool (?:is )?(?:exhaust|starv|full)/,
    /thread pool starvation/,
    /os error (?:24|28)\b/,
    /Errno (?:12|23|24|28)\b/,
    /disk quota exceeded/,
    /Resource temporarily unavailable/,
    /can't start new thread/,
    /stack level too deep/,
    /fork: /,
    /worker_connections are not enough/,
    /EADDRNOTAVAIL/,
    /cannot assign requested address/,
    /Only one usage of each socket address/,
    /no buffer space available/,
    /WORKER TIMEOUT/,
    /max_children setting/,
    /MaxRequestWorkers setting/,
    /GC overhead limit/,
    /signal: killed/,
    /exited on signal 9\b/,
    /low on (?:resource:|memory|disk)/,
    /ephemeral-storage/,
    /DiskPressure/,
    /MemoryPressure/,
    /bad_alloc/,
    /exceeded (?:its )?CPU/,
    /CPU (?:time )?limit/,
    /Phase: init\s+Status: timeout/,
    /exited in: GenServer\.call\(.{1,200}\)\s+\*\* \(EXIT\) time out/,
    /Perhaps out of memory/,
    /OOMKilling/,
    /\bpod Evicted: /,
    /memory allocation of \d+ bytes failed/,
    /process\/resource limits reached/,
    /\bsystem_limit\b/,
    /SystemLimitError/,
  ),
  "i",
);

/** A process ran out of CPU, memory, its event loop, file handles or a queue. */
export const resourceExhausted: CauseRule = {
  sign: "an error of a full resource, or a process that stood still",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "a resource of the process ran out", weight: 4 });
    const shown = [...said, ...hearNoRoom(findings), ...findStall(findings)];
    if (shown.length === 0) return { evidence: [] };
    // Whoever killed the process because of its memory does not say whether it leaked or one request took too much. Its measurements do.
    const isUnmeasured = !reportsMemory(findings.metrics, findings.origin?.step.service ?? "");
    const isAmbiguous = isUnmeasured && shown.every(({ source }) => source === "deploy");
    return { evidence: [...shown, ...fromOnset(findings, "resource-exhausted")], isAmbiguous };
  },
};

/**
 * A service without room to store what was sent says so by its status (RFC 4918, 11.5), as does one that enforces a quota for each user.
 */
function hearNoRoom({ origin, sayings }: Findings): readonly Evidence[] {
  if (origin?.step.call?.outcome.code !== 507 || sayings.some(({ own }) => own !== undefined)) return [];
  return [{ statement: `${origin.step.service} has no room for what was sent`, measured: "status 507", source: "span", weight: 4 }];
}
