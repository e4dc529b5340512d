import { toNanos } from "../nanos.ts";
import { utf8Encoder } from "../text-coding.ts";

const FIRST_SIZE = 4_096;
const TWO_32 = 4_294_967_296;

/** Writes protobuf fields into one growing buffer. Fields with a default value are left out, as proto3 does. */
export class ProtobufWriter {
  private bytes = new Uint8Array(FIRST_SIZE);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.at);
  }

  varint(field: number, value: number): void {
    if (value === 0) return;
    this.tag(field, 0);
    this.raw(value);
  }

  /** A signed 64-bit integer. It is written even if it is 0, because a oneof member is significant by its presence. */
  int64(field: number, value: bigint): void {
    this.tag(field, 0);
    let rest = BigInt.asUintN(64, value);
    this.reserve(10);
    while (rest > 127n) {
      this.bytes[this.at++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A whole number from 0 to 2^64, as precise as a double is. */
  fixed64(field: number, value: number): void {
    this.tag(field, 1);
    this.reserve(8);
    this.view.setUint32(this.at, value % TWO_32, true);
    this.view.setUint32(this.at + 4, value / TWO_32, true);
    this.at += 8;
  }

  /** A time in Unix milliseconds as Unix nanoseconds. */
  time(field: number, ms: number): void {
    this.tag(field, 1);
    this.reserve(8);
    this.view.setBigUint64(this.at, toNanos(ms), true);
    this.at += 8;
  }

  hex(field: number, hex: string): void {
    if (hex === "") return;
    this.nest(field, () => {
      this.reserve(hex.length >> 1);
      for (let index = 0; index < hex.length; index += 2) this.bytes[this.at++] = Number.parseInt(hex.slice(index, index + 2), 16);
    });
  }

  /** Text, left out when empty unless it is a oneof member. */
  text(field: number, text: string, isMember = false): void {
    if (text === "" && !isMember) return;
    this.nest(field, () => {
      this.reserve(text.length * 3);
      this.at += utf8Encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
    });
  }

  /** A nested message, whose body is what `write` writes. */
  nest(field: number, write: () => void): void {
    this.tag(field, 2);
    this.reserve(1);
    const start = this.at + 1;
    this.at = start;
    write();
    const length = this.at - start;
    let extra = 0;
    for (let rest = length >>> 7; rest > 0; rest >>>= 7) extra += 1;
    this.reserve(extra);
    if (extra > 0) this.bytes.copyWithin(start + extra, start, this.at);
    this.at = start - 1;
    this.raw(length);
    this.at += length;
  }

  private tag(field: number, wireType: number): void {
    this.raw((field << 3) | wireType);
  }

  private raw(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.bytes[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
