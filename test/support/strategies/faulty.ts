// Strategies that misbehave, for tests of what happens to their runs.
import { choice, defineStrategy, integer } from "ttt/strategy";

export default defineStrategy({
  name: "faulty",
  params: {
    at: integer(100, { min: 0 }),
    fault: choice("throw", ["throw", "loop", "memory", "slow"]),
  },
  setup({ params }) {
    let count = 0;
    const hoard: number[][] = [];
    return () => {
      if (count++ < params.at) return;
      switch (params.fault) {
        case "throw":
          throw new Error("this strategy throws");
        case "loop":
          for (;;) count++;
        case "memory":
          for (;;) hoard.push(new Array(1_000_000).fill(1.5));
        case "slow":
          for (let i = 0; i < 20_000_000; i++) count++;
      }
    };
  },
});
