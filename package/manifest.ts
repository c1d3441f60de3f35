/** The package.json of the package: what it is called and needs is the repository's, what it offers stands here. */

/** The repository's own package.json, as far as the package says the same. */
export interface RepositoryManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function packageManifest({
  name,
  version,
  description,
  license,
  engines,
  dependencies,
}: RepositoryManifest) {
  return {
    name,
    version,
    description,
    license,
    keywords: ['aws-cdk', 'cdk', 's3', 'lambda', 'image-classification', 'onnx'],
    type: 'commonjs',
    main: './index.js',
    types,
    exports: {
      '.': { types, default: './index.js' },
      // Types alone, and without the CDK's: for those who write a function that takes events.
      './events': { types: eventTypes },
      './prediction-event.schema.json': './prediction-event.schema.json',
      './package.json': './package.json',
    },
    // For TypeScript's `moduleResolution: node10`, which reads no exports.
    typesVersions: { '*': { events: [eventTypes] } },
    engines,
    peerDependencies: { 'aws-cdk-lib': dependencies['aws-cdk-lib'], constructs: dependencies.constructs },
  };
}

const types = './types/package/index.d.ts';
const eventTypes = './types/functions/classify/publish/prediction-event.d.ts';
