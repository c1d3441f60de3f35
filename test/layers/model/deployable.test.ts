import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertDeployable } from '../../../layers/model/deployable.ts';
import { TooLargeForLambda } from '../../../layers/size.ts';
import { temporaryFolder } from './fixtures.ts';

/** A model folder whose weights take no room on the disk. */
function modelOf(bytes: number): string {
  const folder = temporaryFolder();
  const weights = join(folder, 'large.bin');
  writeFileSync(weights, '');
  truncateSync(weights, bytes);
  return folder;
}

describe('assertDeployable', () => {
  it('gives the size of a layer that fits', () => {
    expect(assertDeployable(modelOf(200_000_000))).toBe(200_000_000);
  });

  it('refuses a model that fits only without the runtime layer', () => {
    const modelDir = modelOf(250_000_000);

    const refused = () => assertDeployable(modelDir);

    expect(refused).toThrow(TooLargeForLambda);
    expect(refused).toThrow(/large\.bin \(250\.0 MB\).*fp16/);
  });
});
