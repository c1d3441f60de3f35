import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../../layers/model/network.ts';
import { encodeModel, float32 } from '../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from './fixtures.ts';

const folder = temporaryFolder();
const path = join(folder, 'net.onnx');

/** A graph that takes RGB images, channels first. */
function writeNetwork(height: number | string, width: number | string, producerName?: string) {
  const dimension = (size: number | string) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size };
  const value = (name: string, dims: readonly (number | string)[]) => ({
    name,
    type: { tensorType: { elemType: float32, shape: { dim: dims.map(dimension) } } },
  });
  const model = encodeModel({
    irVersion: 8,
    ...(producerName && { producerName }),
    opsetImport: [{ version: 17 }],
    graph: {
      name: 'net',
      node: [{ name: 'end', opType: 'Softmax', input: ['logits'], output: ['scores'] }],
      initializer: [],
      input: [value('images', ['batch', 3, height, width])],
      output: [value('scores', ['batch', 10])],
    },
  });
  writeFileSync(path, model);
}

describe('readNetwork, of ONNX', () => {
  it('asks for the size where the network takes any', async () => {
    writeNetwork('h', 'w');

    await expect(readNetwork(path, { folder })).rejects.toThrow(
      `${path}: input 'images' takes any size; give the one to use with --size WxH`,
    );
    const { input } = await readNetwork(path, { size: { width: 320, height: 240 }, folder });
    expect(input).toEqual({ name: 'images', layout: 'NCHW', width: 320, height: 240 });
  });

  it.each([
    { width: 100, height: 48 },
    { width: 64, height: 100 },
  ])('refuses another size than that of the network: %o', async (size) => {
    writeNetwork(48, 64);

    await expect(readNetwork(path, { size, folder })).rejects.toThrow(
      `${path}: input 'images' is 64x48 pixels, not ${size.width}x${size.height}: leave out --size`,
    );
  });

  it.each([
    ['pytorch', 'ONNX network of pytorch'],
    [undefined, 'ONNX network'],
  ])('names the program that wrote it (%s)', async (producerName, title) => {
    writeNetwork(48, 64, producerName);

    expect(await readNetwork(path, { folder })).toMatchObject({ title });
  });

  it('leaves alone the manifest of another network in its folder', async () => {
    writeNetwork(48, 64);
    cpSync('layers/model/efficientnet-lite0/model.json', join(folder, 'model.json'));

    const network = await readNetwork(path, { folder });

    expect(network).not.toHaveProperty('manifest');
    expect(network).not.toHaveProperty('labels');
  });
});
