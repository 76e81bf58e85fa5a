import { openCheckup } from "../runtime/checkup.ts";
import { systemClock } from "../runtime/system-clock.ts";

/** What the doctor looks at, for a command. */
export const openDoctor = async () => ({ checkup: await openCheckup(), clock: systemClock });
