/** Errors in the language that a server's, a runtime's or an operating system's locale chose. */
import { app, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, byStore, callersOrPeers } from "../../shapes.ts";
import { serilog } from "../post-mortems/logged-as.ts";

/** See the file's head. */
export const LOCALES: readonly Scene[] = [
  {
    name: "spalte-die-es-nicht-gibt",
    software: "Spring with PostgreSQL, whose messages are German; the release is ahead of its migration",
    onset: 24,
    ...byStore(app("kunden", "spring", { version: "7.1.0" }), "/kunden/:id", {
      system: "postgresql",
      host: "kunden-db",
      statement: "select k1_0.id,k1_0.stufe from kunden k1_0 where k1_0.id=?",
      trouble: { type: "org.postgresql.util.PSQLException", message: "FEHLER: Spalte k1_0.stufe existiert nicht\n  Position: 15" },
      code: "42703",
      bad: {
        thrown: thrown("org.postgresql.util.PSQLException", "FEHLER: Spalte k1_0.stufe existiert nicht\n  Position: 15", [
          "\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2725)",
          "\tat de.laden.kunden.KundenDienst.finde(KundenDienst.java:41)",
        ]),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "kunden", atMs: 9_400, version: "7.1.0", previousVersion: "7.0.4" }] },
    ...callersOrPeers("kunden", ["kunden-db", "postgresql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "trop-de-clients-sont-connectes",
    software: "Symfony with PostgreSQL, whose messages are French; its slots are all taken",
    onset: 26,
    share: 0.6,
    ...byStore(app("billets", "symfony"), "/billets/:id", {
      system: "postgresql",
      host: "billets-db",
      statement: "SELECT b0_.id FROM billet b0_ WHERE b0_.id = ?",
      trouble: { type: "PDOException", message: "SQLSTATE[08006] [7] FATAL:  désolé, trop de clients sont déjà connectés" },
      bad: {
        thrown: thrown(
          "Doctrine\\DBAL\\Exception\\ConnectionException",
          "An exception occurred in the driver: SQLSTATE[08006] [7] FATAL:  désolé, trop de clients sont déjà connectés",
          ["#0 /app/vendor/doctrine/dbal/src/Driver/API/PostgreSQL/ExceptionConverter.php(77)"],
        ),
      },
    }),
    ...callersOrPeers("billets", ["billets-db", "postgresql"]),
    cause: "database-failure",
    also: ["pool-exhausted", "resource-exhausted"],
  },
  {
    name: "contrasena-que-ya-no-vale",
    software: "Django with PostgreSQL, whose messages are Spanish; the password was rotated",
    onset: 25,
    ...byStore(app("pedidos", "django"), "/pedidos/:id", {
      system: "postgresql",
      host: "pedidos-db",
      statement: 'SELECT "pedido"."id" FROM "pedido" WHERE "pedido"."id" = %s',
      trouble: {
        type: "psycopg2.OperationalError",
        message:
          'connection to server at "pedidos-db" (10.0.3.9), port 5432 failed: FATAL:  la autentificación password falló para el usuario «tienda»',
      },
      bad: {
        thrown: thrown(
          "django.db.utils.OperationalError",
          'connection to server at "pedidos-db" (10.0.3.9), port 5432 failed: FATAL:  la autentificación password falló para el usuario «tienda»',
          ["Traceback (most recent call last):", '  File "/app/pedidos/views.py", line 31, in ver'],
        ),
      },
    }),
    ...callersOrPeers("pedidos", ["pedidos-db", "postgresql"]),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "zielcomputer-verweigert-die-verbindung",
    software: "ASP.NET Core on Windows in German; the neighbour is not running",
    onset: 25,
    ...byCall(app("lager", "aspnet"), "/lager/:id", {
      host: "preise",
      ms: 2_040,
      trouble: {
        type: "System.Net.Http.HttpRequestException",
        message: "Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte. (preise:8080)",
      },
      bad: {
        thrown: thrown(
          "System.Net.Http.HttpRequestException",
          "Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte. (preise:8080)",
          ["   at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port)", "   at Laden.Lager.Preise.Hole()"],
        ),
      },
    }),
    cause: "connection-refused",
  },
  {
    name: "hote-inconnu-sous-windows",
    software: "ASP.NET Core on Windows in French; a name was taken out of the zone",
    onset: 27,
    ...byCall(app("stocks", "aspnet"), "/stocks/:id", {
      host: "tarifs.interne.example",
      isCallers: true,
      ms: 11,
      trouble: { type: "System.Net.Http.HttpRequestException", message: "Hôte inconnu. (tarifs.interne.example:443)" },
      bad: {
        thrown: thrown("System.Net.Http.HttpRequestException", "Hôte inconnu. (tarifs.interne.example:443)", [
          "   at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port)",
        ]),
      },
    }),
    ...callersOrPeers("stocks", "tarifs.interne.example"),
    cause: "dns-failure",
  },
  {
    name: "objektverweis-ohne-objekt",
    software: "ASP.NET Core on Windows in German by Serilog; customers without an address",
    share: 0.3,
    ...behind(
      app("portal", "gin"),
      "/vertraege/:id",
      alone(
        app("vertraege", "aspnet"),
        "/vertraege/:id",
        serilog("HTTP GET antwortete 500", [
          "System.NullReferenceException",
          "Der Objektverweis wurde nicht auf eine Objektinstanz festgelegt.",
          "   bei Acme.Vertraege.Briefkopf.Zeile(Kunde kunde) in /src/Briefkopf.cs:Zeile 27.",
        ]),
      ),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "transaktion-als-deadlockopfer",
    software: "ASP.NET Core with a German SQL Server; two procedures lock in another order",
    share: 0.35,
    ...byStore(app("buchungen", "aspnet"), "/buchungen/:id", {
      system: "mssql",
      host: "buchungen-sql",
      statement: "UPDATE Buchung SET Stand = @p0 WHERE Id = @p1",
      ms: 900,
      trouble: {
        type: "Microsoft.Data.SqlClient.SqlException",
        message:
          "Die Transaktion (Prozess-ID 64) befand sich auf Sperre Ressourcen aufgrund eines anderen Prozesses in einer Deadlocksituation und wurde als Deadlockopfer ausgewählt. Führen Sie die Transaktion erneut aus.",
      },
      code: "1205",
      bad: {
        thrown: thrown(
          "Microsoft.Data.SqlClient.SqlException",
          "Die Transaktion (Prozess-ID 64) befand sich auf Sperre Ressourcen aufgrund eines anderen Prozesses in einer Deadlocksituation und wurde als Deadlockopfer ausgewählt. Führen Sie die Transaktion erneut aus.",
          ["   bei Microsoft.Data.SqlClient.SqlConnection.OnError(SqlException exception, Boolean breakConnection)"],
        ),
      },
    }),
    ...callersOrPeers("buchungen", ["buchungen-sql", "mssql"]),
    cause: "database-failure",
  },
  {
    name: "connexion-refusee-de-java",
    software: "Quarkus on a machine whose locale is French; the neighbour is being restarted",
    onset: 26,
    ...byCall(app("devis", "quarkus"), "/devis/:id", {
      host: "remises",
      ms: 3,
      trouble: { type: "java.net.ConnectException", message: "Connexion refusée (Connection refused)" },
    }),
    cause: "connection-refused",
  },
  {
    name: "espace-insuffisant-sur-le-peripherique",
    software: "Spring on a machine whose locale is French; the volume of the invoices is full",
    onset: 25,
    ...alone(app("factures", "spring"), "/factures/:id", {
      thrown: thrown("java.io.IOException", "Aucun espace disponible sur le périphérique", [
        "\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)",
        "\tat fr.acme.factures.Pdf.ecrire(Pdf.java:55)",
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "speicherplatz-fehlt-auf-dem-datentraeger",
    software: "ASP.NET Core on Windows in German; the disk is full",
    onset: 24,
    ...alone(app("ablage", "aspnet"), "/ablage/:id", {
      thrown: thrown(
        "System.IO.IOException",
        "Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung. : 'D:\\ablage\\4107.tmp'",
        [
          "   bei System.IO.RandomAccess.WriteAtOffset(SafeFileHandle handle, ReadOnlySpan`1 buffer, Int64 fileOffset)",
          "   bei Acme.Ablage.Schreiber.Schreibe()",
        ],
      ),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "kein-listener-bei-oracle",
    software: "Spring with Oracle, whose client speaks German; the listener is down",
    onset: 26,
    ...byStore(app("konten", "spring"), "/konten/:id", {
      system: "oracle.db",
      host: "konten-ora",
      statement: "select stand from konten where id = ?",
      ms: 14,
      trouble: { type: "java.sql.SQLRecoverableException", message: "ORA-12541: TNS: Kein Listener" },
      bad: {
        thrown: thrown("java.sql.SQLRecoverableException", "ORA-12541: TNS: Kein Listener", [
          "\tat oracle.jdbc.driver.T4CConnection.logon(T4CConnection.java:854)",
        ]),
      },
    }),
    cause: "database-failure",
    also: ["connection-refused"],
  },
  {
    name: "la-contrasena-de-oracle-ha-caducado",
    software: "Quarkus with Oracle in Spanish; the password of its user has expired",
    onset: 25,
    ...byStore(app("nominas", "quarkus"), "/nominas/:id", {
      system: "oracle.db",
      host: "nominas-ora",
      statement: "select neto from nominas where id = ?",
      trouble: { type: "java.sql.SQLException", message: "ORA-28001: la contraseña ha caducado" },
      bad: {
        thrown: thrown("java.sql.SQLException", "ORA-28001: la contraseña ha caducado", [
          "\tat oracle.jdbc.driver.T4CTTIoer11.processError(T4CTTIoer11.java:630)",
        ]),
      },
    }),
    ...callersOrPeers("nominas", ["nominas-ora", "oracle.db"]),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "acces-refuse-de-mysql",
    software: "Laravel with MySQL in French; the new secret was not handed to it",
    onset: 26,
    ...byStore(app("paniers", "laravel"), "/paniers/:id", {
      system: "mysql",
      host: "paniers-db",
      statement: "select * from `paniers` where `id` = ? limit 1",
      trouble: {
        type: "PDOException",
        message: "SQLSTATE[HY000] [1045] Accès refusé pour l'utilisateur: 'boutique'@'10.0.3.7' (mot de passe: OUI)",
      },
      bad: {
        thrown: thrown(
          "Illuminate\\Database\\QueryException",
          "SQLSTATE[HY000] [1045] Accès refusé pour l'utilisateur: 'boutique'@'10.0.3.7' (mot de passe: OUI) (Connection: mysql, SQL: select * from `paniers` where `id` = 7 limit 1)",
          ["#0 /app/vendor/laravel/framework/src/Illuminate/Database/Connection.php(825)"],
        ),
      },
    }),
    ...callersOrPeers("paniers", ["paniers-db", "mysql"]),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
];
