/**
 * Keeps parts of the AWS SDK that a start does not need out of the function's code: V8 parses all of it, needed or not.
 * docs/decisions/aws-sdk.md has the figures.
 */
import { join } from 'node:path';
import { type BuildOptions, buildSync, type TransformOptions, transformSync } from 'esbuild';

/** The file next to the bundle with the credential providers. Lambda passes credentials in the environment, which needs none. */
export const credentialsFile = 'credentials.js';

const providers = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** Options of a bundle that loads the credential providers from their file, when the SDK asks for them. */
export const withoutProviders = {
  alias: {
    ...Object.fromEntries(providers.map((name) => [name, `./${credentialsFile}`])),
    '@smithy/core/event-streams': join(import.meta.dirname, 'no-event-streams.ts'),
  },
  external: [`./${credentialsFile}`],
} satisfies BuildOptions;

/** Bundles the credential providers. @returns The code, and its sources relative to the repository. */
export function bundleProviders(options: BuildOptions): { code: Uint8Array; sources: string[] } {
  const { outputFiles, metafile } = buildSync({
    ...options,
    stdin: {
      contents: providers.map((name) => `export * from '${name}';`).join('\n'),
      resolveDir: import.meta.dirname,
    },
    write: false,
    metafile: true,
  });
  return {
    code: outputFiles[0]!.contents,
    sources: Object.keys(metafile.inputs).filter((path) => path !== '<stdin>'),
  };
}

/**
 * Drops the schemas of operations that a bundle does not use. They refer to constants in the names of fields,
 * `{ [_h]: … }`, which a bundler has to keep, because it does not know that computing such a name has no effect.
 *
 * @param code A bundle with whitespace and with the names of its modules in comments.
 * @param options The form of the result.
 */
export function withoutUnusedSchemas(code: string, options: TransformOptions): string {
  const modules = code.split(/^(?=\s*\/\/ \S+\.[jt]s$)/m);
  const literal = modules.map((module) =>
    /^\s*\/\/ \S+\/schemas_\d+\.js$/m.test(module) ? withLiteralKeys(module) : module,
  );
  return transformSync(literal.join(''), { ...options, treeShaking: true }).code;
}

function withLiteralKeys(module: string): string {
  const constants = [...module.matchAll(/(?:var|,)\s+(_\w+) = ("[^"\\]*")(?=[,;])/g)];
  const texts = new Map(constants.map(([, name, text]) => [name, text]));
  return module.replaceAll(/\[(_\w+)\]:/g, (key, name) => (texts.has(name) ? `${texts.get(name)}:` : key));
}
