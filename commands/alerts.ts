import { type AlertReading, readAlerts } from "../src/actions/read-alerts.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStackObservatory } from "../src/cli/open-observatory.ts";
import { alertLines } from "../src/cli/present/observatory.ts";
import { EXIT_CODES } from "../src/core/exit-codes.ts";

export default class Alerts extends TttCommand<AlertReading> {
  static override readonly summary = "Show what wants attention, worst first, with what to type next";
  static override readonly description =
    "Asks Alertmanager where the setting alertmanager.url names one. Without, it judges the daemons' figures of this moment by the same conditions. Ends with 20 when something critical fires, 0 otherwise.";
  static override readonly examples = ["<%= config.bin %> alerts", "<%= config.bin %> alerts --json"];
  static override readonly effect = "read";

  async run() {
    await this.parse(Alerts);
    const { observatory, clock } = await openStackObservatory();
    const reading = await readAlerts(observatory);
    for (const line of alertLines(reading.alerts, clock.now())) this.log(line);
    if (reading.alerts.some(({ severity }) => severity === "critical")) this.exitWith(EXIT_CODES.unhealthy.code);
    return reading;
  }
}
