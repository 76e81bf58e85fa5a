import { openRunbookReading, openRunbooks } from "../runtime/runbooks.ts";
import { systemClock } from "../runtime/system-clock.ts";

/** Runbooks and runs, for commands that only read them. */
export const openRunbookShelf = () => ({ reading: openRunbookReading(), clock: systemClock });

/** Everything that running a runbook needs. */
export const openRunbookRunner = openRunbooks;
