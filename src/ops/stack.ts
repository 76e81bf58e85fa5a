import { type ProbeSpec, probe } from "./probe.ts";
import type { ServiceSpec } from "./service.ts";

export interface StackShape {
  readonly profile: "embedded" | "services";
  readonly workers: number;
  readonly backtesters: number;
  /** Whether trading goes to an exchange: then there is no venue to run. */
  readonly exchange?: boolean;
  /** Megabytes of memory each daemon of a service may use; 0 or absent: as much as there is. */
  readonly memoryMb?: Readonly<Record<string, number>>;
  /** What the stack file has asked of a service from outside, in the place of what is asked by default. */
  readonly probes?: Readonly<Record<string, readonly ProbeSpec[]>>;
}

const DAEMON = {
  kind: "daemon",
  count: 1,
  scalable: false,
  stopSignal: "SIGTERM",
  stopGraceMs: 10_000,
  startTimeoutMs: 30_000,
  probes: [],
} as const;

/**
 * Whether requests are answered, which the beats cannot tell: they come over a socket of their own. Of what the API
 * depends on the beats know more than an address that asks the database at every look.
 */
export const API_PROBES: readonly ProbeSpec[] = [
  probe("readiness", { kind: "http", target: "/healthz" }),
  // Overload is no reason to end a process that works: only a listener that is lost for good is.
  probe("liveness", { kind: "http", target: "/healthz" }, { everyMs: 5_000, timeoutMs: 5_000, bad: 6 }),
];

const DATABASE = [
  { service: "postgres", condition: "ready" },
  { service: "migrations", condition: "done" },
] as const;

/** The services of the stack, in the order they are shown. In the services profile the database is somebody else's. */
export function stackServices(shape: StackShape): ServiceSpec[] {
  return services(shape).map((spec) => {
    const limit = spec.kind === "daemon" ? shape.memoryMb?.[spec.name] : undefined;
    const probes = shape.probes?.[spec.name] ?? spec.probes;
    return { ...spec, probes, ...(limit && { memoryLimitBytes: limit * 1e6 }) };
  });
}

function services(shape: StackShape): ServiceSpec[] {
  const postgres: ServiceSpec = {
    ...DAEMON,
    name: "postgres",
    kind: "server",
    needs: [],
    // A fast shutdown: sessions are ended, everything committed is on disk.
    stopSignal: "SIGINT",
    startTimeoutMs: 60_000,
    probes: [probe("readiness", { kind: "postgres" })],
  };
  return [
    ...(shape.profile === "embedded" ? [postgres] : []),
    { ...DAEMON, name: "migrations", kind: "job", needs: [DATABASE[0]], startTimeoutMs: 120_000 },
    ...(shape.exchange ? [] : [{ ...DAEMON, name: "paper-venue", needs: [] }]),
    { ...DAEMON, name: "api", needs: DATABASE, probes: API_PROBES },
    {
      ...DAEMON,
      name: "worker",
      count: shape.workers,
      scalable: true,
      needs: [...DATABASE, ...(shape.exchange ? [] : [{ service: "paper-venue", condition: "ready" } as const])],
    },
    { ...DAEMON, name: "backtester", count: shape.backtesters, scalable: true, needs: DATABASE },
  ];
}
