/**
 * Every key and channel of ttt in Redis. Channels know no database numbers, so their names carry it: two stacks on
 * one server with a number each do not hear each other.
 */
export const channels = {
  bus: (database: number, topic: string) => `ttt:${database}:bus:${topic}`,
} as const;
