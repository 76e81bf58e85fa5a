import { type Block, beside, fill, panel, shareRows } from "../view/block.ts";
import { BLANK, type Line, line } from "../view/line.ts";

/** A titled part of a screen that can draw itself into any size. */
export interface Section {
  readonly title: string;
  /** What stands at the right end of its title. */
  readonly right?: Line;
  /** Rows of content it has to show. */
  readonly rows: number;
  /** Rows of content without which it is of no use. */
  readonly min: number;
  /** Shown only when all sections before it have all the rows they want. */
  readonly optional?: boolean;
  /** Where it goes when there is room for two columns. */
  readonly side?: "left" | "right";
  readonly draw: (width: number, height: number) => Block;
}

/** From this width on a screen stands in two columns. */
const TWO_COLUMNS = 132;

/** All sections in exactly `height` rows: below each other, or in two columns where there is room. */
export function arrange(sections: readonly Section[], width: number, height: number): Block {
  if (width < TWO_COLUMNS || !sections.some(({ side }) => side === "right")) return stack(sections, width, height);
  const left = Math.floor((width - 1) / 2);
  const right = width - 1 - left;
  return beside([
    {
      block: stack(
        sections.filter(({ side }) => side !== "right"),
        left,
        height,
      ),
      width: left,
    },
    {
      block: stack(
        sections.filter(({ side }) => side === "right"),
        right,
        height,
      ),
      width: right,
    },
  ]);
}

/** All sections one after the other, each as long as its content: for reading without a terminal's size. */
export function unroll(sections: readonly Section[], width: number): Block {
  return sections.flatMap(({ title, right, rows, draw: content }, index) => {
    // A list that is filtered while it is drawn has less to show than it might have.
    const shown = content(width, rows);
    return [...(index > 0 ? [BLANK] : []), ...panel(title, shown, width, shown.length + 1, right)];
  });
}

function stack(sections: readonly Section[], width: number, height: number): Block {
  const shown = dropWhatDoesNotFit(sections, height);
  const rows = shareRows(
    height,
    shown.map(({ rows: want, min }) => ({ min: Math.min(min, want) + 1, want: want + 1 })),
  );
  return fill(
    shown.flatMap((section, index) => draw(section, width, rows[index]!)),
    height,
  );
}

/** Without room for the minimum of all, the last ones go; optional ones only take what others leave. */
function dropWhatDoesNotFit(sections: readonly Section[], height: number): readonly Section[] {
  const shown: Section[] = [];
  let least = 0;
  let wanted = 0;
  for (const section of sections) {
    const needed = Math.min(section.min, section.rows) + 1;
    if (shown.length > 0 && (section.optional ? wanted : least) + needed > height) continue;
    shown.push(section);
    least += needed;
    wanted += section.rows + 1;
  }
  return shown;
}

function draw({ title, right, draw: content }: Section, width: number, height: number): Block {
  return height <= 0 ? [] : panel(title, content(width, height - 1), width, height, right);
}

/** A section that has only something to say. */
export function saying(text: string): (width: number, height: number) => Block {
  return () => [line(`  ${text}`, "muted")];
}
