/** Keras files (.h5, .keras) give a network or an UnusableModel. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { File, ready } from 'h5wasm/node';
import { TimeIsUp } from '../../../../functions/classify/decode/time-limit.ts';
import { convertKeras } from '../../../../layers/model/keras/convert-keras.ts';
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

const layers = [
  { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 4, 4, 3] }, inbound_nodes: [] },
  {
    class_name: 'Conv2D',
    config: { name: 'conv1_conv', filters: 2, kernel_size: [1, 1], strides: [2, 2], activation: 'relu' },
    inbound_nodes: [[['in', 0, 0, {}]]],
  },
  {
    class_name: 'GlobalAveragePooling2D',
    config: { name: 'pool' },
    inbound_nodes: [[['conv1_conv', 0, 0, {}]]],
  },
];
const config = JSON.stringify({
  class_name: 'Functional',
  config: { name: 'small', layers, input_layers: [['in', 0, 0]], output_layers: [['pool', 0, 0]] },
});

export function seeds(): Uint8Array[] {
  const named = writeHdf5((file) => {
    file.create_attribute('model_config', config);
    file.create_attribute('layer_names', ['conv1_conv']);
    const group = file.create_group('conv1_conv');
    group.create_attribute('weight_names', ['conv1_conv/kernel:0', 'conv1_conv/bias:0']);
    group.create_group('conv1_conv');
    group.create_dataset({ name: 'conv1_conv/kernel:0', data: new Float32Array(6), shape: [1, 1, 3, 2] });
    group.create_dataset({ name: 'conv1_conv/bias:0', data: new Float32Array(2), shape: [2] });
  });
  const numbered = writeHdf5((file) => {
    const vars = file.create_group('layers').create_group('conv2d').create_group('vars');
    vars.create_attribute('name', 'conv1_conv');
    vars.create_dataset({ name: '0', data: new Float64Array(6), shape: [1, 1, 3, 2] });
    vars.create_dataset({ name: '1', data: new Float32Array(2), shape: [2] });
  });
  // Stored and not deflated, so that changes get through to what is in it.
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
  const network = await resultOf(() => convertKeras(path, { folder, isPublished: true }), UnusableModel);
  if (network instanceof Error) return assertReadable(network);
  assert.ok(network.outputs.length > 0 && network.outputs.every(({ classes }) => classes > 0));
}

function assertReadable({ message, cause }: UnusableModel): void {
  isBroken ||= cause instanceof TimeIsUp;
  assert(message.length > 10 && message.length < 2000, `a message of ${message.length} characters`);
}
