/** The folder that keeps downloads: outside the repository, so that they survive `npm ci` and a new clone. */
import envPaths from 'env-paths';

/** The platform's cache folder for Bucketlens, as its environment names it now. */
export function cacheFolder(): string {
  return envPaths('bucketlens', { suffix: '' }).cache;
}
