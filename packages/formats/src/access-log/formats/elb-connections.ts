/**
 * Connections, not requests: the TLS listeners of AWS network load balancers, and the connection log of application load balancers. A
 * failed handshake explains requests that are missing in every access log. Source: AWS, "Access logs for your Network Load Balancer" (17 to
 * 26 fields) and "Connection logs for your Application Load Balancer".
 */
import { parseIsoTime } from "../values/clock.ts";
import type { ParsedLine, TextFormat } from "../line.ts";

/** TLS connections of AWS load balancers. */
export const elbConnections: TextFormat = { id: "elb-connection", create: () => parseConnection };

const NETWORK =
  /^tls \d\.\d (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?) (net\/\S+) \S+ (\S+):\d+ (\S+) (\d+|-) (\d+|-) (\d+|-) (\d+|-) (\S+)(?: \S+)+$/;
const APPLICATION =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (\S+) \d{1,5} \d{1,5} (?:TLS\S+|-) \S+ (?:[\d.]+|-) (?:"[^"]*"|-) (?:\S+ ){1,3}?(Success|Failed:\S+|-)(?: (TID_\S+)(?: \S+)*)?$/;

const OK = 9;
const FAILED = 17;

function parseConnection(line: string): ParsedLine | undefined {
  const network = NETWORK.exec(line);
  if (network !== null) {
    const [, time = "", , clientAddress = "", target = "", , handshake, , , alert = "-"] = network;
    const isOk = alert === "-" && handshake !== "-";
    return toMessage({ time: `${time}Z`, clientAddress, isOk, target, text: line });
  }
  const application = APPLICATION.exec(line);
  if (application === null) return undefined;
  const [, time = "", clientAddress = "", verdict = "", requestId] = application;
  return toMessage({ time, clientAddress, isOk: !verdict.startsWith("Failed"), requestId, text: line });
}

type Connection = {
  readonly time: string;
  readonly clientAddress: string;
  readonly isOk: boolean;
  readonly text: string;
  readonly target?: string;
  readonly requestId?: string | undefined;
};

function toMessage({ time, clientAddress, isOk, target, requestId, text }: Connection): ParsedLine {
  const timeMs = parseIsoTime(time, 0);
  return {
    kind: "message",
    format: "elb-connection",
    message: {
      severity: isOk ? OK : FAILED,
      text,
      clientAddress,
      ...(timeMs === undefined ? {} : { timeMs }),
      ...(target === undefined || target === "-" ? {} : { upstreamAddress: target }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  };
}
