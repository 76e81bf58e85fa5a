import type { Cancel } from "../core/clock.ts";
import type { CounterName, GaugeName, HistogramName, LabelsOf } from "../ops/metric-catalogue.ts";

/** Where a process counts what it does. Writing is cheap; nothing else happens until somebody scrapes. */
export interface Metrics {
  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** A counter that is kept elsewhere: brings this one up to that total. A total that fell has begun anew. */
  follow<N extends CounterName>(name: N, labels: LabelsOf<N>, total: number): void;
  set<N extends GaugeName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** All rows of a gauge at once; rows that are not among them end. For positions, states and the like. */
  replace<N extends GaugeName>(name: N, rows: ReadonlyArray<{ labels: LabelsOf<N>; value: number }>): void;
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Called before each scrape, and only then: for figures that are read rather than counted. */
  onScrape(collect: () => void | Promise<void>): Cancel;
  /** The Prometheus text format. */
  render(): Promise<string>;
}
