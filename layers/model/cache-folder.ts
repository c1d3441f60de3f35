/** Where downloads are kept: outside of the repository, so that they survive `npm ci` and a new clone. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The platform's folder for what can be fetched again. */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'bucketlens');
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'bucketlens', 'Cache');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bucketlens');
}
