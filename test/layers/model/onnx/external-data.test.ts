import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embedData, readExternal } from '../../../../layers/model/onnx/external-data.ts';
import { external, float32, type TensorProto } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';
import { tensor } from './networks.ts';

const folder = temporaryFolder();
const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
writeFileSync(join(folder, 'weights.bin'), bytes);

function stored(entries: Readonly<Record<string, string>>): TensorProto {
  const externalData = Object.entries({ location: 'weights.bin', ...entries }).map(([key, value]) => ({
    key,
    value,
  }));
  return { name: 'w', dims: [2], dataType: float32, dataLocation: external, externalData };
}

describe('readExternal', () => {
  it.each([
    ['a part of the file', { offset: '8', length: '4' }, [8, 12]],
    ['the beginning of the file', { length: '4' }, [0, 4]],
    ['the rest of the file where there is no length', { offset: '20' }, [20, 24]],
  ] as const)('reads %s', (_, entries, [start, end]) => {
    expect(readExternal(stored(entries), folder)).toEqual(bytes.slice(start, end));
  });

  it('refuses a file that ends before the weights', () => {
    expect(() => readExternal(stored({ offset: '20', length: '8' }), folder)).toThrow(
      `weight 'w' is cut off: its file in ${folder} is too short`,
    );
  });
});

describe('embedData', () => {
  it('moves weights from their file into the graph, and leaves the others', () => {
    const inside = tensor('inside', [1], [1]);
    const graph = {
      name: 'g',
      node: [],
      initializer: [stored({ offset: '0', length: '8' }), inside],
      input: [],
      output: [],
    };

    embedData(graph, folder);

    expect(graph.initializer).toEqual([
      { name: 'w', dims: [2], dataType: float32, rawData: bytes.slice(0, 8), externalData: [] },
      inside,
    ]);
  });
});
