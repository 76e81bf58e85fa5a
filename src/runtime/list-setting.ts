import * as z from "zod/mini";

/** A setting that is a list: as such in the stack file, or as JSON in the environment. */
export function listSetting<T extends z.ZodMiniType>(list: T) {
  return z.pipe(
    z.transform((value: unknown): unknown => (typeof value === "string" ? fromJson(value) : value)),
    list,
  );
}

/** Text that is no JSON stays text, which is no list: the schema says so. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
