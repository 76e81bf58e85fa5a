/** A program to start, ready for the operating system. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of whoever starts it. */
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}
