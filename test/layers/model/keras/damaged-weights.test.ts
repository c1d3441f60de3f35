/**
 * Damaged Keras files. They have a process of their own, as the HDF5 library does not always recover from one, and each
 * a path of its own, as it may keep one open.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openKerasFile } from '../../../../layers/model/keras/keras-file.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import { layouts, temporaryFolder, unpacked } from '../fixtures.ts';

const folder = temporaryFolder();
let files = 0;
function write(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.h5`);
  writeFileSync(path, bytes);
  return path;
}

describe('openKerasFile, of damaged files', () => {
  it.each(layouts)('refuses %s when it is cut off anywhere, with a sentence', async (layout) => {
    const whole = unpacked(`thin10/${layout}`);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: whole.length - 1 }), async (length) => {
        await expect(openKerasFile(write(whole.subarray(0, length)))).rejects.toThrow(
          /was cut off|is not a readable HDF5 file|is a damaged zip|is damaged/,
        );
      }),
      { numRuns: 10 },
    );
  });

  // The marks by which HDF5 knows its trees, tables of names and heaps of strings.
  it.each(['TREE', 'SNOD', 'HEAP', 'GCOL'])('refuses a file whose first %s is damaged', async (mark) => {
    const bytes = unpacked('thin10/resnet50_thin10.weights.h5');
    bytes.write('XXXX', bytes.indexOf(mark), 'latin1');
    const path = write(bytes);

    const opened = openKerasFile(path).then(({ list }) => list());

    await expect(opened).rejects.toThrow(UnusableModel);
    await expect(opened).rejects.toThrow(path);
  });
});
