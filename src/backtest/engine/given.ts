/** Whether an optional number has a value: in the engine's records NaN stands for none. */
export function given(value: number): boolean {
  return !Number.isNaN(value);
}
