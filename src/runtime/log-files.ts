import { join } from "node:path";
import { openLogFiles } from "../adapters/files/local-log-files.ts";
import type { LogFiles } from "../ports/log-files.ts";
import type { Config } from "./config.ts";

/** The logs of the stack's daemons and of its embedded PostgreSQL. */
export function openStackLogs({ paths }: Config): LogFiles {
  return openLogFiles({ daemons: paths.logs, postgres: join(paths.postgres, "log") });
}
