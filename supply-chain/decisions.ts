/** Decisions about dependencies with their reasons, which package.json cannot hold. `npm run supply-chain` enforces them. */

/** Licences, by SPDX name, that require no more than a notice: packages under them may be deployed and packed. */
export const allowedLicences: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'NIST-Software',
  'Zlib',
];

/** Licences with obligations for distributors (file-level copyleft, attribution): allowed for tools, which are not distributed. */
export const allowedLicencesOfTools: readonly string[] = ['MPL-2.0', 'LGPL-3.0', 'CC-BY-4.0'];

/** Packages whose package.json names no SPDX licence: their licence, and the file that states it. */
export const licencesElsewhere: Readonly<Record<string, readonly [licence: string, where: string]>> = {
  busboy: ['MIT', 'its LICENSE'],
  'exif-parser': ['MIT', 'its LICENSE.md'],
  h5wasm: ['NIST-Software AND BSD-3-Clause', 'its LICENSE.txt; the second covers HDF5, which is compiled in'],
  'humanize-number': ['MIT', 'its Readme.md'],
  only: ['MIT', 'its Readme.md'],
  streamsearch: ['MIT', 'its LICENSE'],
};

/** Packages with an install script, and why it need not run. */
export const skippedScripts: Readonly<Record<string, string>> = {
  esbuild: 'checks the binary that npm has already installed',
  'onnxruntime-node': 'downloads CUDA libraries, which nothing here uses',
};

/** Dependencies pinned to less than their major version, and why. */
export const pins: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'new versions are published before the packages of all platforms',
  '@bomb.sh/tab': 'minor versions may break before 1.0',
  'aws-cdk': 'must read what aws-cdk-lib writes; 3.0.0 is older and does not',
  knip: 'new versions are published before the packages of all platforms',
  'libheif-js': 'functions/classify/decode/heic reads structures of libheif 1.23',
  'ts-json-schema-generator': '2.5 does not run on Node.js 20',
};

/** Advisories that do not apply here, by address, and why. */
export const acceptedAdvisories: Readonly<Record<string, string>> = {};
