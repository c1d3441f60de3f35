import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readManifest } from '../../../functions/classify/network/manifest.ts';
import { findBuiltModels } from '../../../layers/model/built-models.ts';

const embedded = 'layers/model/efficientnet-lite0';
const rules = { drop: ['web_site'] };
const labelRules = { rules, path: 'mine.json' };

const places = vi.hoisted(() => ({ builtModels: '' }));
vi.mock(import('../../../layers/places.ts'), async (original) => {
  const { imagenetModel } = await original();
  return {
    embeddedModels: { 'efficientnet-lite0': imagenetModel },
    imagenetModel,
    get builtModels() {
      return places.builtModels;
    },
  };
});

/** Makes a folder of built models: a copy of the embedded one for each name, with some of its files replaced. */
function build(models: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  places.builtModels = mkdtempSync(join(tmpdir(), 'bucketlens-models-'));
  for (const [name, files] of Object.entries(models)) {
    const folder = join(places.builtModels, name);
    cpSync(embedded, folder, { recursive: true });
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...readManifest(embedded), name }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  }
}

function found(started: string, given?: typeof labelRules) {
  return findBuiltModels(started, given).map((model) => [model.manifest.name, model.labelRules?.path]);
}

describe('the models of the playground', () => {
  it('are the started one first, then all others that are not damaged', () => {
    build({ second: {}, third: {}, damaged: { 'model.json': '{}' } });

    expect(found('third')).toEqual([
      ['third', undefined],
      ['efficientnet-lite0', undefined],
      ['second', undefined],
    ]);
  });

  it('have the given label rules, if they fit their labels', () => {
    build({ same: {}, others: { 'labels.json': '["cat", "dog"]' }, damaged: { 'labels.json': '{}' } });

    expect(found('efficientnet-lite0', labelRules)).toEqual([
      ['efficientnet-lite0', 'mine.json'],
      ['damaged', undefined],
      ['others', undefined],
      ['same', 'mine.json'],
    ]);
  });

  it('are refused if the rules do not fit the started one', () => {
    build({ others: { 'labels.json': '["cat", "dog"]' } });

    expect(() => found('others', labelRules)).toThrow("mine.json: drop: 'web_site' is not a label");
  });
});
