/** What makes up a runtime's habits, and the few functions that all runtimes share. */
import type { App, Attributes, Line, Thrown, Trouble, Visit } from "./plan.ts";

/** The habits of one runtime. */
export type Runtime = {
  readonly sdk: Attributes;
  /** HTTP attributes have the names used before 2023. */
  readonly isOld: boolean;
  readonly scopes: { readonly server: string; readonly client: string; readonly rpc: string; readonly store: (system: string) => string };
  readonly route: (route: string) => string;
  readonly serverName: (method: string, route: string) => string;
  readonly clientName: (method: string) => string;
  /** Where an exception is recorded, unless the scene says otherwise. */
  readonly told: NonNullable<Thrown["told"]>;
  readonly serverStatusText: (thrown: Thrown | undefined) => string;
  readonly clientStatusText: (trouble: Trouble) => string;
  readonly recordsClientErrors: boolean;
  readonly logException: (thrown: Thrown, visit: Visit) => Line;
  readonly serverExtras?: (visit: Visit) => Attributes;
};

/** A route as most frameworks write it: `/orders/{id}`. */
export const braces = (route: string): string => route.replace(/:(\w+)/g, "{$1}");
/** A route as it stands in a scene: `/orders/:id`. */
export const asIs = (route: string): string => route;
/** No status text. */
export const none = (): string => "";
/** A service's name where only word characters are allowed. */
export const nameOf = (app: App): string => app.service.replace(/\W/g, "_");
/** An exception as attributes of a span event or a log record. */
export const exceptionOf = ({ type, message, stack }: Thrown): Attributes => ({
  "exception.type": type,
  "exception.message": message,
  "exception.stacktrace": stack,
});
/** The path that a request asked for. */
export function pathOf({ path, route }: Visit): string {
  return path ?? route.replace(/:\w+/g, "7");
}
