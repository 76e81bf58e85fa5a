import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { type Cause, rankCauses, type Symptom } from "../../ops/doctor/cause.ts";
import { daemonCauses } from "../../ops/doctor/daemon-causes.ts";
import type { Facts, Look } from "../../ops/doctor/facts.ts";
import { observationCauses } from "../../ops/doctor/observation-causes.ts";
import { storeCauses } from "../../ops/doctor/store-causes.ts";
import type { Checkup } from "../../ports/checkup.ts";

export interface Diagnosis {
  /** The first to look at first. */
  readonly causes: readonly Cause[];
  readonly checks: readonly Check[];
}

export interface Check {
  readonly name: keyof Checkup;
  readonly ms: number;
  /** What could not be seen, and why; null when there was something to see. */
  readonly problem: string | null;
}

/** Looks at everything at once, each look within the time given, and names the causes of what is wrong. */
export async function examine(
  checkup: Checkup,
  clock: Clock,
  options: { readonly timeoutMs: number; readonly symptom?: Symptom | undefined },
): Promise<Diagnosis> {
  const checks: Check[] = [];
  const look = async <T>(name: keyof Checkup, ask: () => Promise<T>): Promise<Look<T>> => {
    const started = clock.monotonic();
    const late = new AbortController();
    const found: Look<T> = await Promise.race([
      ask().then(
        (seen) => ({ seen }),
        (error: unknown) => ({ unseen: messageOf(error) }),
      ),
      sleep(clock, options.timeoutMs, late.signal).then(() => ({ unseen: `no answer within ${options.timeoutMs} ms` })),
    ]);
    late.abort();
    const problem = "unseen" in found ? found.unseen : null;
    checks.push({ name, ms: Math.round(clock.monotonic() - started), problem });
    return found;
  };
  const [configuration, stack, database, redis, queue, api, metrics, host] = await Promise.all([
    look("configuration", checkup.configuration),
    look("stack", checkup.stack),
    look("database", checkup.database),
    look("redis", checkup.redis),
    look("queue", checkup.queue),
    look("api", checkup.api),
    look("metrics", checkup.metrics),
    look("host", checkup.host),
  ]);
  const facts: Facts = {
    ...{ configuration, stack, host, database: present(database), redis: present(redis), queue: present(queue) },
    ...{ api: present(api), metrics: present(metrics) },
  };
  const causes = rankCauses([...daemonCauses(facts, clock.now()), ...storeCauses(facts), ...observationCauses(facts)]);
  const wanted = causes.filter(({ symptom }) => options.symptom === undefined || symptom === options.symptom);
  return { causes: wanted, checks: checks.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** What this stack does not have is not looked at. */
function present<T>(look: Look<T | undefined>): Look<T> | undefined {
  if ("unseen" in look) return look;
  return look.seen === undefined ? undefined : { seen: look.seen };
}
