import type { RunSpec } from "../backtest/run-spec.ts";
import type { ShardResult, SweepShard } from "../backtest/sweep/shard.ts";
import type { JobFailure, JobState } from "../ops/job.ts";
import type { BarColumns } from "../trading/bar.ts";

/** Where a backtest stands that runs elsewhere. */
export interface RemoteBacktest {
  readonly id: string;
  readonly state: JobState;
  /** 0 to 1. */
  readonly progress: number;
  readonly attempts: number;
  readonly failure?: JobFailure | undefined;
}

/** A stack that runs backtests for others, seen from outside. Outages and refusals are OperatorErrors. */
export interface BacktestService {
  hasBars(hash: string): Promise<boolean>;
  sendBars(hash: string, columns: BarColumns): Promise<void>;
  /** Of those that wait the one with the highest priority is taken first; 0 is usual. */
  submit(spec: RunSpec, priority?: number): Promise<RemoteBacktest>;
  /** Submits a part of the sweep `sweep`, its `number`-th. It is followed and cancelled like a backtest. */
  submitShard(shard: SweepShard, sweep: string, number: number): Promise<RemoteBacktest>;
  /** What a shard that succeeded came to. */
  trials(id: string): Promise<ShardResult>;
  find(id: string): Promise<RemoteBacktest>;
  cancel(id: string): Promise<RemoteBacktest>;
  /** Its state now and each change, until it ends; goes on by itself when the connection breaks. */
  follow(id: string, signal?: AbortSignal): AsyncIterable<RemoteBacktest>;
  /** The report's bytes and the equity curve's, of one that succeeded. */
  report(id: string): Promise<Uint8Array>;
  equity(id: string): Promise<Uint8Array>;
}
