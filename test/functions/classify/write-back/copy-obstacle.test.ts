import { expect, it } from 'vitest';
import { copyObstacle } from '../../../../functions/classify/write-back/copy-obstacle.ts';

const hour = 3_600_000;

it.each([
  ['hidden-metadata', { MissingMeta: 1 }],
  ['archived', { StorageClass: 'GLACIER' }],
  ['archived', { StorageClass: 'DEEP_ARCHIVE' }],
  ['expired-lock', { ObjectLockRetainUntilDate: new Date(Date.now() - hour) }],
  ['foreign-labels', { Metadata: { tags: 'family' } }],
  ['foreign-labels', { Metadata: { 'tags-general': 'animal=0.9' } }],
  ['foreign-labels', { Metadata: { 'tags-model': 'x' } }],
  ['unsignable-headers', { WebsiteRedirectLocation: '/\xe9' }],
] as const)('is %s for an object with %j', (obstacle, head) => {
  expect(copyObstacle(head, 'tags')).toBe(obstacle);
});

it.each([
  ['nothing special', {}],
  ['an archive that is read at once', { StorageClass: 'GLACIER_IR' }],
  ['a lock', { ObjectLockRetainUntilDate: new Date(Date.now() + hour) }],
  [
    'labels of the function',
    { Metadata: { tags: 'cat=0.9', 'tags-model': 'x', 'tags-mark': 'abc/0123abcd' } },
  ],
  ['metadata with similar names', { Metadata: { 'tags-of-hers': 'mine', labels: 'hers' } }],
] as const)('is undefined for an object with %s', (_, head) => {
  expect(copyObstacle(head, 'tags')).toBeUndefined();
});
