// What a strategy file imports: import { defineStrategy, integer, sma } from "ttt/strategy".
export type { Bars, CurrentBar } from "./bars.ts";
export type {
  Broker,
  InstrumentBroker,
  OpenTrade,
  OrderId,
  OrderRequest,
  PositionView,
  Side,
  Size,
  TimeInForce,
  WaitingOrder,
} from "./broker.ts";
export { crossedAbove, crossedBelow } from "./cross.ts";
export type { Crossing, Crossings } from "./crossings.ts";
export { crossings } from "./crossings.ts";
export type { OnBar, SetupContext, Strategy, StrategyDefinition } from "./define-strategy.ts";
export { defineStrategy } from "./define-strategy.ts";
export type { Indicator, IndicatorStep } from "./indicator.ts";
export { applyIndicator } from "./indicator.ts";
export * from "./indicators/index.ts";
export { Moments } from "./indicators/moments.ts";
export { onlyWhen } from "./only-when.ts";
export type { ParamSet, ParamValues } from "./params.ts";
export { boolean, choice, integer, number } from "./params.ts";
export type { Series } from "./series.ts";
