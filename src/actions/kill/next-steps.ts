import type { KillStatus } from "./read-kill-status.ts";

/** What a person who reads the status can do about it, most urgent first. Nothing when trading simply goes on. */
export function nextSteps({ scopes, workers, missing, requests, epoch }: Omit<KillStatus, "next">): string[] {
  const steps: string[] = [];
  if (missing.length > 0) {
    steps.push(
      `${missing.join(" and ")} ${missing.length > 1 ? "do" : "does"} not answer, which blocks everything: ttt status`,
    );
  }
  const isHeld = scopes.some(({ level }) => level !== "RUN");
  for (const { worker, live, epoch: acknowledged } of workers) {
    if (epoch === undefined || acknowledged >= epoch || !(live || isHeld)) continue;
    steps.push(
      live
        ? `${worker} has not confirmed epoch ${epoch}; without a permit it cannot send: ttt logs ${worker}`
        : `${worker} has not confirmed epoch ${epoch}, and its permit has run out: it cannot send, and stands still or is gone. End it with kill -9 and its number in ttt status, then ttt up`,
    );
  }
  for (const { worker, unresolved, live } of workers) {
    if (live && unresolved > 0) steps.push(`${worker} asks the venue about ${unresolved} orders: ttt logs ${worker}`);
  }
  for (const { id, scope, requestedBy } of requests) {
    steps.push(`${requestedBy} asks to arm ${scope}; somebody else: ttt arm --approve ${id}`);
  }
  const held = missing.length > 0 ? [] : scopes.filter(({ level }) => level !== "RUN");
  const [global] = held.filter(({ scope }) => scope === "global");
  // The wide scope first: as long as it holds, arming a narrow one sets nothing free.
  for (const { scope, reason } of [
    ...(global === undefined ? [] : [global]),
    ...held.filter((one) => one !== global),
  ]) {
    const flag = scope === "global" ? "" : ` --scope ${scope}`;
    const why = reason?.startsWith("FLATTENED")
      ? `${scope} stays blocked after its flatten`
      : `when ${scope} may trade again`;
    steps.push(`${why}: ttt arm${flag} --reason '…'`);
  }
  return steps;
}

/** The scopes that are not at RUN, as text: what an arm of another scope leaves held. */
export function heldScopes({ scopes }: Pick<KillStatus, "scopes">): string[] {
  return scopes.filter(({ level }) => level !== "RUN").map(({ scope, level }) => `${scope} at ${level}`);
}
