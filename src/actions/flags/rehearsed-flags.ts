import type { SetFlag } from "../../ops/flag.ts";
import type { FlagStore } from "../../ports/flag-store.ts";

/** Flags as they are, on which a change is seen and not made. */
export function rehearsedFlags(read: FlagStore["read"], setAt: number): FlagStore {
  let changed: ((rows: readonly SetFlag[]) => readonly SetFlag[]) | undefined;
  return {
    async read() {
      const rows = await read();
      return changed?.(rows) ?? rows;
    },
    async write({ actor }, { name, to, reason }) {
      changed = (rows) => [
        ...rows.filter((row) => row.name !== name),
        ...(to === undefined ? [] : [{ name, ...to, actor, reason, setAt }]),
      ];
    },
    onChange: async () => () => {},
  };
}
