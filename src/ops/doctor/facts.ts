import type { InstanceView } from "../instance.ts";
import type { MetricReading } from "../metric-sample.ts";

/** What one look gave: what was seen, or why nothing was. */
export type Look<T> = { readonly seen: T } | { readonly unseen: string };

/** Everything the doctor looked at. Undefined: this stack has no such thing, or nobody knows where it is. */
export interface Facts {
  readonly configuration: Look<ConfigurationFacts>;
  readonly stack: Look<StackFacts>;
  readonly database: Look<DatabaseFacts> | undefined;
  readonly redis: Look<RedisFacts> | undefined;
  readonly queue: Look<QueueFacts> | undefined;
  readonly api: Look<ApiFacts> | undefined;
  readonly metrics: Look<MetricsFacts> | undefined;
  readonly host: Look<HostFacts>;
}

export interface ConfigurationFacts {
  /** Why it cannot be used; null when it can. */
  readonly problem: { readonly message: string; readonly expected: string; readonly found: string } | null;
}

export interface StackFacts {
  readonly isRunning: boolean;
  readonly instances: readonly InstanceView[];
  /** What each instance in trouble said last, by its name: the newest line last. */
  readonly lastWords: Readonly<Record<string, readonly string[]>>;
}

export interface DatabaseFacts {
  /** Milliseconds from question to answer, one a question. */
  readonly roundTripsMs: readonly number[];
  /** Migrations of this release that the database has not seen. */
  readonly pending: readonly string[];
  /** Tables that the migrations it has seen made, and that are not there. */
  readonly missingTables: readonly string[];
  readonly connections: { readonly used: number; readonly limit: number };
  readonly waiting: readonly WaitingSession[];
  /** Statements that have run for long and wait for nobody. */
  readonly slow: readonly {
    readonly pid: number;
    readonly seconds: number;
    readonly program: string;
    readonly statement: string;
  }[];
}

/** A session that another one holds up. */
export interface WaitingSession {
  readonly pid: number;
  readonly seconds: number;
  readonly statement: string;
  readonly blocker: {
    readonly pid: number;
    readonly program: string;
    readonly state: string;
    readonly statement: string;
  };
}

export interface RedisFacts {
  readonly roundTripsMs: readonly number[];
  readonly usedBytes: number;
  /** `maxmemory`, or the machine's memory where none is set. */
  readonly limitBytes: number;
  readonly policy: string;
  readonly refusesWrites: boolean;
  /** The largest groups of keys by the part before the last `:`, from a sample. */
  readonly largest: readonly { readonly prefix: string; readonly keys: number; readonly bytes: number }[];
}

export interface QueueFacts {
  readonly roundTripsMs: readonly number[];
}

export interface ApiFacts {
  /** Milliseconds of each answer, as the doctor asked. */
  readonly answers: readonly ApiAnswer[];
}

export interface ApiAnswer {
  readonly path: string;
  /** 0: none came. */
  readonly status: number;
  readonly ms: number;
  /** What the API's log says under this request, or the answer itself; empty when all is well. */
  readonly reason: string;
}

export interface MetricsFacts {
  readonly reading: MetricReading;
  readonly targets: readonly ScrapeTarget[];
  /** Undefined: no Prometheus is configured. */
  readonly prometheus:
    | { readonly url: string; readonly problem: string | null; readonly down: readonly string[] }
    | undefined;
}

/** Where Prometheus is told to look for an instance, and what is found there. */
export interface ScrapeTarget {
  readonly instance: string;
  /** `127.0.0.1:40123`; null: nobody tells Prometheus of it. */
  readonly address: string | null;
  /** Null when figures of this very instance are there. */
  readonly problem: string | null;
}

export interface HostFacts {
  readonly cpus: number;
  /** Average number of processes that wanted a processor over the last minute. */
  readonly load: number;
  readonly freeDiskBytes: number;
  readonly freeDiskPart: number;
  readonly freeMemoryPart: number;
}
