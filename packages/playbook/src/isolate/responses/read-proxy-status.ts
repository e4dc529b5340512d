import type { ProxyStatement } from "./judge-maker.ts";

/** Longer headers are cut, because the first failure comes first. */
const MAX_CHARACTERS = 2048;
const MAX_MEMBERS = 16;
const MEMBERS = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;
const NAME = /^\s*(?:"((?:[^"\\]|\\.){1,100})"|([A-Za-z*][\w.:/*!#$%&'^`|~-]{0,100}))\s*(?:;|$)/;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const ERROR = /;\s*error=([a-z][a-z0-9_]{0,60})\s*(?:;|$)/;
const RECEIVED_STATUS = /;\s*received-status=([1-5]\d\d)\s*(?:;|$)/;

/**
 * The members of a Proxy-Status header (RFC 9209), as far as a diagnosis needs them, closest to the origin first. Text that cannot be read
 * as a member is left out. Captured responses are parsed by the full grammar; this is for headers recorded on spans.
 */
export function readProxyStatus(header: string): readonly ProxyStatement[] {
  const members = header.slice(0, MAX_CHARACTERS).match(MEMBERS) ?? [];
  return members.slice(0, MAX_MEMBERS).flatMap((member) => {
    const name = NAME.exec(member);
    const proxy = name?.[1]?.replaceAll(/\\(.)/g, "$1") ?? name?.[2];
    if (proxy === undefined) return [];
    const parameters = member.replaceAll(QUOTED, '""');
    const error = ERROR.exec(parameters)?.[1];
    const received = RECEIVED_STATUS.exec(parameters)?.[1];
    return [{ proxy, ...(error === undefined ? {} : { error }), ...(received === undefined ? {} : { receivedStatus: Number(received) }) }];
  });
}
