/** Something that was opened and must be closed: a pool, a socket, a server. */
export interface Closable {
  close(): Promise<void> | void;
}
