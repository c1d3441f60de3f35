/** The package.json of the npm package: name, version and engines come from the repository's, the exports are defined here. */

/** The fields of the repository's package.json that the package repeats. */
export interface RepositoryManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
}

/** @param repository OWNER/NAME on GitHub, which npm compares with the origin of a signed release. */
export function packageManifest(
  { name, version, description, license, engines }: RepositoryManifest,
  repository?: string,
) {
  return {
    name,
    version,
    description,
    license,
    ...(repository && { repository: { type: 'git', url: `git+https://github.com/${repository}.git` } }),
    keywords: ['aws-cdk', 'cdk', 's3', 'lambda', 'image-classification', 'onnx'],
    type: 'commonjs',
    bin: { [name]: './program/cli.js' },
    main: './index.js',
    types,
    exports: {
      '.': { types, default: './index.js' },
      // Types without a dependency on the CDK, for functions that consume events.
      './events': { types: eventTypes },
      './pixels': { types: pixelTypes, default: './pixels/index.js' },
      './jimp': { types: jimpTypes, default: './pixels/jimp.js' },
      './prediction-event.schema.json': './prediction-event.schema.json',
      './package.json': './package.json',
    },
    // TypeScript's `moduleResolution: node10` ignores exports.
    typesVersions: { '*': { events: [eventTypes], pixels: [pixelTypes], jimp: [jimpTypes] } },
    engines,
    peerDependencies,
    // Only the construct and `deploy` need the CDK; both say so where it is missing.
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(peerDependencies).map((peer) => [peer, { optional: true }]),
    ),
  };
}

// The oldest release of the last eighteen months as of November 2026. The tests run the package with both ends of the range.
const peerDependencies = { 'aws-cdk-lib': '^2.200.0', constructs: '^10.0.5' };

const pixelTypes = './types/package/pixels.d.ts';
const jimpTypes = './types/package/jimp.d.ts';
const types = './types/package/index.d.ts';
const eventTypes = './types/functions/classify/publish/prediction-event.d.ts';
