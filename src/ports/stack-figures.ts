/** Figures of the whole stack that only its database knows. All ages are by the database's clock, in seconds. */
export interface StackFigures {
  read(): Promise<StackReading>;
  /** How long ago this epoch's kill was committed; undefined when the epoch is not a kill's. */
  killAge(epoch: number): Promise<number | undefined>;
}

export interface StackReading {
  /** The latest epoch of the authority and how long ago it was committed. */
  readonly epoch: number;
  readonly epochAge: number;
  /** Since the kill switch was last used; undefined when it never was. */
  readonly lastKillAge: number | undefined;
  /** Live workers that have not confirmed the latest epoch. */
  readonly unacknowledged: number;
  readonly jobsWaiting: number;
  /** How long the job that has waited longest has been due; 0 when none waits. */
  readonly oldestJobAge: number;
}

/** Memory of a store that must not run full, in bytes. */
export interface MemoryFigures {
  readMemory(): Promise<{ readonly used: number; readonly limit: number }>;
}
