import type { IncidentSeverity } from "./incident.ts";

/** For whom a status update is written. */
export const AUDIENCES = ["desk", "executives", "venue"] as const;
export type Audience = (typeof AUDIENCES)[number];

export const CHANNELS = ["slack", "teams", "email", "webhook"] as const;
export type Channel = (typeof CHANNELS)[number];

/** Somebody who hears of incidents. Comes from the configuration; addresses that are secrets go by their name. */
export interface Contact {
  readonly name: string;
  readonly audience: Audience;
  readonly channel: Channel;
  /** E-mail addresses by ','; otherwise the name of the secret that holds the address: TTT_SLACK_DESK_URL. */
  readonly to: string;
  /** Of a webhook: the name of the secret that signs what is sent. */
  readonly signedWith?: string;
  /** The least severity that this contact hears of. */
  readonly severity: IncidentSeverity;
  /** 0: told at once. Otherwise told only when nobody has acknowledged for so many seconds. */
  readonly afterSeconds: number;
  /** What people need besides: a telephone number, hours. */
  readonly note: string;
}
