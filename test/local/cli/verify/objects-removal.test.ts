import { describe, expect, it } from 'vitest';
import { nameFeed } from '../../../../local/cli/aws/prediction-feed.ts';
import { removeLeftovers, removeObjects } from '../../../../local/cli/verify/objects-removal.ts';
import { deployment, fakeTarget } from './fake-target.ts';

const prefix = 'in/bucketlens-verify-1/';
const plain = { versioned: false, objectLock: false };
const noUploads = { ListMultipartUploads: {} };

describe('removeObjects', () => {
  it('removes objects whose keys S3 has encoded, and unfinished uploads', async () => {
    const target = fakeTarget({
      ListMultipartUploads: { Uploads: [{ Key: `${prefix}parts`, UploadId: 'u' }] },
      AbortMultipartUpload: {},
      ListObjectsV2: { EncodingType: 'url', Contents: [{ Key: `${prefix}a%0Ab+c%2B` }] },
      DeleteObject: {},
    });

    expect(await removeObjects(target.clients.s3, 'photos', prefix, plain)).toBe(1);
    expect(target.sent).toEqual([
      'ListMultipartUploads',
      `AbortMultipartUpload ${prefix}parts`,
      'ListObjectsV2',
      `DeleteObject ${prefix}a\nb c+`,
    ]);
  });

  it('takes keys as they are from a server that does not encode them', async () => {
    const target = fakeTarget({
      ...noUploads,
      ListObjectsV2: { Contents: [{ Key: `${prefix}100 % + more` }] },
      DeleteObject: {},
    });

    await removeObjects(target.clients.s3, 'photos', prefix, plain);
    expect(target.sent.at(-1)).toBe(`DeleteObject ${prefix}100 % + more`);
  });

  it('removes all versions and delete markers, page by page, and ends legal holds before', async () => {
    const pages = [
      { Versions: [{ Key: 'a', VersionId: '2' }], NextKeyMarker: 'a', NextVersionIdMarker: '2' },
      { Versions: [{ Key: 'a', VersionId: '1' }], DeleteMarkers: [{ Key: 'b', VersionId: '3' }] },
    ];
    const inputs: Readonly<Record<string, unknown>>[] = [];
    const target = fakeTarget({
      ...noUploads,
      ListObjectVersions: (input) => {
        inputs.push(input);
        return pages.shift();
      },
      PutObjectLegalHold: ({ Key }) => (Key === 'b' ? Promise.reject(new Error('a delete marker')) : {}),
      DeleteObject: (input) => {
        inputs.push(input);
        return {};
      },
    });

    expect(await removeObjects(target.clients.s3, 'photos', '', { versioned: true, objectLock: true })).toBe(
      3,
    );
    expect(inputs[1]).toMatchObject({ KeyMarker: 'a', VersionIdMarker: '2' });
    expect(inputs.slice(2)).toEqual(
      [
        ['a', '2'],
        ['a', '1'],
        ['b', '3'],
      ].map(([Key, VersionId]) => ({ Bucket: 'photos', Key, VersionId, BypassGovernanceRetention: true })),
    );
    expect(target.sent.filter((request) => request.startsWith('PutObjectLegalHold'))).toHaveLength(3);
  });
});

describe('removeObjects, if the versioning is unknown or suspended', () => {
  const versions = {
    Versions: [{ Key: 'a', VersionId: '1' }],
    DeleteMarkers: [{ Key: 'a', VersionId: '2' }],
  };
  const answers = {
    ...noUploads,
    ListObjectsV2: { Contents: [{ Key: 'a' }] },
    DeleteObject: { DeleteMarker: true },
  };

  it.each([undefined, false])('removes the versions behind the delete markers (%s)', async (versioned) => {
    const target = fakeTarget({ ...answers, ListObjectVersions: versions });

    expect(await removeObjects(target.clients.s3, 'photos', '', { versioned, objectLock: false })).toBe(2);
    expect(target.sent.filter((request) => request.startsWith('DeleteObject'))).toEqual([
      'DeleteObject a',
      'DeleteObject a 1',
      'DeleteObject a 2',
    ]);
  });

  it('says what stays if the versions cannot be listed', async () => {
    const target = fakeTarget({
      ...answers,
      ListObjectVersions: () => Promise.reject(new Error('s3:ListBucketVersions is denied')),
    });

    await expect(
      removeObjects(target.clients.s3, 'photos', '', { versioned: undefined, objectLock: false }),
    ).rejects.toThrow('their versions stay, behind delete markers: s3:ListBucketVersions is denied');
  });

  it('looks for no versions in a bucket that has none', async () => {
    const target = fakeTarget({ ...answers, DeleteObject: {} });

    expect(
      await removeObjects(target.clients.s3, 'photos', '', { versioned: undefined, objectLock: false }),
    ).toBe(1);
    expect(target.sent).not.toContain('ListObjectVersions');
  });
});

describe('removeLeftovers', () => {
  it('removes the objects of runs that have written nothing for a quarter of an hour', async () => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const Contents = [
      { Key: 'in/bucketlens-verify-0a1b2c3d/a', LastModified: ago(60) },
      { Key: 'in/bucketlens-verify-0a1b2c3d/b', LastModified: ago(16) },
      { Key: 'in/bucketlens-verify-4e5f6a7b/a', LastModified: ago(60) },
      { Key: 'in/bucketlens-verify-4e5f6a7b/b', LastModified: ago(14) },
    ];
    const target = fakeTarget({
      ...noUploads,
      ListObjectsV2: ({ Prefix }) => ({
        Contents: Contents.filter(({ Key }) => Key.startsWith(String(Prefix))),
      }),
      DeleteObject: {},
    });

    expect(await removeLeftovers(target.clients.s3, deployment, plain)).toEqual([
      'bucketlens-verify-0a1b2c3d',
    ]);
    expect(target.sent.filter((request) => request.startsWith('DeleteObject'))).toEqual([
      'DeleteObject in/bucketlens-verify-0a1b2c3d/a',
      'DeleteObject in/bucketlens-verify-0a1b2c3d/b',
    ]);
  });

  it.each([
    'bucketlens-verify-reports/2026-10/verify.json',
    'bucketlens-verify-of-somebody.png',
    'bucketlens-verify-0a1b2c3d',
    'bucketlens-verify-0a1b2c3d4/a',
    'bucketlens-verify-0a1b2c3/a',
    'bucketlens-verify-0A1B2C3D/a',
  ])('leaves %s, which no run has created', async (name) => {
    const target = fakeTarget({
      ListObjectsV2: { Contents: [{ Key: `in/${name}`, LastModified: new Date(0) }] },
    });

    expect(await removeLeftovers(target.clients.s3, deployment, plain)).toEqual([]);
    expect(target.sent).toEqual(['ListObjectsV2']);
  });

  it('recognises the names of runs', async () => {
    const { name } = nameFeed('verify', deployment);
    const target = fakeTarget({
      ...noUploads,
      ListObjectsV2: { Contents: [{ Key: `in/${name}/a`, LastModified: new Date(0) }] },
      DeleteObject: {},
    });

    expect(await removeLeftovers(target.clients.s3, deployment, plain)).toEqual([name]);
  });
});
