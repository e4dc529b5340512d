import { anyWord } from "@faultline/model";

/** The methods of HTTP, of WebDAV and of caches. */
const METHOD = new RegExp(
  `^${anyWord`
    GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY
    SEARCH REPORT PROPFIND PROPPATCH MKCOL MKCALENDAR COPY MOVE (?:UN)?LOCK ACL MERGE NOTIFY
    PURGE BAN`}$`,
);

/** True for the name of a method in capitals. */
export function isMethod(text: string | undefined): boolean {
  return text !== undefined && METHOD.test(text);
}
