/** Slots for the attributes that a scan looks at. */
export const ROUTE = 0;
/** Current name of the HTTP method. */
export const METHOD = 1;
/** Name of the HTTP method before semantic conventions 1.23. */
export const OLD_METHOD = 2;
/** Current name of the HTTP status code. */
export const STATUS = 3;
/** Name of the HTTP status code before 1.23. */
export const OLD_STATUS = 4;
/** Names of the gRPC status, the strongest first: this one and the two slots after it. */
export const GRPC_STATUS = 5;

const NAMES = [
  "http.route",
  "http.request.method",
  "http.method",
  "http.response.status_code",
  "http.status_code",
  "rpc.response.status_code",
  "rpc.grpc.status_code",
  "rpc.status_code",
];

const SLOT_BY_NAME: ReadonlyMap<string, number> = new Map(NAMES.map((name, slot) => [name, slot]));

/** Attribute names by their length. No two wanted names have the same length, so length and bytes decide. */
const SLOT_BY_LENGTH = new Int8Array(128).fill(-1);
const CODES = NAMES.map((name) => Uint8Array.from(name, (char) => char.charCodeAt(0)));
for (const [name, slot] of SLOT_BY_NAME) {
  if (SLOT_BY_LENGTH[name.length] !== -1) throw new Error(`two wanted attributes of length ${name.length}`);
  SLOT_BY_LENGTH[name.length] = slot;
}

/** The slot of the attribute whose name is `bytes[start]` to `bytes[end - 1]`, shorter than 128 bytes, or -1. */
export function findSlot(bytes: Uint8Array, start: number, end: number): number {
  const slot = SLOT_BY_LENGTH[end - start]!;
  if (slot < 0) return -1;
  const codes = CODES[slot]!;
  for (let index = 0; index < codes.length; index += 1) {
    if (bytes[start + index] !== codes[index]) return -1;
  }
  return slot;
}

/** The slot of an attribute by its name, or -1. */
export function findSlotByName(name: string): number {
  return SLOT_BY_NAME.get(name) ?? -1;
}

const GRPC_SERVER_ERRORS: ReadonlySet<string> = new Set(
  "2 4 12 13 14 15 UNKNOWN DEADLINE_EXCEEDED UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS".split(" "),
);

/** True for the gRPC codes, by number or name, that OpenTelemetry's RPC conventions call errors of the server. */
export function isGrpcServerError(code: string): boolean {
  return GRPC_SERVER_ERRORS.has(code);
}
