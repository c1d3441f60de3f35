/** What was decided about dependencies, each with its reason: package.json can hold none. `npm run supply-chain` compares. */

/** By their SPDX names: they ask for no more than a notice. Some of these packages are deployed and packed. */
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
];

/** They bind those who hand a package on: by copyleft of a file, or by naming the authors. Tools of development are not handed on. */
export const allowedLicencesOfTools: readonly string[] = ['MPL-2.0', 'CC-BY-4.0'];

/** The licence of packages whose package.json names none that is in SPDX, and where it stands. */
export const licencesElsewhere: Readonly<Record<string, readonly [licence: string, where: string]>> = {
  busboy: ['MIT', 'its LICENSE'],
  'exif-parser': ['MIT', 'its LICENSE.md'],
  h5wasm: [
    'NIST-Software AND BSD-3-Clause',
    'its LICENSE.txt; the second is of HDF5, which it has compiled in',
  ],
  'humanize-number': ['MIT', 'its Readme.md'],
  only: ['MIT', 'its Readme.md'],
  streamsearch: ['MIT', 'its LICENSE'],
};

/** Packages that have an install script, and why they do without it. */
export const skippedScripts: Readonly<Record<string, string>> = {
  esbuild: 'checks the binary that npm has installed already',
  'onnxruntime-node': 'fetches CUDA libraries, which nothing here uses',
};

/** Dependencies that may not take each newer version of the same major, and why. */
export const pins: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'later versions have appeared before the packages of all platforms',
  '@bomb.sh/tab': 'before 1.0 each minor version may break',
  'aws-cdk': 'the command line has to read what aws-cdk-lib writes; 3.0.0 is older than it and does not',
  knip: 'later versions have appeared before the packages of all platforms',
  'ts-json-schema-generator': '2.5 does not run on Node.js 20',
};

/** What `npm audit` finds and is no danger here, by the advisory's address, and why. */
export const acceptedAdvisories: Readonly<Record<string, string>> = {};
