/** The Node.js that measured programs run on. Versions differ in how soon, and how well, they compile. */
import { cacheDir } from '../test/e2e/folders.ts';
import { nodeBinary } from '../test/e2e/node-binaries.ts';

/**
 * The path of Lambda's Node.js, downloaded once; that of this process where Lambda's does not run.
 *
 * @throws Error with npm's message if the download fails.
 */
export async function lambdaNode(): Promise<string> {
  const { platform, arch, execPath } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) return execPath;
  return nodeBinary(arch, 24, cacheDir);
}
