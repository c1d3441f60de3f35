/** The vocabulary of a Keras model as its configuration describes it: layers, their calls, and the tensors between them. */

export interface ModelGraph {
  /** Path of the model among its parents, `` for the outermost. */
  readonly path: string;
  readonly className: string;
  readonly name: string;
  /** In the order in which Keras saves their weights. */
  readonly layers: readonly Layer[];
  readonly inputs: readonly TensorReference[];
  /** At least one. */
  readonly outputs: readonly TensorReference[];
}

export interface Layer {
  readonly name: string;
  /** `resnet50/conv1_conv`: the names of the models that contain the layer, and its own. */
  readonly path: string;
  readonly className: string;
  /** `keras.layers`, `keras.src.ops.numpy`; absent in what Keras 2 writes into .h5 files. */
  readonly module?: string;
  /** A custom class, although its name may be that of a Keras class. */
  readonly isOwn?: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  /** One for each time the layer is applied: a shared layer has several. */
  readonly calls: readonly Call[];
  /** The layers of a nested model. */
  readonly model?: ModelGraph;
}

export interface Call {
  readonly args: readonly Argument<TensorReference>[];
  readonly kwargs: Readonly<Record<string, Argument<TensorReference>>>;
}

/** The output of a layer's call. */
export interface TensorReference {
  readonly kind: 'tensor';
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** A tensor that is part of the configuration. */
export interface Constant {
  readonly kind: 'constant';
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly number[];
}

/** `x[start:stop:step]` */
export interface SliceArgument {
  readonly kind: 'slice';
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}

/** `x[...]` */
export interface EllipsisArgument {
  readonly kind: 'ellipsis';
}

/** An argument of a call; `Tensor` is a reference or, when the graph is converted, the tensor itself. */
export type Argument<Tensor> =
  | Tensor
  | Constant
  | SliceArgument
  | EllipsisArgument
  | readonly Argument<Tensor>[]
  | number
  | string
  | boolean
  | null;
