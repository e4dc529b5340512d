/** More errors in the language that a locale chose. */
import { app, hop, line, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const FURTHER_LOCALES: readonly Scene[] = [
  {
    name: "stolbets-ne-sushchestvuet",
    software: "FastAPI with asyncpg and a PostgreSQL in Russian; the migration runs after the release",
    onset: 24,
    ...byStore(app("zakazy", "fastapi", { version: "2.9.0" }), "/zakazy/:id", {
      system: "postgresql",
      host: "zakazy-db",
      statement: "SELECT id, skidka FROM zakazy WHERE id = $1",
      trouble: { type: "asyncpg.exceptions.UndefinedColumnError", message: 'столбец "skidka" не существует' },
      bad: {
        thrown: thrown("asyncpg.exceptions.UndefinedColumnError", 'столбец "skidka" не существует', [
          "Traceback (most recent call last):",
          '  File "/app/zakazy/api.py", line 22, in read',
        ]),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "zakazy", atMs: 9_500, version: "2.9.0", previousVersion: "2.8.6" }] },
    ...callersOrPeers("zakazy", ["zakazy-db", "postgresql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "nihongo-no-setsuzoku-kyohi",
    software: "Spring on a machine whose locale is Japanese; the neighbour refuses",
    onset: 25,
    ...byCall(app("zaiko", "spring"), "/zaiko/:id", {
      host: "kakaku",
      ms: 3,
      trouble: { type: "java.net.ConnectException", message: "接続を拒否されました" },
    }),
    cause: "connection-refused",
  },
  {
    name: "weijiang-duixiang-yinyong",
    software: "ASP.NET Core on Windows in Chinese; an order without lines",
    share: 0.3,
    ...alone(app("dingdan", "aspnet"), "/dingdan/:id", {
      thrown: thrown("System.NullReferenceException", "未将对象引用设置到对象的实例。", [
        "   在 Acme.Dingdan.Zongjia.Jisuan(Dan dan) 位置 /src/Zongjia.cs:行号 18",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "annulation-de-la-requete-par-delai",
    software: "Rails with PostgreSQL in French; an index is missing and statements take too long",
    onset: 25,
    share: 0.6,
    everyMs: 900,
    ...byStore(app("archives-fr", "rails"), "/archives/:id", {
      system: "postgresql",
      host: "archives-db",
      statement: "SELECT * FROM pieces WHERE titre ILIKE $1",
      ms: 5_004,
      trouble: {
        type: "ActiveRecord::QueryCanceled",
        message: "PG::QueryCanceled: ERREUR:  annulation de la requête à cause du délai écoulé pour l'exécution de l'instruction",
      },
      bad: {
        thrown: thrown(
          "ActiveRecord::QueryCanceled",
          "PG::QueryCanceled: ERREUR:  annulation de la requête à cause du délai écoulé pour l'exécution de l'instruction",
          ["app/controllers/archives_controller.rb:14:in 'ArchivesController#show'"],
        ),
      },
    }),
    ...callersOrPeers("archives-fr", ["archives-db", "postgresql"]),
    cause: "dependency-timeout",
    also: ["database-failure"],
  },
  {
    name: "doppelter-schluessel-in-postgres",
    software: "Express with node-postgres and German messages; two sign-ups with one address",
    share: 0.25,
    ...byStore(app("anmeldung", "express"), "/anmeldungen/:id", {
      system: "postgresql",
      host: "anmeldung-db",
      statement: "INSERT INTO nutzer(email) VALUES ($1)",
      trouble: { type: "error", message: "doppelter Schlüsselwert verletzt Unique-Constraint »nutzer_email_key«" },
      code: "23505",
      bad: {
        thrown: thrown("error", "doppelter Schlüsselwert verletzt Unique-Constraint »nutzer_email_key«", [
          "    at /app/node_modules/pg-pool/index.js:45:11",
          "    at async /app/src/anmeldung.js:30:5",
        ]),
      },
    }),
    ...callersOrPeers("anmeldung", ["anmeldung-db", "postgresql"]),
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception", "database-failure"],
  },
  {
    name: "zertifikat-des-nachbarn-ist-abgelaufen",
    software: "ASP.NET Core on Windows in German; the neighbour's certificate has expired",
    onset: 25,
    ...byCall(app("zustellung", "aspnet"), "/zustellung/:id", {
      host: "frachten.example",
      isCallers: true,
      ms: 31,
      trouble: {
        type: "System.Security.Authentication.AuthenticationException",
        message: "Das Remotezertifikat ist aufgrund von Fehlern in der Zertifikatkette ungültig: NotTimeValid",
      },
      bad: {
        thrown: thrown(
          "System.Net.Http.HttpRequestException",
          "The SSL connection could not be established, see inner exception.\n ---> System.Security.Authentication.AuthenticationException: Das Remotezertifikat ist aufgrund von Fehlern in der Zertifikatkette ungültig: NotTimeValid",
          ["   bei System.Net.Security.SslStream.SendAuthResetSignal(ReadOnlySpan`1 alert)"],
        ),
      },
    }),
    ...callersOrPeers("zustellung", "frachten.example"),
    cause: "tls-failure",
  },
  {
    name: "zu-viele-offene-dateien",
    software: "Spring on a machine whose locale is German; descriptors leak",
    onset: 26,
    share: 0.7,
    ...alone(app("bilder", "spring"), "/bilder/:id", {
      thrown: thrown("java.net.SocketException", "Zu viele offene Dateien", [
        "\tat java.base/sun.nio.ch.Net.socket0(Native Method)",
        "\tat de.laden.bilder.Abruf.hole(Abruf.java:19)",
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "limite-de-execucao-da-api-de-fretes",
    software: "Laravel; the carrier's API answers 429 with Portuguese words, passed on as 500",
    onset: 25,
    share: 0.7,
    ...byCall(app("fretes", "laravel"), "/fretes/:id", {
      host: "api.transportes.example",
      answers: 429,
      isCallers: true,
      bad: {
        thrown: thrown("RuntimeException", "Limite de requisições excedido. Tente novamente em 60 segundos.", [
          "#0 /app/app/Fretes.php(44)",
        ]),
      },
    }),
    ...callersOrPeers("fretes", "api.transportes.example"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "log-em-portugues-de-uma-chave-ausente",
    software: "Node in Brazil, whose own words are Portuguese; a variable of the environment is missing in new pods",
    onset: 24,
    ...alone(app("cobranca", "express", { version: "3.3.0" }), "/cobrancas/:id", {
      lines: [line(17, "Falha ao emitir cobrança: variável de ambiente COBRANCA_CHAVE não definida")],
      thrown: thrown("Error", "variável de ambiente COBRANCA_CHAVE não definida", ["    at chave (/app/src/chave.js:9:11)"]),
    }),
    path: [hop("cobranca", "created"), maybe("cobranca", "clean")],
    beside: { changes: [{ kind: "deploy", service: "cobranca", atMs: 9_300, version: "3.3.0", previousVersion: "3.2.8" }] },
    cause: "bad-configuration",
    also: ["bad-deploy"],
  },
];
