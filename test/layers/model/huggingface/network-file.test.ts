import { describe, expect, it } from 'vitest';
import {
  chooseNetwork,
  type RepositoryPrecision,
} from '../../../../layers/model/huggingface/network-file.ts';

const megabyte = 1e6;
function files(sizes: Readonly<Record<string, number>>) {
  return Object.entries(sizes).map(([path, megabytes]) => ({ path, bytes: megabytes * megabyte }));
}

describe('the network of a repository', () => {
  it.each<[string, Readonly<Record<string, number>>, RepositoryPrecision, string, string[]]>([
    ['in onnx/ before the top', { 'model.onnx': 1, 'onnx/model.onnx': 1 }, 'fp32', 'onnx/model.onnx', []],
    ['at the top', { 'model.onnx': 1, 'model.safetensors': 1 }, 'fp32', 'model.onnx', []],
    [
      'with its external data',
      { 'onnx/model.onnx': 1, 'onnx/model.onnx_data': 9, 'onnx/model_fp16.onnx_data': 9 },
      'fp32',
      'onnx/model.onnx',
      ['onnx/model.onnx_data'],
    ],
    [
      'in half precision',
      { 'onnx/model.onnx': 2, 'onnx/model_fp16.onnx': 1 },
      'fp16',
      'onnx/model_fp16.onnx',
      [],
    ],
    ['to be stored in half precision', { 'onnx/model.onnx': 2 }, 'fp16', 'onnx/model.onnx', []],
    ['in integers', { 'onnx/model.onnx': 2, 'onnx/model_int8.onnx': 1 }, 'int8', 'onnx/model_int8.onnx', []],
    [
      'as weights of PyTorch',
      { 'pytorch_model.bin': 1, 'model.safetensors': 1 },
      'fp32',
      'model.safetensors',
      [],
    ],
  ])('is found %s', (_, sizes, precision, network, data) => {
    expect(chooseNetwork(files(sizes), precision, 'me/net')).toEqual({ network, data });
  });

  it('is refused above the limit of a layer, with the precisions that fit and their sizes', () => {
    const sizes = { 'onnx/model.onnx': 340, 'onnx/model_quantized.onnx': 90 };

    expect(() => chooseNetwork(files(sizes), 'fp32', 'me/net')).toThrow(
      "onnx/model.onnx of me/net makes a layer of 340.0 MB; Lambda's limit for the function and its layers is 262.1 MB: use --precision fp16 (170.0 MB) or --precision int8 (90.0 MB)",
    );
  });

  it('is refused if no precision fits', () => {
    expect(() => chooseNetwork(files({ 'onnx/model.onnx': 1200 }), 'fp32', 'me/net')).toThrow(
      'none of its networks fits',
    );
  });

  it.each([
    [
      'int8',
      { 'onnx/model.onnx': 1 },
      'me/net has no network of precision int8; it has --precision fp32, --precision fp16; to quantise it yourself, add --calibrate FOLDER with photos',
    ],
    [
      'fp32',
      { 'model.ckpt': 1 },
      'optimum-cli export onnx --model me/net --task image-classification exported; then --from exported',
    ],
    ['fp32', { 'model.ckpt': 1 }, '--from hf:onnx-community/net'],
  ] as const)('is refused with a remedy if it is missing: %s', (precision, sizes, message) => {
    expect(() => chooseNetwork(files(sizes), precision, 'me/net')).toThrow(message);
  });
});
