import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeModel, readModel, toNumber } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';

const path = join(temporaryFolder(), 'net.onnx');
const model = {
  irVersion: 8,
  graph: {
    name: 'g',
    node: [{ name: 'n', opType: 'Relu', input: ['x'], output: ['y'] }],
    initializer: [{ name: 'w', dims: [2 ** 40], dataType: 1 }],
    input: [],
    output: [],
  },
  opsetImport: [{ version: 17 }],
};

describe('readModel', () => {
  it('reads what encodeModel writes, with 64-bit integers', async () => {
    writeFileSync(path, encodeModel(model));

    const { irVersion, graph } = await readModel(path);

    expect(toNumber(irVersion)).toBe(8);
    expect(graph.node[0]).toMatchObject({ opType: 'Relu', input: ['x'], output: ['y'] });
    expect(toNumber(graph.initializer[0]!.dims[0]!)).toBe(2 ** 40);
  });

  it('keeps unknown fields', async () => {
    // Field 14 of a model, its metadata: an entry of two bytes.
    const metadata = Buffer.of((14 << 3) | 2, 2, 0x0a, 0x00);
    const written = Buffer.concat([encodeModel(model), metadata]);
    writeFileSync(path, written);

    const again = encodeModel(await readModel(path));

    expect(Buffer.from(again).includes(metadata)).toBe(true);
  });

  it.each([3, 10, 20])('refuses a file that is cut off after %i bytes', async (length) => {
    writeFileSync(path, encodeModel(model).subarray(0, length));

    await expect(readModel(path)).rejects.toThrow(`${path} is not a readable ONNX file`);
  });
});
