/** What was measured, and on which machine: bench/cost/measurement.json. */

export interface Measurement {
  /** Of the day, ISO 8601. */
  readonly date: string;
  readonly machine: string;
  readonly models: readonly ModelMeasurement[];
}

/** Processor time is in milliseconds, of all threads of a process whose network has one. */
export interface ModelMeasurement {
  readonly name: string;
  readonly ownCopyCpuMs: number;
  /** What the function itself logs. */
  readonly imageLogBytes: number;
  readonly ownCopyLogBytes: number;
  readonly photos: readonly PhotoMeasurement[];
}

export interface PhotoMeasurement {
  readonly megapixels: number;
  readonly megabytes: number;
  /** From the start of Node.js to the end of the first invocation. */
  readonly coldCpuMs: number;
  readonly warmCpuMs: number;
}
