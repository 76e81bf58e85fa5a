type Labels = Readonly<Record<string, string>>;

const REST = "other";

/**
 * Keeps a metric's labels within their bounds: of a label bounded by N, the first N values pass and every later one
 * becomes `other`; a value that is not listed becomes `other` too.
 */
export function boundLabels(bounds: Readonly<Record<string, readonly string[] | number>>) {
  const names = Object.entries(bounds).map(([name, bound]) => ({
    name,
    known: new Set(typeof bound === "number" ? [] : bound),
    room: typeof bound === "number" ? bound : 0,
  }));
  return (labels: Labels): Record<string, string> => {
    const bounded: Record<string, string> = {};
    for (const { name, known, room } of names) {
      const value = labels[name] ?? "";
      if (!known.has(value) && known.size < room) known.add(value);
      bounded[name] = known.has(value) ? value : REST;
    }
    return bounded;
  };
}
