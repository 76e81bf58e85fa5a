import type { Diagnosis } from "../../actions/doctor/examine.ts";
import { SYMPTOMS } from "../../ops/doctor/cause.ts";

/** What is wrong, the first to look at first, each with what shows it and what mends it. */
export function diagnosisLines({ causes, checks }: Diagnosis): string[] {
  const unseen = checks.filter(({ problem }) => problem !== null);
  const looks = `${checks.length} looks in ${Math.max(...checks.map(({ ms }) => ms))} ms`;
  return [
    ...causes.flatMap(({ title, severity, certainty, symptom, evidence, fix }, index) => [
      `${index + 1}. ${title}`,
      `   ${severity}, ${certainty}; ${SYMPTOMS[symptom].toLowerCase()}`,
      ...evidence.map((line) => `   - ${line}`),
      `   mend it: ${fix.command}`,
      "",
    ]),
    causes.length === 0 ? `Nothing is found to be wrong (${looks}).` : `${causes.length} found (${looks}).`,
    ...unseen.map(({ name, problem }) => `not seen: ${name}: ${problem}`),
  ];
}
