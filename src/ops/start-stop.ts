import { checkGate } from "./gating.ts";
import type { InstanceRecord } from "./instance.ts";
import type { InstanceTable } from "./instance-table.ts";
import { isLive } from "./service.ts";
import type { Turn } from "./turn.ts";

/** Starts an instance whose time has come and whose needs are met; says what it waits for otherwise. */
export function startWhenPossible(table: InstanceTable, record: InstanceRecord, turn: Turn): void {
  if (record.wanted === "down") return;
  if (record.nextStartAt !== undefined && turn.now.monotonic < record.nextStartAt) return;
  const gate = checkGate(record.spec.needs, (service) =>
    table
      .ofService(service)
      .filter(({ leaving }) => !leaving)
      .map(({ name, state, reason }) => ({ instance: name, state, reason })),
  );
  if (gate.kind === "open") {
    start(record, turn);
    return;
  }
  const waitsFor = { service: gate.need.service, condition: gate.need.condition, evidence: gate.evidence };
  const state = gate.kind === "impossible" ? "failed" : "pending";
  if (record.state === state && record.waitsFor?.evidence === waitsFor.evidence) return;
  record.waitsFor = waitsFor;
  turn.enter(record, state, `${gate.kind === "impossible" ? "cannot start" : "waits"}: ${gate.evidence}`);
}

/** Asks an instance to end, once those that need it have ended. */
export function stopWhenPossible(table: InstanceTable, record: InstanceRecord, turn: Turn): void {
  if (record.state === "stopping") return;
  if (!isLive(record.state)) {
    if (record.wanted === "down" && record.state !== "stopped") turn.enter(record, "stopped", "");
    return;
  }
  // Dependants go first: whoever still runs may need this one to end in good order.
  if (record.wanted === "down" && hasLeavingDependants(table, record)) return;
  record.restartWanted = false;
  turn.signal(record, record.spec.stopSignal, record.spec.stopGraceMs);
  turn.enter(record, "stopping", "");
}

function start(record: InstanceRecord, turn: Turn): void {
  // A process that had taken the place of another leaves its mark behind when it is started anew.
  if (!record.succeeds) record.key = record.name;
  record.generation += 1;
  record.nextStartAt = undefined;
  record.readyAt = undefined;
  record.heardAt = undefined;
  record.startedAt = turn.now.monotonic;
  const { key, generation, succeeds } = record;
  turn.push({ type: "start", process: key, generation, beside: succeeds?.target.key });
  turn.enter(record, "starting", "");
}

function hasLeavingDependants(table: InstanceTable, record: InstanceRecord): boolean {
  return table
    .all()
    .some(
      ({ spec, state, wanted }) =>
        wanted === "down" && isLive(state) && spec.needs.some(({ service }) => service === record.spec.name),
    );
}
