// What other programs import as `ttt/client`.
export { OperatorError, OutageError } from "../../../core/errors.ts";
export { ApiError, UnexpectedAnswer } from "./api-error.ts";
export type { CallOptions } from "./ask.ts";
export { type Client, type ConnectOptions, connect } from "./connect.ts";
export type { ApiEvent, BacktestChange, EventWish } from "./follow.ts";
export type { Backtest, Flag, Incident, IncidentReading, Problem, Stack } from "./operations.ts";
