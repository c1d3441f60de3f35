/** ONNX files give an image classifier with an input of reasonable size, or an UnusableModel. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNetwork } from '../../../../layers/model/network.ts';
import {
  encodeModel,
  float32,
  type NodeProto,
  type ValueProto,
} from '../../../../layers/model/onnx/proto.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  return [
    model([node('Gemm', ['x', 'w'], 'l'), node('Softmax', ['l'], 'y')], [1, 3, 224, 192]),
    model(
      [
        node('Exp', ['x'], 'e'),
        node('ReduceSum', ['e'], 's'),
        node('Div', ['e', 's'], 'd'),
        node('Identity', ['d'], 'y'),
      ],
      ['n', 224, 192, 3],
    ),
  ];
}

function model(nodes: readonly NodeProto[], shape: readonly (number | string)[]): Uint8Array {
  const graph = {
    name: 'g',
    node: nodes,
    initializer: [{ name: 'w', dims: [2], dataType: float32, rawData: new Uint8Array(8) }],
    input: [value('x', shape)],
    output: [value('y', ['n', 10])],
  };
  return encodeModel({ irVersion: 8, producerName: 'fuzz', graph, opsetImport: [{ version: 17 }] });
}

function value(name: string, shape: readonly (number | string)[]): ValueProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: float32, shape: { dim } } } };
}

function node(opType: string, input: readonly string[], output: string): NodeProto {
  return {
    name: output,
    opType,
    input,
    output: [output],
  };
}

export async function check(input: Uint8Array): Promise<void> {
  // Other kinds of files have their own target.
  if (input[0] !== 8) return;
  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-fuzz-'));
  try {
    await checkModel(input, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function checkModel(input: Uint8Array, folder: string): Promise<void> {
  const path = join(folder, 'some.onnx');
  writeFileSync(path, input);
  const size = input.length % 2 ? { width: 224, height: 192 } : undefined;
  const network = await resultOf(() => readNetwork(path, { folder, ...(size && { size }) }), UnusableModel);
  if (network instanceof Error) {
    assert(
      network.message.length > 10 && network.message.length < 5000,
      `${network.message.length} characters`,
    );
    return;
  }
  for (const pixels of [network.input.width, network.input.height]) {
    assert(Number.isInteger(pixels) && pixels >= 1 && pixels <= 4096, `an input of ${pixels} pixels`);
  }
}
