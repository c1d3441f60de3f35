/** Damaged Keras files. They have a process of their own, as the HDF5 library does not always recover from one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openKerasFile } from '../../../../layers/model/keras/weights-file.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import { layouts, temporaryFolder, unpacked } from '../fixtures.ts';

const path = join(temporaryFolder(), 'some.h5');

describe('openKerasFile, of damaged files', () => {
  it.each(layouts)('refuses %s when it is cut off anywhere, with a sentence', async (layout) => {
    const whole = unpacked(`thin10/${layout}`);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: whole.length - 1 }), async (length) => {
        writeFileSync(path, whole.subarray(0, length));
        await expect(openKerasFile(path)).rejects.toThrow(
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
    writeFileSync(path, bytes);

    await expect(openKerasFile(path)).rejects.toThrow(UnusableModel);
    await expect(openKerasFile(path)).rejects.toThrow(path);
  });
});
