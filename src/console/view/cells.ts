/** One space in place of whatever a terminal would act on instead of showing it. */
const CONTROL = /\p{Control}|\p{Format}|\p{Surrogate}|\p{Line_Separator}|\p{Paragraph_Separator}/gu;
/** Whole escape sequences first, so that their letters do not stay behind as text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for
const ESCAPE = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u001b\u009b][[\]()#;?]*[0-9;:?]*[ -/]*[@-~]?/g;
/** Letters, rules, bars and signs of one cell and one code unit each: nearly all that is ever shown. */
const ONE_CELL_EACH = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u25fc\u2716\u2800-\u28ff]*$/;
/** Scripts and signs that take two cells (Unicode's East Asian wide and fullwidth, and emoji). */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Text that a terminal only shows: no escape sequences, no control characters. For whatever came from outside. */
export function printable(text: string): string {
  if (ONE_CELL_EACH.test(text)) return text;
  return text.replace(ESCAPE, "").replace(CONTROL, " ");
}

/** How many terminal cells printable text takes. */
export function cellWidth(text: string): number {
  if (ONE_CELL_EACH.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The longest start of `text` that fits into `cells`; an ellipsis stands for what was cut. */
export function truncate(text: string, cells: number): string {
  if (cells <= 0) return "";
  if (ONE_CELL_EACH.test(text)) return text.length <= cells ? text : `${text.slice(0, cells - 1)}…`;
  if (cellWidth(text) <= cells) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = graphemeWidth(segment);
    if (width + next > cells - 1) break;
    kept += segment;
    width += next;
  }
  return `${kept}…`;
}

/** The text in lines of at most `cells` cells, broken between words where it can be. */
export function wrap(text: string, cells: number): readonly string[] {
  const lines: string[] = [];
  let left = text;
  while (cellWidth(left) > cells && cells > 1) {
    const most = truncate(left, cells).length - 1;
    const space = left.lastIndexOf(" ", most);
    const end = space > 0 ? space : most;
    lines.push(left.slice(0, end));
    left = left.slice(end).trimStart();
  }
  return [...lines, left];
}

function graphemeWidth(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}
