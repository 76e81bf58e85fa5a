/** Shared words in which a running backtest shows how far it is, to a thread that watches. */
export const COURSE = { bar: 0, phase: 1 } as const;
export const PHASE = { loading: 0, bars: 1, report: 2 } as const;

export const newCourse = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * Object.keys(COURSE).length));
