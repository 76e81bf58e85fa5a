import type { Role } from "./theme.ts";

/** Sign and colour of a service's state. The sign differs too, for those who see no colour. */
export function serviceLook(state: string): { readonly sign: string; readonly role: Role } {
  switch (state) {
    case "ready":
    case "done":
      return { sign: "●", role: "good" };
    case "pending":
    case "starting":
    case "stopping":
      return { sign: "◐", role: "warn" };
    case "degraded":
      return { sign: "▲", role: "warn" };
    case "stopped":
      return { sign: "○", role: "muted" };
    default:
      return { sign: "✖", role: "bad" };
  }
}
