import { anyOf } from "@faultline/model";

/** Messages that a connection was closed during a request. */
export const CLOSED = new RegExp(
  anyOf(
    /\bECONNRESET\b/,
    /socket hang up/,
    /other side closed/,
    /UND_ERR_SOCKET/,
    /\bEPIPE\b/,
    /connection (?:was )?(?:forcibly )?(?:reset|closed by (?:the )?(?:remote|peer|foreign))/,
    /connection closed before message completed/,
    /server closed idle connection/,
    /end of file reached/,
    /ECONNABORTED/,
    /prematurely closed/,
    /PrematureClose/,
    /Server disconnected/,
    /disconnected without sending/,
    /NoHttpResponse/,
    /header parser received no bytes/,
    /response ended prematurely/,
    /RemoteDisconnected/,
    /broken pipe/,
    /unexpected EOF/,
    /stream closed/,
  ),
  "i",
);

/** Messages that a connection was not established in time. */
export const NOT_CONNECTED_IN_TIME =
  /\bconnect(?:ion|ing)?(?: attempt)? (?:has )?time(?:d )?-?out\b|Connect(?:ion)?Timeout|CONNECT_TIMEOUT|connect ETIMEDOUT|dial tcp \S+ i\/o timeout|timed? ?out (?:while )?connecting/i;

/** Messages that a connection was refused. */
export const REFUSED = new RegExp(
  anyOf(
    /\bECONNREFUSED\b/,
    /connection[ _]refused/,
    /ConnectionRefused/,
    /(?<!GuzzleHttp\\Exception\\)ConnectException/,
    /actively refused/,
    /connect[_ ]error: ?_?111\b/,
    /os error 111\b/,
    /Errno 111\b/,
    /(?<!Errno 110\] )Connect call failed \(/,
    /no route to host/,
    /NoRouteToHost/,
    /\bE(?:HOST|NET)UNREACH\b/,
    /network is unreachable/,
    /host is unreachable/,
    /os error 113\b/,
    /Errno 113\b/,
    /No connection could be made/,
    /Failed to connect to .{1,120}: (?:Couldn't|Could not) connect to server/,
    /partner '[^\s:']{1,100}:[^\s:']{1,40}' not reached/,
  ),
  "i",
);
