import { describe, expect, it } from 'vitest';
import { Untold } from '../../../../local/cli/verify/check.ts';
import { versionsKept } from '../../../../local/cli/verify/checks/races.ts';
import { readSettings } from '../../../../local/cli/verify/read-settings.ts';
import { deployment, fakeTarget, settings } from './fake-target.ts';

function denied() {
  return Promise.reject(Object.assign(new Error('denied'), { name: 'AccessDenied' }));
}
const allDenied = {
  GetFunctionConfiguration: denied,
  GetBucketVersioning: denied,
  GetObjectLockConfiguration: denied,
  GetBucketNotificationConfiguration: denied,
};

describe('readSettings', () => {
  it.each([
    ['enabled', { Status: 'Enabled' }, true],
    ['suspended', { Status: 'Suspended' }, false],
    ['never enabled', {}, false],
    ['denied', denied, undefined],
  ])('reads versioning that is %s', async (_, GetBucketVersioning, versioned) => {
    const { clients } = fakeTarget({ ...allDenied, GetBucketVersioning });

    expect(await readSettings(clients, deployment)).toMatchObject({ versioned });
  });
});

describe('the check of versions', () => {
  it('is left out of a bucket without versions only', () => {
    const leftOut = (versioned: boolean | undefined) =>
      versionsKept.leftOut?.(fakeTarget({}, { settings: { ...settings, versioned } }));

    expect([true, false, undefined].map(leftOut)).toEqual([
      undefined,
      'the bucket has no versions',
      undefined,
    ]);
  });

  it('cannot tell without s3:GetBucketVersioning', async () => {
    const target = fakeTarget({}, { settings: { ...settings, versioned: undefined } });

    await expect(versionsKept.run(target)).rejects.toThrow(Untold);
  });
});
