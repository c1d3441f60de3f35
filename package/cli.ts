/** npm run package: builds the npm package under build/ and prints its path and size. */
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { megabytes } from '../layers/size.ts';
import { buildPackage } from './build.ts';

const tarball = await buildPackage(join(import.meta.dirname, '../build'));
console.log(`${relative(process.cwd(), tarball)}: ${megabytes(statSync(tarball).size)}`);
