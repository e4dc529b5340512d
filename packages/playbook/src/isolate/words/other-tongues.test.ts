import { describe, expect, it } from "vitest";
import { withEnglish } from "./other-tongues.ts";

describe("the words of an error in another language", () => {
  it.each([
    ["Verbindungsaufbau abgelehnt (Connection refused)", "connection refused"],
    ["Connexion refusée (Connection refused)", "connection refused"],
    ["接続を拒否されました", "connection refused"],
    ["Aucune connexion n’a pu être établie car l’ordinateur cible l’a expressément refusée. (remises:8080)", "connection refused"],
    ["Se ha forzado la interrupción de una conexión existente por el host remoto.", "connection reset by peer"],
    ["Время ожидания соединения истекло", "connection timed out"],
    ["Hôte inconnu. (tarifs.interne.example:443)", "no such host"],
    ["不知道这样的主机。 (jiage:443)", "no such host"],
    ["Auf dem Gerät ist kein Speicherplatz mehr verfügbar", "No space left on device"],
    ["Demasiados archivos abiertos", "too many open files"],
    ["La référence d'objet n'est pas définie à une instance d'un objet.", "Object reference not set to an instance of an object"],
    ["FEHLER:  Verklemmung entdeckt", "deadlock detected"],
    ["ERREUR:  la colonne « tier » n'existe pas", "column x does not exist"],
    ["FATAL:  lo siento, ya tenemos demasiados clientes", "sorry, too many clients already"],
    ["Accès refusé pour l'utilisateur: 'shop'@'@10.0.0.4' (mot de passe: OUI)", "Access denied for user"],
    ["Échec de l'ouverture de session de l'utilisateur 'shop'.", "Login failed for user"],
  ])("stay, followed by what they mean: %s", (text, english) => {
    expect(withEnglish(text)).toBe(`${text} [${english}]`);
  });

  it.each([
    "connect ECONNREFUSED 10.0.0.7:80",
    "no such host",
    "Der Beleg 4107 wurde nicht gefunden.",
    "Le panier est vide",
    "未找到订单",
    "Accès refusé pour l'utilisateur 42",
  ])("stay alone if they are not technical: %s", (text) => expect(withEnglish(text)).toBe(text));
});
