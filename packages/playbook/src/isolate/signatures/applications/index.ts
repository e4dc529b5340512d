import type { Signature } from "../signature.ts";
import { DOTNET_SIGNATURES } from "./dotnet.ts";
import { JAVASCRIPT_SIGNATURES } from "./javascript.ts";
import { JVM_SIGNATURES } from "./jvm.ts";
import { NATIVE_SIGNATURES } from "./native.ts";
import { PHP_SIGNATURES } from "./php.ts";
import { PROTOCOL_SIGNATURES } from "./protocols.ts";
import { PYTHON_SIGNATURES } from "./python.ts";
import { RUBY_SIGNATURES } from "./ruby.ts";

/** Frameworks and application servers, by language. The app, or what runs it, made the failure. */
export const APPLICATION_SIGNATURES: readonly Signature[] = [
  ...JAVASCRIPT_SIGNATURES,
  ...JVM_SIGNATURES,
  ...PYTHON_SIGNATURES,
  ...RUBY_SIGNATURES,
  ...PHP_SIGNATURES,
  ...DOTNET_SIGNATURES,
  ...NATIVE_SIGNATURES,
  ...PROTOCOL_SIGNATURES,
];
