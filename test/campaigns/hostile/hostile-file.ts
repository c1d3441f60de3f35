export interface HostileFile {
  /** The golden it is made from and the change; unique in its group. */
  readonly name: string;
  /** A variant of its format that differs from Pillow for reasons of its own; exceptions know it by this name. */
  readonly variant?: string;
  readonly make: () => Uint8Array;
}
