/**
 * Every key and channel of ttt in Redis. Channels know no database numbers, so their names carry it: two stacks on
 * one server with a number each do not hear each other.
 */
export const channels = {
  bus: (database: number, topic: string) => `ttt:${database}:bus:${topic}`,
  kill: (database: number) => `ttt:${database}:kill`,
} as const;

export const keys = {
  /** `LEVEL@EPOCH`, or a bare level that somebody set by hand. Absent means BLOCK. Never expires. */
  killGlobal: "ttt:kill:global",
  /** A hash: narrower scope to the same. A scope that is not there has no level of its own. */
  killScopes: "ttt:kill:scopes",
} as const;
