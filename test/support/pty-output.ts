import pty from "@lydell/node-pty";

/** Runs a command in a terminal and gives every byte it wrote there, with the terminal's line ends undone. */
export function outputInTerminal(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ exitCode: number; output: string }> {
  const child = pty.spawn(file, [...args], {
    name: "xterm-256color",
    cols: 80,
    rows: 24,
    env: { ...process.env, ...env },
  });
  let output = "";
  child.onData((data) => {
    output += data;
  });
  return new Promise((resolve) => {
    child.onExit(({ exitCode }) => resolve({ exitCode, output: output.replaceAll("\r\n", "\n") }));
  });
}
