/** A synthesized stack -> a CloudFormation template that needs no CDK: its assets are folders next to it. */

/** The part of a CDK template that is read and changed. */
export interface Template {
  Parameters?: Record<string, unknown>;
  Rules?: Record<string, unknown>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
}

/** The part of the CDK's `Bucketlens.assets.json` that is read. */
export interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}

export interface PortableTemplate {
  readonly template: Template;
  /** Paths in the CDK's output folder, by their paths relative to the template. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Replaces the keys of the CDK's asset bucket by paths, as `aws cloudformation package` and `sam deploy` upload them, and leaves
 * out the check for `cdk bootstrap`.
 *
 * @throws Error if a resource refers to an asset in another way than a function or a layer does.
 */
export function makePortable(synthesized: Template, { files }: AssetManifest): PortableTemplate {
  const template = structuredClone(synthesized);
  const assets = new Map<string, string>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const property = codeProperties[resource.Type];
    const key = property && keyOf(resource.Properties?.[property]);
    if (!property || !key) continue;
    const source = files[key.replace(/\.\w+$/, '')]?.source.path;
    if (!source) throw new Error(`${id} has the key ${key}, which is not among the stack's assets`);
    const [path = `assets/${id}`] = [...assets].find(([, taken]) => taken === source) ?? [];
    assets.set(path, source);
    resource.Properties![property] = `./${path}`;
    delete resource.Metadata;
  }
  delete template.Parameters?.BootstrapVersion;
  delete template.Rules?.CheckBootstrapVersion;
  if (template.Rules && Object.keys(template.Rules).length === 0) delete template.Rules;
  if (template.Parameters && Object.keys(template.Parameters).length === 0) delete template.Parameters;
  assertNoBootstrap(template);
  return { template, assets };
}

const codeProperties: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'Code',
  'AWS::Lambda::LayerVersion': 'Content',
};

function keyOf(code: unknown): string | undefined {
  const { S3Key: key } = (code ?? {}) as { S3Key?: unknown };
  return typeof key === 'string' ? key : undefined;
}

function assertNoBootstrap(template: Template): void {
  const [id] = Object.entries(template.Resources).find(([, resource]) =>
    /cdk-[a-z0-9]+-assets-/.test(JSON.stringify(resource)),
  ) ?? [undefined];
  if (id)
    throw new Error(`${id} refers to the CDK's asset bucket, which only \`npx bucketlens deploy\` fills`);
}
