import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor.ts";

const redactor = createRedactor({ pseudonymKey: "test" });

describe("a redactor", () => {
  it("takes a password out of an assignment and says what stood there", () => {
    expect(redactor.redactText("connect failed: password=hunter2 host=db")).toMatch(
      /^connect failed: password=\[redacted:password:[0-9a-f]{6}\] host=db$/,
    );
  });

  it("gives equal values equal pseudonyms, and other ones under another key", () => {
    const [first, second] = [redactor.redactText("token=abc123abc"), redactor.redactText("token=abc123abc")];
    expect(first).toBe(second);
    expect(createRedactor({ pseudonymKey: "other" }).redactText("token=abc123abc")).not.toBe(first);
  });

  it("keeps what JSON said byte for byte around the secrets, broken off or not", () => {
    const { text } = redactor.redactBody(
      '{ "n": 1.0, "big": 12345678901234567890, "password" : "x", "cvv": 123, "ok": tr',
      "application/json",
    );
    expect(text).toMatch(
      /^\{ "n": 1\.0, "big": 12345678901234567890, "password" : "\[redacted:password:[0-9a-f]{6}\]", "cvv": 9\d\d, "ok": tr$/,
    );
  });

  it("leaves trace context alone", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    expect(redactor.redactHeaders({ traceparent })["traceparent"]).toBe(traceparent);
  });

  it("keeps the shape of emails, cards and bank accounts", () => {
    expect(redactor.redactText("bob@corp.test")).toMatch(/^user-[0-9a-f]{8}@redacted\.example$/);
    expect(redactor.redactText("4111 1111 1111 1111")).toMatch(/^9\d{3} \d{4} \d{4} \d{4}$/);
    expect(redactor.redactText("GB82WEST12345698765432")).toMatch(/^GB\d\d0{8}\d{10}$/);
  });

  it("keeps the groups of a phone number, and replaces all of them", () => {
    expect(redactor.redactText("phone: 044 123 45 67, 5 calls")).toMatch(/^phone: (?!044)\d{3} (?!123)\d{3} \d\d (?!67)\d\d, 5 calls$/);
    expect(redactor.redactText("phone=+41 44 123 45 67 ok")).toMatch(/^phone=\+\d\d \d\d (?!123)\d{3} \d\d \d\d ok$/);
    expect(redactor.redactValue({ phone: "+41 44 123-45-67" })).toEqual({
      phone: expect.stringMatching(/^\+\d\d \d\d (?!123)\d{3}-\d\d-\d\d$/),
    });
    expect(redactor.redactText("mobile=0441234567 200 1532")).toMatch(/^mobile=\d{10} 200 1532$/);
  });

  it("changes nothing when it reads its own output", () => {
    const once = redactor.redactText("password=hunter2 bob@corp.test 4111111111111111 GB82WEST12345698765432 https://u:p4ss@h.test/");
    expect(redactor.redactText(once)).toBe(once);
  });
});
