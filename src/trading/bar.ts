/** One bar of prices. `time` is the bar's own stamp as its source gives it, milliseconds since the epoch, UTC. */
export interface Bar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Many bars of one instrument as columns of equal length. Times ascend strictly. */
export interface BarColumns {
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Bar `index` of the columns as an object: for the edges of the system, never for an inner loop. */
export function barAt(columns: BarColumns, index: number): Bar {
  return {
    time: columns.time[index]!,
    open: columns.open[index]!,
    high: columns.high[index]!,
    low: columns.low[index]!,
    close: columns.close[index]!,
    volume: columns.volume[index]!,
  };
}
