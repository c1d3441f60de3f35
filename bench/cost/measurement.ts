/** The contents of bench/cost/measurement.json: CPU times, and the machine that they were measured on. */

export interface Measurement {
  /** Date of the measurement, ISO 8601. */
  readonly date: string;
  readonly machine: string;
  readonly models: readonly ModelMeasurement[];
}

/** The model of the tables on settings and memory sizes. */
export const referenceModel = 'resnet50';

/** CPU times in milliseconds, of all threads of a process whose network runs on one. */
export interface ModelMeasurement {
  readonly name: string;
  readonly ownCopyCpuMs: number;
  /** Size of the function's own log lines. */
  readonly imageLogBytes: number;
  readonly ownCopyLogBytes: number;
  readonly photos: readonly PhotoMeasurement[];
}

export interface PhotoMeasurement {
  readonly megapixels: number;
  readonly megabytes: number;
  /** CPU time from the start of Node.js to the end of the first invocation. */
  readonly coldCpuMs: number;
  readonly warmCpuMs: number;
}
