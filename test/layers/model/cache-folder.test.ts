import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder } from '../../../layers/model/cache-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('cacheFolder', () => {
  it.runIf(process.platform === 'linux')('follows XDG_CACHE_HOME on Linux', () => {
    vi.stubEnv('XDG_CACHE_HOME', '/var/cache/me');
    expect(cacheFolder()).toBe('/var/cache/me/bucketlens');

    vi.stubEnv('XDG_CACHE_HOME', undefined);
    expect(cacheFolder()).toBe(join(homedir(), '.cache/bucketlens'));
  });

  it.runIf(process.platform === 'darwin')('is in Library/Caches on macOS', () => {
    expect(cacheFolder()).toBe(join(homedir(), 'Library/Caches/bucketlens'));
  });

  it.runIf(process.platform === 'win32')('follows LOCALAPPDATA on Windows', () => {
    vi.stubEnv('LOCALAPPDATA', 'C:\\Users\\me\\AppData\\Local');
    expect(cacheFolder()).toBe('C:\\Users\\me\\AppData\\Local\\bucketlens\\Cache');
  });
});
