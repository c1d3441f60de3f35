import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../layers/model/cache-folder.ts';

describe('cacheFolder', () => {
  it.each<[NodeJS.Platform, NodeJS.ProcessEnv, RegExp]>([
    ['linux', { XDG_CACHE_HOME: '/var/cache/me' }, /^\/var\/cache\/me\/bucketlens$/],
    ['linux', {}, /\.cache\/bucketlens$/],
    ['darwin', {}, /Library\/Caches\/bucketlens$/],
    [
      'win32',
      { LOCALAPPDATA: 'C:/Users/me/AppData/Local' },
      /^C:\/Users\/me\/AppData\/Local\/bucketlens\/Cache$/,
    ],
    ['win32', {}, /AppData\/Local\/bucketlens\/Cache$/],
  ])('is the one of %s with %j', (platform, env, expected) => {
    expect(cacheFolder(platform, env)).toMatch(expected);
  });
});
