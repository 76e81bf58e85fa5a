import { randomUUID } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { loadConfig } from "../runtime/config.ts";
import { openStores } from "../runtime/open-api-stores.ts";
import { operatorHere } from "../runtime/operator.ts";
import { systemClock } from "../runtime/system-clock.ts";

type Opened = Awaited<ReturnType<typeof openStores>>;

export interface StoreAccess extends Omit<Opened, "close"> {
  readonly clock: Clock;
  /** Who commands, from where, and which command it is, for the journal. */
  readonly command: { readonly actor: string; readonly origin: string; readonly commandId: string };
}

/** Jobs, tokens and journal of the configured stack, for one command. */
export async function withStores<T>(program: string, work: (access: StoreAccess) => Promise<T>): Promise<T> {
  const { close, ...stores } = await openStores(await loadConfig());
  try {
    return await work({
      ...stores,
      clock: systemClock,
      command: { ...operatorHere(program), commandId: randomUUID() },
    });
  } finally {
    await close();
  }
}
