import type {
  ApiFacts,
  ConfigurationFacts,
  DatabaseFacts,
  HostFacts,
  MetricsFacts,
  QueueFacts,
  RedisFacts,
  StackFacts,
} from "../ops/doctor/facts.ts";

/**
 * Looks at one thing each, and changes nothing. Undefined: this stack has no such thing, or
 * nobody knows where it is. Throws when it cannot look.
 */
export interface Checkup {
  configuration(): Promise<ConfigurationFacts>;
  stack(): Promise<StackFacts>;
  database(): Promise<DatabaseFacts | undefined>;
  redis(): Promise<RedisFacts | undefined>;
  queue(): Promise<QueueFacts | undefined>;
  api(): Promise<ApiFacts | undefined>;
  metrics(): Promise<MetricsFacts | undefined>;
  host(): Promise<HostFacts>;
}
