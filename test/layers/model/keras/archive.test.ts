import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readKerasArchive } from '../../../../layers/model/keras/archive.ts';
import { temporaryFolder, unpackTo } from '../fixtures.ts';

const path = join(temporaryFolder(), 'model.keras');
const config = new TextEncoder().encode('{}');

/** Sets what the zip's directory says of an entry's size once unpacked. */
function declareSize(zip: Uint8Array, entry: number, bytes: number): Uint8Array {
  const directory: number[] = [];
  const view = new DataView(zip.buffer);
  for (let at = 0; at < zip.length - 46; at++)
    if (view.getUint32(at, true) === 0x02014b50) directory.push(at);
  view.setUint32(directory[entry]! + 24, bytes, true);
  return zip;
}

/** Gives an entry the name of another, as long as its own. */
function rename(zip: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(zip).toString('latin1').replaceAll(from, to), 'latin1');
}

describe('readKerasArchive', () => {
  it("reads the configuration and the weights of Keras' own file", async () => {
    const { configJson, weights } = await readKerasArchive(
      unpackTo(join(path, '..'), 'thin10/resnet50_thin10.keras'),
    );

    expect(JSON.parse(configJson).config.name).toBe('resnet50');
    expect(new TextDecoder('latin1').decode(weights.subarray(1, 4))).toBe('HDF');
  });

  it.each([
    ['{"keras_version": "3.15.1"}', '3.15.1'],
    // The first version that wrote such files.
    ['{}', '2.12'],
  ])('tells the version of Keras from %s', async (metadata, version) => {
    const entries = {
      'config.json': config,
      'metadata.json': new TextEncoder().encode(metadata),
      'model.weights.h5': config,
    };
    writeFileSync(path, zipSync(entries));

    expect((await readKerasArchive(path)).kerasVersion).toBe(version);
  });

  it('refuses a zip bomb by what its directory says, before unpacking it', async () => {
    const zip = zipSync({ 'config.json': config, 'model.weights.h5': new Uint8Array(1e6) });
    writeFileSync(path, declareSize(zip, 1, 4_000_000_000));

    await expect(readKerasArchive(path)).rejects.toThrow(
      `model.weights.h5 in ${path} unpacks to 4000000000 bytes; at most 1500000000 are accepted`,
    );
  });

  it('unpacks no more than the directory says, where that is a lie', async () => {
    const zip = zipSync({ 'config.json': config, 'model.weights.h5': new Uint8Array(50e6) });
    writeFileSync(path, declareSize(zip, 1, 1000));

    const { weights } = await readKerasArchive(path);

    expect(weights).toHaveLength(1000);
  });

  it.each([
    [
      'the archive of another program',
      zipSync({ 'data.pkl': config }),
      /is a zip without config.json, so not a .keras file/,
    ],
    ['one without weights', zipSync({ 'config.json': config }), /is a zip without model.weights.h5/],
    ['an empty one', zipSync({}), /is a damaged zip|is a zip without/],
    [
      'one of thousands of entries',
      zipSync(Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`${i}`, config]))),
      /more than 1000 entries/,
    ],
    [
      'one with two entries of one name',
      rename(zipSync({ 'config.json': config, 'other1.json': config }), 'other1.json', 'config.json'),
      /holds config.json twice/,
    ],
    [
      'one whose entry is shorter than said',
      declareSize(
        zipSync({ 'config.json': [config, { level: 0 }], 'model.weights.h5': [config, { level: 0 }] }),
        1,
        99,
      ),
      /model.weights.h5 in .* is damaged/,
    ],
  ])('refuses %s', async (_, zip, message) => {
    writeFileSync(path, zip);

    await expect(readKerasArchive(path)).rejects.toThrow(message);
  });
});
