/** Keras files (.h5, .keras) give layers with readable weights, or an UnusableModel. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { File, ready } from 'h5wasm/node';
import { TimeIsUp } from '../../../../functions/classify/decode/time-limit.ts';
import { findResnet } from '../../../../layers/model/keras/resnet.ts';
import { openKerasFile } from '../../../../layers/model/keras/weights-file.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import { resultOf } from '../target.ts';

// It aborted or was interrupted, and may hang on the next file.
let isBroken = false;
Object.assign(await ready, {
  onAbort: () => {
    isBroken = true;
  },
});
export function isSpent(): boolean {
  return isBroken;
}

const folder = mkdtempSync(join(tmpdir(), 'bucketlens-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'some.h5');

const layer = { class_name: 'Conv2D', config: { name: 'conv1_conv', strides: [2, 2], activation: 'linear' } };
const config = JSON.stringify({ class_name: 'Functional', config: { name: 'resnet50', layers: [layer] } });

export function seeds(): Uint8Array[] {
  const named = writeHdf5((file) => {
    file.create_attribute('model_config', config);
    file.create_attribute('layer_names', ['conv1_conv']);
    const group = file.create_group('conv1_conv');
    group.create_attribute('weight_names', ['conv1_conv/kernel:0', 'conv1_conv/bias:0']);
    group.create_group('conv1_conv');
    group.create_dataset({ name: 'conv1_conv/kernel:0', data: new Float32Array(4), shape: [1, 1, 2, 2] });
    group.create_dataset({ name: 'conv1_conv/bias:0', data: new Float32Array(2), shape: [2] });
  });
  const numbered = writeHdf5((file) => {
    const vars = file.create_group('layers').create_group('conv2d').create_group('vars');
    vars.create_attribute('name', 'conv1_conv');
    vars.create_dataset({ name: '0', data: new Float64Array(4), shape: [1, 1, 2, 2] });
    vars.create_dataset({ name: '1', data: new Float32Array(2), shape: [2] });
  });
  // Stored uncompressed, so that mutations reach the contents.
  const archive = zipSync({ 'config.json': strToU8(config), 'model.weights.h5': numbered }, { level: 0 });
  return [named, numbered, archive];
}

function writeHdf5(write: (file: File) => void): Uint8Array {
  const file = new File(path, 'w');
  write(file);
  file.close();
  return readFileSync(path);
}

export async function check(input: Uint8Array): Promise<void> {
  writeFileSync(path, input);
  const file = await resultOf(() => openKerasFile(path), UnusableModel);
  if (file instanceof Error) return assertReadable(file);
  try {
    const resnet = await resultOf(() => findResnet(file), UnusableModel);
    if (resnet instanceof Error) assertReadable(resnet);
    for (const { shape, read } of file.layers.flatMap(({ tensors }) => tensors)) {
      const values = await resultOf(read, UnusableModel);
      if (values instanceof Error) assertReadable(values);
      else
        assert.equal(
          values.length,
          shape.reduce((a, b) => a * b, 1),
        );
    }
  } finally {
    await file.close();
  }
}

function assertReadable({ message, cause }: UnusableModel): void {
  isBroken ||= cause instanceof TimeIsUp;
  assert(message.length > 10 && message.length < 2000, `a message of ${message.length} characters`);
}
