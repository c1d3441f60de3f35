import { describe, expect, it } from 'vitest';
import { packageManifest } from '../../package/manifest.ts';

const clone = {
  name: 'bucketlens',
  version: '1.2.3',
  description: 'Labels.',
  license: 'Apache-2.0',
  engines: { node: '>=20.18' },
};

describe('packageManifest', () => {
  it('names the repository of a release, so that npm can verify its origin', () => {
    expect(packageManifest(clone, 'somebody/bucketlens')).toMatchObject({
      ...clone,
      repository: { type: 'git', url: 'git+https://github.com/somebody/bucketlens.git' },
    });
  });

  it('names no repository in a build of your own', () => {
    expect(packageManifest(clone)).not.toHaveProperty('repository');
  });
});
