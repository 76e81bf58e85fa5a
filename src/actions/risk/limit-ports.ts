import type { LimitStore } from "../../ports/limit-store.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";

/** What changing limits works with. */
export interface LimitPorts extends LimitChangePorts {
  readonly limits: LimitStore;
}

export interface LimitChangePorts {
  readonly limits: Pick<LimitStore, "change">;
  /** What holds in this environment where nobody has set anything. */
  readonly defaults: LimitSet;
  /** Whoever asks for more may also approve it: only where all money is paper. */
  readonly onePerson: boolean;
}

/** Who commands, from where, and which command it is, for the journal. */
export interface LimitCommand {
  readonly actor: string;
  readonly origin: string;
  readonly commandId: string;
}
