import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksIn, root } from './pages.ts';

vi.setConfig({ testTimeout: 120_000 });

const blocks = blocksIn('ts');
function nameOf(index: number) {
  return `block-${index}.mts`;
}

describe('the TypeScript of the docs', () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(join(root, 'build'), { recursive: true });
    folder = mkdtempSync(join(root, 'build/docs-'));
    for (const [index, { code }] of blocks.entries()) {
      const here = code
        .replaceAll("'bucketlens'", "'../../package/index.ts'")
        .replaceAll("'bucketlens/pixels'", "'../../package/pixels.ts'")
        .replaceAll("'bucketlens/events'", "'../../functions/classify/publish/prediction-event.ts'");
      const synth = code.includes('new App()') ? '\n(stack.node.root as App).synth();\n' : '';
      writeFileSync(join(folder, nameOf(index)), `${here}${synth}`);
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: ['*.mts'] }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('compiles', () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });

    expect(blocks.length).toBeGreaterThan(4);
    expect(stdout).toBe('');
  });

  it('synthesizes its stacks', () => {
    const program = blocks.map((_, index) => `await import('./${nameOf(index)}');`).join('\n');
    writeFileSync(join(folder, 'all.mts'), `${program}\n`);

    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(folder, 'all.mts')], {
      cwd: root,
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:disable-asset-staging': true }) },
      encoding: 'utf8',
    });

    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
