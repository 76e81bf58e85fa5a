/** Small text files that people keep: strategies, reports, exports. */
export interface TextFiles {
  /** Writes a new file; false when there is one already. */
  create(path: string, text: string): Promise<boolean>;
  /** Writes a file, whole or not at all. */
  write(path: string, text: string): Promise<void>;
  /** The text of a file. Throws OperatorError `FILE_NOT_FOUND`. */
  read(path: string): Promise<string>;
}
