/** A converter's view of one call of a Keras layer: its settings, tensors and weights, and the graph it adds nodes to. */
import type { GraphBuilder } from '../../onnx/graph.ts';
import type { OutputActivation } from '../converted.ts';
import type { Argument } from '../graph/model-graph.ts';
import type { StoredTensor } from '../hdf5.ts';
import type { WeightStore } from '../weights/weight-store.ts';
import type { Settings } from './settings.ts';

/**
 * A tensor of the network. Keras' images [height, width, channels] are stored as [batch, channels, height, width]; tensors of every
 * other rank are stored as Keras has them.
 */
export interface Value {
  readonly kind: 'value';
  /** In the ONNX graph. */
  readonly name: string;
  /** As Keras has it, without the batch. */
  readonly shape: readonly number[];
  /** Known for the output of a linear layer and of an activation over the classes. */
  readonly activation?: OutputActivation;
  /** Keras has whole numbers here, such as bytes; the network always has floating-point numbers. */
  readonly isWhole?: boolean;
}

export interface LayerCall {
  /** `resnet50/conv1_conv`: the name of its nodes and weights. */
  readonly path: string;
  readonly className: string;
  /** 1, 2 or 3: some functions have changed. */
  readonly kerasMajor: number;
  readonly settings: Settings;
  /** All tensors among the arguments; at least one. */
  readonly inputs: readonly Value[];
  /** @returns The argument of that position or name, or undefined. */
  readonly argument: (position: number, name: string) => Argument<Value> | undefined;
  readonly store: WeightStore;
  /** @throws UnusableModel unless the file holds exactly these weights, with these shapes. */
  readonly weights: <Name extends string>(
    shapes: Readonly<Partial<Record<Name, readonly number[]>>>,
  ) => Record<Name, StoredTensor>;
  readonly graph: GraphBuilder;
  /**
   * @param reason Follows the layer's name: `has the padding 'causal'`.
   * @param wayOn Defaults to the export to ONNX.
   * @throws UnusableModel
   */
  readonly refuse: (reason: string, wayOn?: string) => never;
}

/** @returns The layer's output, or its outputs. @throws UnusableModel if it cannot be converted exactly. */
export type Converter = (call: LayerCall) => Value | readonly Value[];

export function value(name: string, shape: readonly number[], activation?: OutputActivation): Value {
  return { kind: 'value', name, shape, ...(activation && { activation }) };
}

export function isValue(argument: Argument<Value> | undefined): argument is Value {
  return typeof argument === 'object' && argument !== null && 'kind' in argument && argument.kind === 'value';
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The entry of a table, and nothing for names such as `constructor` that every object has. */
export function entryOf<Entry>(table: Readonly<Record<string, Entry>>, key: string): Entry | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
