import { type InstanceRecord, newInstance } from "./instance.ts";
import { instanceName, type ServiceSpec } from "./service.ts";

/** The supervisor's instances in the order of the stack, found by their name or by the name of their process. */
export class InstanceTable {
  #records: InstanceRecord[] = [];

  all(): readonly InstanceRecord[] {
    return [...this.#records];
  }

  byName(name: string): InstanceRecord | undefined {
    return this.#records.find((record) => record.name === name);
  }

  byKey(key: string): InstanceRecord | undefined {
    return this.#records.find((record) => record.key === key);
  }

  ofService(service: string): InstanceRecord[] {
    return this.#records.filter(({ spec }) => spec.name === service);
  }

  add(spec: ServiceSpec, index: number, wallNow: number): InstanceRecord {
    const record = newInstance(spec, instanceName(spec, index), index, wallNow);
    const before = this.#records.findLastIndex((other) => other.spec.name === spec.name);
    this.#records.splice(before < 0 ? this.#records.length : before + 1, 0, record);
    return record;
  }

  /** One more process for the same instance, beside it: it will take its place, or go again. */
  addSuccessor(target: InstanceRecord, expectedBuild: string, wallNow: number): InstanceRecord {
    const name = `${target.name}${SUCCESSOR_MARK}${target.generation + 1}`;
    const record = newInstance(target.spec, name, target.index, wallNow);
    record.generation = target.generation;
    record.succeeds = { target, expectedBuild };
    this.#records.splice(this.#records.indexOf(target) + 1, 0, record);
    return record;
  }

  successorOf(target: InstanceRecord): InstanceRecord | undefined {
    return this.#records.find(({ succeeds }) => succeeds?.target === target);
  }

  remove(record: InstanceRecord): void {
    this.#records = this.#records.filter((other) => other !== record);
  }
}

/** Between an instance's name and the generation of a process that was started beside another: `api+3`. */
const SUCCESSOR_MARK = "+";

/** The instance a process belongs to. */
export function instanceOfKey(key: string): string {
  return key.split(SUCCESSOR_MARK)[0]!;
}
