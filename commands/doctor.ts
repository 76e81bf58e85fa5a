import { Flags } from "@oclif/core";
import { type Diagnosis, examine } from "../src/actions/doctor/examine.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openDoctor } from "../src/cli/open-checkup.ts";
import { diagnosisLines } from "../src/cli/present/doctor.ts";
import { EXIT_CODES } from "../src/core/exit-codes.ts";
import { SYMPTOMS, type Symptom } from "../src/ops/doctor/cause.ts";

const NAMES = Object.keys(SYMPTOMS) as Symptom[];

export default class Doctor extends TttCommand<Diagnosis> {
  static override readonly summary = "Look at everything at once, and name what is wrong, why, and what mends it";
  static override readonly description =
    `Changes nothing. Looks at configuration, services, PostgreSQL, Redis, RabbitMQ, API, figures and the machine at the same time, each within a time limit, and names the causes: what is certain first, what lies deepest first, each with its evidence and the runbook step that mends it. It works with nothing running and with a broken configuration.

Ends with 20 when something is certainly or likely wrong, and with 0 otherwise.`;
  static override readonly examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --symptom high-latency",
    "<%= config.bin %> doctor --json",
  ];
  static override readonly flags = {
    symptom: Flags.option({ options: NAMES })({ description: "only causes of this symptom" }),
    timeout: Flags.integer({ default: 8, min: 1, max: 60, helpValue: "SECONDS", description: "for each look" }),
  };

  async run() {
    const { flags } = await this.parse(Doctor);
    const { checkup, clock } = await openDoctor();
    const diagnosis = await examine(checkup, clock, { timeoutMs: 1_000 * flags.timeout, symptom: flags.symptom });
    for (const line of diagnosisLines(diagnosis)) this.log(line);
    const isWrong = diagnosis.causes.some(({ certainty }) => certainty !== "possible");
    if (isWrong) this.exitWith(EXIT_CODES.unhealthy.code);
    return diagnosis;
  }
}
