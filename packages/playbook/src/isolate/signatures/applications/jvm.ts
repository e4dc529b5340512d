import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

const SPRING_BODY = { timestamp: true, status: true, error: true, path: true } as const;

/** Java, Kotlin, Scala. */
export const JVM_SIGNATURES: readonly Signature[] = [
  framework({
    id: "spring-json",
    vendor: "Spring Boot",
    pattern: { status: [5], json: SPRING_BODY, bodyLacks: ['"requestId"'] },
    meaning: "Spring's error body; a member named trace is a leaked stack",
    cause: "unhandled-exception",
  }),
  framework({
    id: "spring-webflux",
    vendor: "Spring WebFlux",
    pattern: { status: [500, 503], json: { ...SPRING_BODY, requestId: true } },
    meaning: "Spring's error body of the reactive stack, on which Spring Cloud Gateway stands as well",
    cause: "unhandled-exception",
  }),
  framework({
    id: "spring-html",
    vendor: "Spring Boot",
    pattern: { status: [5], bodyHas: ["Whitelabel Error Page"] },
    meaning: "Spring's error page",
    cause: "unhandled-exception",
  }),
  framework({
    id: "tomcat",
    vendor: "Tomcat",
    hop: "app-server",
    pattern: { status: [5], bodyHas: ["<h1>HTTP Status 5"] },
    meaning: "Tomcat's page, often with the stack",
    source: "Apache Tomcat",
  }),
  framework({
    id: "jetty",
    vendor: "Jetty",
    hop: "app-server",
    pattern: { status: [5], bodyHas: ["Powered by Jetty"] },
    meaning: "Jetty's page; a 503 means that the context did not start",
    source: "Eclipse Jetty",
  }),
  framework({
    id: "undertow",
    vendor: "Undertow, WildFly",
    hop: "app-server",
    pattern: { status: [500], bodyIs: ["<html><head><title>Error</title></head><body>Internal Server Error</body></html>"] },
    meaning: "a servlet or handler threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "websphere",
    vendor: "WebSphere",
    hop: "app-server",
    pattern: { status: [5], bodyHas: ["Error 500: ", "SRVE0"] },
    meaning: "a servlet threw, or did not start; the number says which",
    cause: "unhandled-exception",
  }),
  framework({
    id: "javalin",
    vendor: "Javalin",
    pattern: { status: [500], bodyHas: ["https://javalin.io/documentation#"] },
    meaning: "an exception that no handler knows",
    cause: "unhandled-exception",
  }),
  framework({
    id: "spark-java",
    vendor: "Spark (Java)",
    pattern: { status: [500], bodyIs: ["<html><body><h2>500 Internal Server Error</h2></body></html>"] },
    meaning: "a route threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "quarkus",
    vendor: "Quarkus",
    pattern: { status: [500], json: { details: true, stack: true }, bodyHas: ["Error id "] },
    meaning: "an exception that no mapper knows; the id finds it in the log",
    cause: "unhandled-exception",
  }),
  framework({
    id: "micronaut",
    vendor: "Micronaut",
    pattern: { status: [5], json: { message: true, _embedded: true }, bodyHas: ['"errors"'] },
    meaning: "an exception that no handler knows",
    cause: "unhandled-exception",
  }),
  framework({
    id: "dropwizard",
    vendor: "Dropwizard",
    pattern: { status: [500], bodyHas: ["There was an error processing your request. It has been logged (ID "] },
    meaning: "an exception that no mapper knows; the ID finds it in the log",
    cause: "unhandled-exception",
  }),
  framework({
    id: "play",
    vendor: "Play",
    pattern: { status: [500], bodyHas: ["Oops, an error occurred", "This exception has been logged with id"] },
    meaning: "an action threw; the id finds it in the log",
    cause: "unhandled-exception",
  }),
];
