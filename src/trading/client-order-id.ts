import type { StrategyId } from "./instrument.ts";
import type { PartitionId } from "./lease.ts";
import type { ClientOrderId } from "./order.ts";

/**
 * The id under which the venue knows an intent (OL-02): derived from partition, strategy and intent sequence alone, so
 * that a retry after a lost reply names the same order. At most 32 of [a-z0-9-], which every supported venue accepts.
 */
export function clientOrderId(partition: PartitionId, strategy: StrategyId, sequence: number): ClientOrderId {
  return `${ownerPrefix(partition, strategy)}${sequence.toString(36)}` as ClientOrderId;
}

/** What every order of the partition's strategy begins with: tells our orders from all others at the venue (KS-02). */
export function ownerPrefix(partition: PartitionId, strategy: StrategyId): string {
  const text = `${partition}/${strategy}`;
  return `ttt-${hash36(text, 0x811c9dc5)}${hash36(text, 0x9747b28c)}-`;
}

/** The intent sequence in the id, or undefined when it is not one of this partition's strategy. */
export function sequenceIn(id: string, partition: PartitionId, strategy: StrategyId): number | undefined {
  const prefix = ownerPrefix(partition, strategy);
  const tail = id.slice(prefix.length);
  return id.startsWith(prefix) && /^[0-9a-z]+$/.test(tail) ? Number.parseInt(tail, 36) : undefined;
}

/** Well-formed for every venue (RC-20). */
export function isClientOrderId(text: string): boolean {
  return /^ttt-[0-9a-z]{12}-[0-9a-z]{1,14}$/.test(text);
}

/** FNV-1a, six base-36 digits. */
function hash36(text: string, basis: number): string {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) % 36 ** 6).toString(36).padStart(6, "0");
}
