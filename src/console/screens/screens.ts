import type { ScreenName } from "../state/console-state.ts";
import { backtestsScreen } from "./backtests.ts";
import { incidentsScreen } from "./incidents.ts";
import { logsScreen } from "./logs.ts";
import type { Screen } from "./model.ts";
import { ordersScreen } from "./orders.ts";
import { overviewScreen } from "./overview.ts";
import { riskScreen } from "./risk.ts";
import { runbooksScreen } from "./runbooks.ts";
import { serviceScreen } from "./service.ts";
import { servicesScreen } from "./services.ts";

/** Every screen by its name. */
export const SCREENS: Readonly<Record<ScreenName, Screen>> = {
  overview: overviewScreen,
  services: servicesScreen,
  service: serviceScreen,
  logs: logsScreen,
  orders: ordersScreen,
  risk: riskScreen,
  backtests: backtestsScreen,
  incidents: incidentsScreen,
  runbooks: runbooksScreen,
};
