import type { ServiceSpec } from "./service.ts";

export interface StackShape {
  readonly profile: "embedded" | "services";
  readonly workers: number;
  readonly backtesters: number;
  /** Whether trading goes to an exchange: then there is no venue to run. */
  readonly exchange?: boolean;
  /** Megabytes of memory each daemon of a service may use; 0 or absent: as much as there is. */
  readonly memoryMb?: Readonly<Record<string, number>>;
}

const DAEMON = {
  kind: "daemon",
  count: 1,
  scalable: false,
  stopSignal: "SIGTERM",
  stopGraceMs: 10_000,
  startTimeoutMs: 30_000,
} as const;

const DATABASE = [
  { service: "postgres", condition: "ready" },
  { service: "migrations", condition: "done" },
] as const;

/** The services of the stack, in the order they are shown. In the services profile the database is somebody else's. */
export function stackServices(shape: StackShape): ServiceSpec[] {
  return services(shape).map((spec) => {
    const limit = spec.kind === "daemon" ? shape.memoryMb?.[spec.name] : undefined;
    return limit ? { ...spec, memoryLimitBytes: limit * 1e6 } : spec;
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
  };
  return [
    ...(shape.profile === "embedded" ? [postgres] : []),
    { ...DAEMON, name: "migrations", kind: "job", needs: [DATABASE[0]], startTimeoutMs: 120_000 },
    ...(shape.exchange ? [] : [{ ...DAEMON, name: "paper-venue", needs: [] }]),
    { ...DAEMON, name: "api", needs: DATABASE },
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
