/** A network as the function opens it, and as others do. */
export interface StoredNetwork {
  /** One .onnx file with its weights. */
  readonly plain: string;
  /** The network of a model folder. */
  readonly stored: string;
}

export interface BenchNetwork extends StoredNetwork {
  /** The model folder. */
  readonly folder: string;
}
