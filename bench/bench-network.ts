/** A network as the function opens it, and as others do. */
export interface BenchNetwork {
  /** One .onnx file with its weights. */
  readonly plain: string;
  /** A model folder. */
  readonly folder: string;
  /** The network in it. */
  readonly stored: string;
}
