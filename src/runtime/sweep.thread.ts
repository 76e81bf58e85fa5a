// Runs combinations of a sweep until the shared list is empty. What fails is posted, what succeeds is in shared memory.
import { parentPort, workerData } from "node:worker_threads";
import { Sweep } from "../backtest/sweep.ts";
import { packError } from "../core/sent-error.ts";
import type { SweepFailure, SweepThreadTask } from "./sweep-threads.ts";
import { openStrategies } from "./workbench.ts";

const task: SweepThreadTask = workerData;
const { board, combinations, fields, thread } = task;

try {
  const { strategy } = await openStrategies().load(task.strategy, task.source);
  const sweep = new Sweep({ strategy, data: task.data, spec: task.spec, fields });
  for (;;) {
    const place = Atomics.add(board.next, 0, 1);
    if (place >= board.todo.length) break;
    const index = board.todo[place]!;
    Atomics.store(board.current, thread, index);
    try {
      sweep.run(combinations[index]!, board.rows, index * fields.length);
      Atomics.store(board.done, index, 1);
    } catch (error) {
      post({ index, error: packError(error) });
    }
  }
  Atomics.store(board.current, thread, -1);
} catch (error) {
  post({ index: -1, error: packError(error) });
}

function post(failure: SweepFailure): void {
  parentPort!.postMessage(failure);
}
