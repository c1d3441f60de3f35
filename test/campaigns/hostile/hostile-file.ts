export interface HostileFile {
  /** What it is made from, and how; one of its kind in its group. */
  readonly name: string;
  readonly make: () => Uint8Array;
}
