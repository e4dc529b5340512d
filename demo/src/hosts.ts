/** Host names for the shop's services, as a deployment's DNS would know them. All resolve to the loopback address. */
import type { LookupFunction } from "node:net";
import { Agent } from "undici";

/** A resolver that maps every name to this machine. */
export const lookupLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/** For `fetch(url, { dispatcher })`. */
export const shopAgent = new Agent({ connect: { lookup: lookupLoopback }, connections: 128 });

/** The address of another service, as the environment says it. */
export function readAddress(variable: string): string {
  const address = process.env[variable];
  if (address === undefined) throw new Error(`${variable} is not set`);
  return address;
}
