/** The requests whose arguments pipes of the whole app have seen: what a handler is given may be something else than what was sent. */
export const piped = new WeakSet<object>();
