import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

/** Node, Deno, Bun and what is built on them. */
export const JAVASCRIPT_SIGNATURES: readonly Signature[] = [
  framework({
    id: "express-page",
    vendor: "Express",
    pattern: { status: [5], bodyHas: ["<title>Error</title>", "<pre>"] },
    meaning: "finalhandler's page: an error reached the end of the middleware; a stack in it is a leak",
    cause: "unhandled-exception",
    certainty: "seen",
    source: "finalhandler",
  }),
  framework({
    id: "fastify",
    vendor: "Fastify, NestJS or hapi",
    pattern: { status: [5], json: { statusCode: true, error: true, message: true }, bodyLacks: ['"statusMessage"'] },
    meaning: "an error reached the framework, which all three tell in the same shape",
    cause: "unhandled-exception",
  }),
  framework({
    id: "nestjs",
    vendor: "NestJS",
    // Azure API Management says the same, but with an activityId.
    pattern: { status: [500], json: { statusCode: "500", message: "Internal server error" }, bodyLacks: ['"activityId"'] },
    meaning: "an exception that no filter knows",
    cause: "unhandled-exception",
  }),
  framework({
    id: "next-page",
    vendor: "Next.js",
    pattern: { status: [500], bodyHas: ["next-error-h1"] },
    meaning: "its error page: a page, a route or its data threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "nitro",
    vendor: "Nitro, Nuxt",
    pattern: { status: [5], json: { url: true, statusCode: true, statusMessage: true } },
    meaning: "an error that no handler caught; a member named stack is a leak",
    cause: "unhandled-exception",
  }),
  framework({
    id: "react-router",
    vendor: "React Router, Remix",
    pattern: { status: [500], bodyIs: ["Unexpected Server Error"] },
    meaning: "a loader, an action or the rendering threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "sveltekit",
    vendor: "SvelteKit",
    pattern: { status: [500], bodyIs: ['{"message":"Internal Error"}'] },
    meaning: "an unexpected error in a load function, an action or an endpoint; handleError has it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "strapi",
    vendor: "Strapi",
    pattern: { status: [500], json: { data: true, error: true }, bodyHas: ['"name":"InternalServerError"'] },
    meaning: "a controller, service or lifecycle threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "feathers",
    vendor: "Feathers",
    pattern: { status: [5], json: { name: true, message: true, code: true, className: true } },
    meaning: "a service or hook threw; className says which kind of error",
  }),
  framework({
    id: "firebase-function",
    vendor: "Cloud Functions for Firebase",
    pattern: { status: [500], bodyIs: ["Error: could not handle the request"] },
    meaning: "the function threw, crashed or could not be loaded; its own log says why",
    cause: "unhandled-exception",
  }),
];
