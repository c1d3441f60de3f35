export interface HostileFile {
  /** The golden it is made from and the change; unique in its group. */
  readonly name: string;
  readonly make: () => Uint8Array;
}
