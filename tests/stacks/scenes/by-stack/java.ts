/** Java: settings, releases, data, capacity and dependencies as Spring, Quarkus and Ktor tell of them. */
import { app, call, hop, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const JAVA: readonly Scene[] = [
  {
    name: "jwt-secret-was-rotated-for-the-issuer-only",
    software: "Spring Boot 3; the secret of tokens was rotated where they are issued, not where they are read",
    onset: 26,
    ...alone(app("profile-api", "spring"), "/profiles/:id", {
      thrown: thrown(
        "io.jsonwebtoken.security.SignatureException",
        "JWT signature does not match locally computed signature. JWT validity cannot be asserted and should not be trusted.",
        [
          "\tat io.jsonwebtoken.impl.DefaultJwtParser.verifySignature(DefaultJwtParser.java:340)",
          "\tat com.acme.profile.TokenFilter.doFilterInternal(TokenFilter.java:41)",
          "\tat org.springframework.web.filter.OncePerRequestFilter.doFilter(OncePerRequestFilter.java:116)",
        ],
      ),
    }),
    beside: { changes: [{ kind: "config", service: "auth-server", atMs: 10_100, description: "secret jwt-signing-key rotated" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "bucket-stands-in-another-region",
    software: "Spring with the AWS SDK; a changed setting names the wrong region",
    onset: 24,
    ...byCall(app("invoices", "spring"), "/invoices/:id/pdf", {
      host: "s3.us-east-1.amazonaws.com",
      answers: 301,
      isCallers: true,
      bad: {
        thrown: thrown(
          "software.amazon.awssdk.services.s3.model.S3Exception",
          "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint. (Service: S3, Status Code: 301, Request ID: 8ZQ4F1D2X7N0ABCD)",
          [
            "\tat software.amazon.awssdk.protocols.xml.internal.unmarshall.AwsXmlPredicatedResponseHandler.handleErrorResponse(AwsXmlPredicatedResponseHandler.java:156)",
            "\tat com.acme.invoices.PdfStore.load(PdfStore.java:33)",
          ],
        ),
      },
    }),
    ...callersOrPeers("invoices", "s3.us-east-1.amazonaws.com"),
    beside: { changes: [{ kind: "config", service: "invoices", atMs: 9_500, description: "AWS_REGION=us-east-1" }] },
    cause: "bad-configuration",
  },
  {
    name: "hibernate-column-of-the-next-release",
    software: "Spring Data JPA; the new pods ask for a column whose migration did not run",
    onset: 25,
    visit: (turn) =>
      visit(app("members", "spring", { version: turn.isBad ? "6.1.0" : "6.0.4" }), "/members/:id", {
        path: numbered("/members", turn),
        steps: [
          {
            kind: "store",
            system: "postgresql",
            host: "members-db",
            statement: "select m1_0.id,m1_0.name from members m1_0 where m1_0.id=?",
            ...(turn.isBad
              ? {
                  code: "42703",
                  trouble: {
                    type: "org.postgresql.util.PSQLException",
                    message: "ERROR: column m1_0.loyalty_tier does not exist\n  Position: 24",
                  },
                }
              : {}),
          },
        ],
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown(
                "org.springframework.dao.InvalidDataAccessResourceUsageException",
                "JDBC exception executing SQL [select m1_0.id,m1_0.loyalty_tier from members m1_0 where m1_0.id=?] [ERROR: column m1_0.loyalty_tier does not exist\n  Position: 24]",
                [
                  "\tat org.springframework.orm.jpa.vendor.HibernateJpaDialect.convertHibernateAccessException(HibernateJpaDialect.java:277)",
                  "\tat com.acme.members.MemberService.find(MemberService.java:40)",
                  "Caused by: org.postgresql.util.PSQLException: ERROR: column m1_0.loyalty_tier does not exist",
                ],
              ),
            }
          : {}),
      }),
    beside: { changes: [{ kind: "deploy", service: "members", atMs: 9_900, version: "6.1.0", previousVersion: "6.0.4" }] },
    seen: { service: "members", route: "/members/{id}" },
    cause: "bad-deploy",
    also: ["database-failure"],
    ...callersOrPeers("members", ["members-db", "postgresql"]),
  },
  {
    name: "sessions-of-the-old-release-cannot-be-read",
    software: "Spring Session with Redis; the new release changed a class that sessions hold",
    onset: 24,
    share: 0.6,
    ...alone(app("portal", "spring", { version: "3.0.0" }), "/portal/:id", {
      thrown: thrown("org.springframework.data.redis.serializer.SerializationException", "Cannot deserialize", [
        "\tat org.springframework.data.redis.serializer.JdkSerializationRedisSerializer.deserialize(JdkSerializationRedisSerializer.java:103)",
        "\tat org.springframework.session.data.redis.RedisIndexedSessionRepository.getSession(RedisIndexedSessionRepository.java:450)",
        "Caused by: java.io.InvalidClassException: com.acme.portal.Visitor; local class incompatible: stream classdesc serialVersionUID = 4012, local class serialVersionUID = -7713",
      ]),
    }),
    beside: { changes: [{ kind: "deploy", service: "portal", atMs: 9_300, version: "3.0.0", previousVersion: "2.9.6" }] },
    cause: "bad-deploy",
    also: ["parse-failure", "unhandled-exception"],
  },
  {
    name: "sequence-outgrew-its-integer",
    software: "Java agent with PostgreSQL; an identifier passes two thousand million, the column is an integer",
    onset: 26,
    ...byStore(app("tracking", "spring"), "/events/:id", {
      system: "postgresql",
      host: "tracking-db",
      statement: "INSERT INTO events (id, kind) VALUES (?, ?)",
      code: "22003",
      isCallers: true,
      trouble: { type: "org.postgresql.util.PSQLException", message: "ERROR: integer out of range" },
    }),
    cause: "database-failure",
    also: ["unhandled-exception", "invalid-input-unguarded"],
    ...callersOrPeers("tracking", ["tracking-db", "postgresql"]),
  },
  {
    name: "an-hour-that-does-not-exist",
    software: "Spring with Joda; on the night of the clock change some bookings name the missing hour",
    share: 0.25,
    ...alone(app("bookings-java", "spring-old"), "/bookings/:id", {
      thrown: thrown(
        "org.joda.time.IllegalInstantException",
        "Illegal instant due to time zone offset transition (daylight savings time 'gap'): 2026-03-29T02:30:00.000 (Europe/Berlin)",
        [
          "\tat org.joda.time.chrono.ZonedChronology.localToUTC(ZonedChronology.java:157)",
          "\tat com.acme.bookings.Slot.startsAt(Slot.java:28)",
        ],
      ),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "one-bad-row-of-the-import",
    software: "Quarkus; an import left one enum value that the code does not know",
    share: 0.15,
    ...alone(app("catalogue", "quarkus"), "/products/:id", {
      thrown: thrown("java.lang.IllegalArgumentException", "No enum constant com.acme.catalogue.Unit.PCS_", [
        "\tat java.base/java.lang.Enum.valueOf(Enum.java:273)",
        "\tat com.acme.catalogue.Unit.valueOf(Unit.java:3)",
        "\tat com.acme.catalogue.ProductMapper.toProduct(ProductMapper.java:44)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "apache-client-waits-for-its-pool",
    software: "Spring with Apache's client; the callee became slow, twenty connections are all lent",
    onset: 22,
    share: 0.7,
    visit: (turn) =>
      visit(
        app("search-front", "spring"),
        "/search",
        turn.isBad
          ? {
              status: 500,
              ms: 3_004,
              thrown: thrown(
                "org.springframework.web.client.ResourceAccessException",
                'I/O error on GET request for "http://ratings:8080/ratings": Timeout waiting for connection from pool',
                [
                  "\tat org.springframework.web.client.RestTemplate.createResourceAccessException(RestTemplate.java:905)",
                  "\tat com.acme.search.Ratings.load(Ratings.java:27)",
                  "Caused by: org.apache.http.conn.ConnectionPoolTimeoutException: Timeout waiting for connection from pool",
                ],
              ),
            }
          : { steps: [call(visit(app("ratings", "gin"), "/ratings", { ms: turn.index > 20 ? 2_600 : 30 }))] },
      ),
    seen: { service: "search-front", route: "/search" },
    cause: "pool-exhausted",
    also: ["dependency-timeout"],
    creators: ["search-front", "ratings"],
    path: [hop("search-front", "created", "propagated", "remapped"), maybe("ratings", "clean", "created")],
  },
  {
    name: "mysql-primary-is-read-only-after-the-failover",
    software: "Java agent with MySQL; after a failover the pool still holds connections to the old primary",
    onset: 26,
    ...byStore(app("carts-java", "spring"), "/carts/:id", {
      system: "mysql",
      host: "carts-mysql",
      statement: "UPDATE carts SET lines = ? WHERE id = ?",
      code: "1290",
      trouble: {
        type: "java.sql.SQLException",
        message: "The MySQL server is running with the --read-only option so it cannot execute this statement",
      },
    }),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
];
