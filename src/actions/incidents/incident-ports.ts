import type { Clock } from "../../core/clock.ts";
import type { Contact } from "../../ops/incident/contact.ts";
import type { IncidentStore } from "../../ports/incident-store.ts";

/** What incidents work with. */
export interface IncidentPorts {
  readonly incidents: IncidentStore;
  /** Who hears of incidents, from the configuration. */
  readonly contacts: readonly Contact[];
  readonly clock: Clock;
}
