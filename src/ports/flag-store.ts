import type { Cancel } from "../core/clock.ts";
import type { FlagValue, SetFlag } from "../ops/flag.ts";

/** A new value for a flag, or `undefined` to take back what was set. */
export interface FlagWrite {
  readonly name: string;
  readonly to: { readonly value: FlagValue; readonly expiresAt: number | undefined } | undefined;
  readonly reason: string;
  /** What goes into the journal with it, given what was set before. */
  readonly entry: (before: SetFlag | undefined) => { readonly kind: string; readonly body: unknown };
}

/** Flags that were set, each change with its row in the journal. */
export interface FlagStore {
  read(): Promise<readonly SetFlag[]>;
  write(
    command: { readonly actor: string; readonly origin: string; readonly commandId: string },
    write: FlagWrite,
  ): Promise<void>;
  /** Calls when a flag was changed, or may have been. */
  onChange(listener: () => void): Promise<Cancel>;
}
