import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../../testing/scripted-handlers.ts";

type Case = readonly [name: string, script: string, asked: Asked];

const DATABASE = "const { DatabaseSync } = require('node:sqlite')\nconst db = new DatabaseSync(':memory:')\n";

/** A request for a route. */
const at = (route: string, target: string): Asked => ({ route, target, method: "GET" });

/** What need not be there. */
const ASKED: readonly Case[] = [
  [
    "a row by number",
    DATABASE +
      "db.exec('create table rooms (number integer, kind text)')\nexports.handler = (req) => db.prepare('select * from rooms where number = ?').get(Number(req.params.number)).kind",
    at("/rooms/:number", "/rooms/7"),
  ],
  [
    "a row by a number's text",
    DATABASE +
      "db.exec('create table pets (id integer primary key, name text)')\nexports.handler = (req) => db.prepare('select * from pets where id = ?').get(req.params.id).name",
    at("/pets/:id", "/pets/77"),
  ],
  [
    "a row by a text that comes with requests",
    DATABASE +
      "db.exec('create table links (slug text primary key, url text)')\nexports.add = (req) => db.prepare('insert into links (slug, url) values (?, ?)').run(req.body.slug, req.body.url)\nexports.handler = (req) => db.prepare('select * from links where slug = ?').get(req.params.slug).url",
    at("/links/:slug", "/links/nope"),
  ],
];

/** What is not there, because the app is mistaken. */
const OWN: readonly Case[] = [
  [
    "an email lower-cased on write only, in a database",
    DATABASE +
      "db.exec('create table users (id integer primary key, email text, name text)')\nexports.add = (email) => db.prepare('insert into users (email) values (?)').run(email.toLowerCase())\nexports.handler = (req) => db.prepare('select * from users where email = ?').get(req.body.email).name",
    { body: { email: "Cy@X.io" } },
  ],
  [
    "a code lower-cased on read only, in a database",
    DATABASE +
      "db.exec(`create table classes (code text primary key, title text); insert into classes values ('YOGA', 'Y')`)\nexports.handler = (req) => db.prepare('select * from classes where code = ?').get(req.params.code.toLowerCase()).title",
    at("/classes/:code", "/classes/YOGA"),
  ],
  [
    "a code normalised on write only, in a database",
    DATABASE +
      "db.exec(`create table fields (id text primary key, crop text)`)\nexports.add = (id) => db.prepare('insert into fields (id) values (?)').run(id.normalize('NFD'))\nexports.handler = (req) => db.prepare('select * from fields where id = ?').get(req.params.id).crop",
    at("/fields/:id", "/fields/caf%C3%A9"),
  ],
  [
    "a number off by one, in a database",
    DATABASE +
      "db.exec('create table rooms (number integer, kind text)')\nconst room = (number) => db.prepare('select * from rooms where number = ?').get(number)\nexports.handler = (req) => room(Number(req.params.number) - 1).kind",
    at("/rooms/:number", "/rooms/101"),
  ],
  [
    "a currency that the database forgot",
    DATABASE +
      "db.exec(`create table currencies (code text primary key, sign text); insert into currencies values ('EUR', '€')`)\nexports.handler = (req) => db.prepare('select * from currencies where code = ?').get(req.params.code).sign",
    at("/currencies/:code", "/currencies/JPY"),
  ],
  [
    "the wrong table",
    DATABASE +
      "db.exec(`create table pets (id integer primary key, name text); create table owners (id integer primary key, name text); insert into pets values (5, 'Rex')`)\nexports.handler = (req) => db.prepare('select * from owners where id = ?').get(req.params.id).name",
    at("/pets/:id", "/pets/5"),
  ],
  [
    "a row that was deleted just now",
    DATABASE +
      "db.exec(`create table pets (id integer primary key, name text); insert into pets values (5, 'Rex')`)\nexports.handler = (req) => { db.prepare('delete from pets where id = ?').run(req.params.id); return db.prepare('select * from pets where id = ?').get(req.params.id).name }",
    at("/pets/:id", "/pets/5"),
  ],
  [
    "a row that was never put in: transaction rolled back",
    DATABASE +
      "db.exec(`create table pets (id integer primary key, name text)`)\nexports.handler = (req) => { db.exec('begin'); db.prepare('insert into pets (id) values (?)').run(req.params.id); db.exec('rollback'); return db.prepare('select * from pets where id = ?').get(req.params.id).name }",
    at("/pets/:id", "/pets/5"),
  ],
  [
    "row of order_items by the order's id",
    DATABASE +
      "db.exec('create table order_items (id integer primary key, order_id integer, n integer); insert into order_items values (500, 7, 2)')\nexports.handler = (req) => db.prepare('select * from order_items where id = ?').get(req.params.id).n",
    at("/orders/:id/first", "/orders/7/first"),
  ],
  [
    "row of user_settings by the user's id",
    DATABASE +
      "db.exec('create table user_settings (id integer primary key, user_id integer, theme text); insert into user_settings values (500, 7, 2)')\nexports.handler = (req) => db.prepare('select * from user_settings where id = ?').get(Number(req.params.id)).theme",
    at("/users/:id/settings", "/users/7/settings"),
  ],
];

describe("a row that the request names", () => {
  it.each(ASKED)("is the client's to name: %s", async (...[, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 404, told: 1 });
  });

  it.each(OWN)("stays a 500: %s", async (...[, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 500, told: 1 });
  });
});
