export { systemClock } from "../adapters/system/system-clock.ts";
