/** The committed Keras files and what Keras computes with them; and Keras files of our own making. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { File, type Group, ready } from 'h5wasm/node';
import { afterAll } from 'vitest';
import type { Bitmap } from '../../../functions/classify/image/image.ts';
import { unitsOf, variants } from '../../../layers/model/keras/applications/resnet.ts';

// The HDF5 library is compiled as it is loaded.
await ready;

const fixtures = join(import.meta.dirname, 'fixtures');

/** Every way in which Keras has written a ResNet50; the first is that of the file it downloads. */
export const layouts = [
  'resnet50_thin10_official.h5',
  'resnet50_thin10.keras2_weights.h5',
  'resnet50_thin10.keras2_model.h5',
  'resnet50_thin10.keras3_model.h5',
  'resnet50_thin10.weights.h5',
  'resnet50_thin10.keras2.weights.h5',
  'resnet50_thin10.keras',
] as const;

export const pictures = ['china', 'astronaut', 'coffee'] as const;

/** A folder that is gone after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Unpacks a committed file, such as `thin10/resnet50_thin10.keras`. */
export function unpacked(name: string): Buffer {
  return gunzipSync(readFileSync(join(fixtures, `${name}.gz`)));
}

export function unpackTo(folder: string, name: string): string {
  const path = join(folder, name.slice(name.indexOf('/') + 1));
  writeFileSync(path, unpacked(name));
  return path;
}

/** 224x224, as Keras' `load_img` gives it. */
export function picture(name: string): Bitmap & { orientation: 1 } {
  const rgb = unpacked(`inputs/${name}.rgb`);
  const data = new Uint8Array(224 * 224 * 4).fill(255);
  for (let i = 0; i < 224 * 224; i++) data.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
  return { width: 224, height: 224, data, orientation: 1 };
}

/** The logits that Keras computes in float64. */
export function kerasLogits(variant: 'thin10' | 'thin1000', name: string): Float64Array {
  const bytes = readFileSync(join(fixtures, variant, `${name}.logits.f64`));
  return new Float64Array(new Uint8Array(bytes).buffer);
}

export interface TestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array;
}

export interface TestLayer {
  readonly name: string;
  readonly tensors: readonly TestTensor[];
}

const tensorNames: Readonly<Record<number, readonly string[]>> = {
  2: ['kernel:0', 'bias:0'],
  4: ['gamma:0', 'beta:0', 'moving_mean:0', 'moving_variance:0'],
};

/** The layers of a ResNet50 with one channel in its first convolution and two classes, all weights 0.5: quick to write. */
export function tinyLayers(): TestLayer[] {
  return [
    ...unitsOf(variants[0]!, 1).flatMap(({ name, kernelShape }) => [
      { name: `${name}_conv`, tensors: [half('kernel:0', kernelShape), half('bias:0', [kernelShape[3]])] },
      { name: `${name}_bn`, tensors: tensorNames[4]!.map((tensor) => half(tensor, [kernelShape[3]])) },
    ]),
    { name: 'predictions', tensors: [half('kernel:0', [32, 2]), half('bias:0', [2])] },
  ];
}

function half(name: string, shape: readonly number[]): TestTensor {
  return {
    name,
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
  };
}

/** Writes layers as Keras 2 does: a group for each, named in `layer_names`. */
export function writeNamed(path: string, layers: readonly TestLayer[]): string {
  return writeHdf5(path, (root) => {
    writeList(root, 'layer_names', ['input_1', ...layers.map(({ name }) => name)]);
    // As Keras writes a layer without weights.
    root.create_group('input_1').create_attribute('weight_names', new Float64Array(0));
    for (const { name, tensors } of layers) {
      const group = root.create_group(name);
      writeList(
        group,
        'weight_names',
        tensors.map((tensor) => `${name}/${tensor.name}`),
      );
      group.create_group(name);
      for (const tensor of tensors) writeTensor(group, `${name}/${tensor.name}`, tensor);
    }
  });
}

export function writeHdf5(path: string, write: (root: Group) => void): string {
  const file = new File(path, 'w');
  write(file);
  file.close();
  return path;
}

export function writeList(group: Group, attribute: string, list: readonly string[]): void {
  group.create_attribute(attribute, [...list]);
}

export function writeTensor(group: Group, name: string, { shape, values }: TestTensor): void {
  group.create_dataset({ name, data: values, shape: [...shape] });
}
