/** JSON in which a secret stands where a sentence about it could, and a sentence where the secret could. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const redact = (value: unknown): string => createRedactor().redactBody(JSON.stringify(value), "application/json").text;

const SECRETS: readonly (readonly [value: unknown, secret: string])[] = [
  [{ message: { password: "my dog rex 1987" } }, "rex 1987"],
  [{ error: { password: "my dog rex 1987" } }, "rex 1987"],
  [{ messages: { password: ["my dog rex 1987"] } }, "rex 1987"],
  [{ errors: { password: "correct horse battery staple" } }, "battery"],
  [{ labels: { cookie: "a=x9; b=y8 z" } }, "x9"],
  [{ errors: { cvv: "code 123 given" } }, "123"],
  [{ errors: { passport: "C01X 0006 H" } }, "0006"],
  [{ errors: { cardNumber: ["4111 1111 1111 1112"] } }, "4111"],
  [{ token: "tiger" }, "tiger"],
  [{ token: "correct horse battery staple" }, "battery"],
  [{ auth: { password: "tiger" } }, "tiger"],
  [{ tokens: ["tiger"] }, "tiger"],
  [{ session: { token: { value: "tiger" } } }, "tiger"],
  [{ password: "My Secret Key" }, "Secret Key"],
  [{ password: "Mypassword" }, "Mypassword"],
  [{ newPassword: "My New Password" }, "My New"],
  [{ password_hints: "hunter2!" }, "hunter2"],
  [{ recaptchaTokenResponse: "03AGdBq25x8Kd92mQpl" }, "03AG"],
  [{ scripts: { password: "my pass. word9" } }, "word9"],
  [{ scripts: { secret: "x9 Kd.sh82mm" } }, "sh82mm"],
  [{ password: "Swordfish" }, "Swordfish"],
  [{ adminPassword: "Admin" }, "Admin"],
  [{ password: "enter the dragon" }, "dragon"],
  [{ password: "change-is-good" }, "good"],
  [{ user: { new_password: "your highness" } }, "highness"],
  [{ password: "xxxx" }, "xxxx"],
  [{ password: "00000000" }, "00000000"],
  [{ password: "<hunter2>" }, "hunter2"],
  [{ password_repeated: "tiger" }, "tiger"],
  [{ passwordEntered: "tiger" }, "tiger"],
  [{ password_typed: "tiger" }, "tiger"],
  [{ passcodeConfirm: "tiger" }, "tiger"],
  [{ "Mật khẩu": "tiger" }, "tiger"],
  [[{ name: "apiSecret", type: "passwordField", value: "tiger" }], "tiger"],
  [{ credentials: [{ type: "password", value: "tiger", temporary: true }] }, "tiger"],
];

const PLAIN: readonly unknown[] = [
  { errors: { password: ["is invalid", "can't be blank"], card_number: ["is not a valid card number"] } },
  { errors: { token: "has already been taken", password: "must be at least 8 characters" } },
  { details: [{ password: "The password is required." }, { password: "Password must be at least 12 characters" }] },
  { password: "********", token: "<token>", secret: "[FILTERED]", apiKey: "YOUR_API_KEY", pin: "xxxx" },
  { token: "bearer", auth: "none", session: "required", cookie: "disabled" },
  { session: { state: "idle", device: "tablet" } },
  { labels: { password: "Password", confirmPassword: "Confirm your password", apiKey: "API key", token: "Token" } },
  { newPassword: "New password", forgotPassword: "Forgot your password?", password: "Пароль" },
  { scripts: { auth: "node auth.js", token: "tsx scripts/token.ts" } },
];

describe("JSON", () => {
  it.each(SECRETS)("keeps a secret that is written as words: %j", (value, secret) => {
    expect(redact(value)).not.toContain(secret);
  });

  it.each(PLAIN)("leaves what is only said of a secret: %j", (value) => {
    expect(redact(value)).toBe(JSON.stringify(value));
  });
});
