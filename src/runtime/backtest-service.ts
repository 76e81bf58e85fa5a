import { apiClient } from "../adapters/http/api-client.ts";
import type { BacktestService } from "../ports/backtest-service.ts";
import { type ApiWish, findApi } from "./api-access.ts";
import type { Config } from "./config.ts";

/** The backtesters of a stack, through its API. Throws notRunning when there is no API to speak to. */
export function openBacktestService(config: Config, wish?: ApiWish): BacktestService {
  return apiClient(findApi(config, wish));
}
