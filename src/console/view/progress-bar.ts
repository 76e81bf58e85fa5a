/** `███████▌   75%`: a share from 0 to 1 in eighths of a cell. */
export function progressBar(share: number, cells: number): string {
  const done = Math.max(0, Math.min(1, share));
  const eighths = Math.floor(done * cells * 8);
  const bar = "█".repeat(Math.floor(eighths / 8)) + " ▏▎▍▌▋▊▉"[eighths % 8]!.trimEnd();
  return `${bar.padEnd(cells)} ${`${Math.floor(done * 100)}%`.padStart(4)}`;
}
