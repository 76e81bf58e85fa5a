import { SocketWorkerControl } from "../adapters/process/socket-worker-control.ts";
import type { WorkerControl } from "../ports/worker-control.ts";
import type { Config } from "./config.ts";

/** The workers that run in this state directory. */
export const openWorkerControl = ({ paths }: Config): WorkerControl => new SocketWorkerControl(paths.run);
