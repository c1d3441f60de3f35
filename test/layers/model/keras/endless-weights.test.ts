/** Has a process of its own: what the HDF5 library answers after it was interrupted, nobody knows. */
import { expect, it } from 'vitest';
import { openKerasFile } from '../../../../layers/model/keras/keras-file.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import { temporaryFolder, unpackTo } from '../fixtures.ts';

it('refuses a Keras file on which the HDF5 library loops forever', async () => {
  const path = unpackTo(temporaryFolder(), '/endless.h5');

  const opened = openKerasFile(path);

  await expect(opened).rejects.toBeInstanceOf(UnusableModel);
  await expect(opened).rejects.toThrow(`${path} is damaged: copy or download it again`);
});
