/** Words of a connection that was closed under a request. */
export const CLOSED =
  /\bECONNRESET\b|socket hang up|other side closed|UND_ERR_SOCKET|\bEPIPE\b|connection reset|upstream prematurely closed|NoHttpResponse|RemoteDisconnected|broken pipe|unexpected EOF|stream closed/i;

/** Words of a connection that was refused. */
export const REFUSED = /\bECONNREFUSED\b|connection refused|ConnectException|actively refused/i;
