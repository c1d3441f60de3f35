/** The parts of a ResNet in a file of weights: every tensor is taken once, with the shape that its place asks for. */
import { shown, UnusableModel } from '../unusable-model.ts';
import { ownCode } from './refusals.ts';
import type { StoredTensor } from './tensor-file.ts';

/** A convolution without bias and the batch normalisation after it. */
export interface ConvolutionUnit {
  readonly name: string;
  /** [output channels, input channels a group, height, width] */
  readonly shape: readonly [number, number, number, number];
  readonly groups: number;
  readonly stride: 1 | 2;
  readonly kernel: StoredTensor;
  readonly gamma: StoredTensor;
  readonly beta: StoredTensor;
  readonly mean: StoredTensor;
  readonly variance: StoredTensor;
}

/** A layer with a bias that acts on each pixel: `weight` [outputs, inputs] or [outputs, inputs, 1, 1], `bias` [outputs]. */
export interface PointwiseLayer {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly weight: StoredTensor;
  readonly bias: StoredTensor;
}

export interface UnitShape {
  readonly inputs: number;
  /** Pixels of the kernel along each edge. */
  readonly size: number;
  readonly stride: 1 | 2;
}

export interface Parts {
  has(name: string): boolean;
  /** @throws UnusableModel if it is missing. */
  take(name: string): StoredTensor;
  expect(name: string, tensor: StoredTensor, shape: readonly number[]): void;
  unit(convolution: string, normalisation: string, shape: UnitShape): ConvolutionUnit;
  /** @param trailing The axes of the weight after outputs and inputs. */
  layer(name: string, inputs: number, trailing?: readonly 1[]): PointwiseLayer;
  /** @throws UnusableModel naming the first tensor that was not taken. */
  assertAllTaken(): void;
}

/** @param path For messages. */
export function createParts(tensors: ReadonlyMap<string, StoredTensor>, path: string): Parts {
  const left = new Set(tensors.keys());

  function take(name: string): StoredTensor {
    const tensor = tensors.get(name);
    if (!tensor)
      throw new UnusableModel(
        `${path}: tensor '${name}' is missing; the file is incomplete, or its network is another. For another one: ${ownCode(path)}`,
      );
    left.delete(name);
    return tensor;
  }

  function expect(name: string, { shape }: StoredTensor, expected: readonly number[]): void {
    if (shape.join() === expected.join()) return;
    throw new UnusableModel(
      `${path}: tensor '${name}' is [${shown(shape.join(', '))}]; expected [${expected.join(', ')}]. If the network is not one of the ResNets of torchvision, timm or Hugging Face: ${ownCode(path)}`,
    );
  }

  function vector(name: string, length: number): StoredTensor {
    const tensor = take(name);
    expect(name, tensor, [length]);
    return tensor;
  }

  function unit(convolution: string, normalisation: string, { inputs, size, stride }: UnitShape) {
    const kernel = take(`${convolution}.weight`);
    const [outputs = 0, ofGroup = 0] = kernel.shape;
    const groups = inputs / ofGroup;
    const isDivisible = Number.isInteger(groups) && outputs % groups === 0;
    expect(`${convolution}.weight`, kernel, [outputs, isDivisible ? ofGroup : inputs, size, size]);
    return {
      name: convolution,
      shape: [outputs, ofGroup, size, size] as const,
      groups,
      stride,
      kernel,
      gamma: vector(`${normalisation}.weight`, outputs),
      beta: vector(`${normalisation}.bias`, outputs),
      mean: vector(`${normalisation}.running_mean`, outputs),
      variance: vector(`${normalisation}.running_var`, outputs),
    };
  }

  function layer(name: string, inputs: number, trailing: readonly 1[] = []): PointwiseLayer {
    const weight = take(`${name}.weight`);
    const [outputs = 0] = weight.shape;
    expect(`${name}.weight`, weight, [outputs, inputs, ...trailing]);
    return { name, outputs, inputs, weight, bias: vector(`${name}.bias`, outputs) };
  }

  function assertAllTaken(): void {
    const [other] = left;
    if (other === undefined) return;
    throw new UnusableModel(
      `${path}: tensor '${shown(other)}' is not part of a ResNet of torchvision, timm or Hugging Face. ${ownCode(path)}`,
    );
  }

  return { has: (name) => tensors.has(name), take, expect, unit, layer, assertAllTaken };
}
