// Every indicator a strategy can use, and their definitions for tests and tools.
export { type Adx, adx } from "./adx.ts";
export { atr, trueRange } from "./atr.ts";
export { type Band, bollinger } from "./bollinger.ts";
export { cci } from "./cci.ts";
export { donchian } from "./donchian.ts";
export { ema } from "./ema.ts";
export { keltner } from "./keltner.ts";
export { type Macd, macd } from "./macd.ts";
export { mfi } from "./mfi.ts";
export { obv } from "./obv.ts";
export { rma } from "./rma.ts";
export {
  correlation,
  highest,
  lowest,
  rateOfChange,
  rollingMean,
  rollingStd,
  rollingSum,
  slope,
  zscore,
} from "./rolling.ts";
export { rsi } from "./rsi.ts";
export { sma } from "./sma.ts";
export { type Stochastic, stochastic } from "./stochastic.ts";
export { vwap } from "./vwap.ts";
export { wma } from "./wma.ts";
