import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidLabelRules } from '../../../functions/classify/network/label-rules.ts';
import { InvalidModel, readManifest } from '../../../functions/classify/network/manifest.ts';
import { filesIn } from '../../../layers/folder.ts';
import {
  buildModelLayer,
  defaultModel,
  findModel,
  isBuilt,
  isEmbedded,
  modelNames,
  withAbsolutePath,
} from '../../../layers/model/layer.ts';

const embedded = join(import.meta.dirname, '../../../layers/model/efficientnet-lite0');

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-model-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('buildModelLayer', () => {
  it('copies the whole model folder, including licences, to where Lambda mounts it', () => {
    const outDir = join(parent, 'layer');

    buildModelLayer({ modelDir: embedded, outDir });

    expect(filesIn(outDir)).toEqual(filesIn(embedded).map((path) => `model/${path}`));
    expect(readFileSync(join(outDir, 'model/model.json'))).toEqual(
      readFileSync(join(embedded, 'model.json')),
    );
  });

  it('leaves out dot files, which differ from machine to machine', () => {
    const modelDir = join(parent, 'model');
    cpSync(embedded, modelDir, { recursive: true });
    writeFileSync(join(modelDir, '.DS_Store'), '');
    mkdirSync(join(modelDir, '.git'));
    writeFileSync(join(modelDir, '.git/HEAD'), '');

    buildModelLayer({ modelDir, outDir: join(parent, 'layer') });

    expect(filesIn(join(parent, 'layer/model'))).toEqual(filesIn(embedded));
  });

  it('takes a model whose labels have no ancestors', () => {
    const modelDir = join(parent, 'model');
    cpSync(embedded, modelDir, { recursive: true });
    const { ancestors, ...manifest } = JSON.parse(readFileSync(join(modelDir, 'model.json'), 'utf8'));
    rmSync(join(modelDir, ancestors));
    writeFileSync(join(modelDir, 'model.json'), JSON.stringify(manifest));

    buildModelLayer({ modelDir, outDir: join(parent, 'layer') });

    expect(filesIn(join(parent, 'layer/model'))).toEqual(filesIn(modelDir));
  });

  it('writes label rules next to the labels, and into the manifest', () => {
    const outDir = join(parent, 'layer');
    const labelRules = { rules: { drop: ['web_site'] }, path: 'mine.json' };

    buildModelLayer({ modelDir: embedded, outDir, labelRules });

    expect(JSON.parse(readFileSync(join(outDir, 'model/label-rules.json'), 'utf8'))).toEqual(
      labelRules.rules,
    );
    expect(readManifest(join(outDir, 'model'))).toEqual({
      ...readManifest(embedded),
      labelRules: 'label-rules.json',
    });
  });

  it("replaces a model's own label rules", () => {
    const modelDir = join(parent, 'layer/model');
    buildModelLayer({
      modelDir: embedded,
      outDir: join(parent, 'layer'),
      labelRules: { rules: { drop: ['web_site'] }, path: 'mine.json' },
    });
    const rules = { only: ['tabby'] };

    buildModelLayer({ modelDir, outDir: join(parent, 'next'), labelRules: { rules, path: 'next.json' } });

    expect(JSON.parse(readFileSync(join(parent, 'next/model/label-rules.json'), 'utf8'))).toEqual(rules);
  });

  it('refuses label rules that do not fit the labels, also those of the model itself', () => {
    const modelDir = join(parent, 'model');
    cpSync(embedded, modelDir, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(modelDir, 'model.json'), 'utf8'));
    writeFileSync(join(modelDir, 'model.json'), JSON.stringify({ ...manifest, labelRules: 'mine.json' }));
    writeFileSync(join(modelDir, 'mine.json'), '{ "drop": ["web site"] }');
    const labelRules = { rules: { only: ['tabbi'] }, path: 'given.json' };

    const build = { modelDir, outDir: join(parent, 'layer') };

    expect(() => buildModelLayer(build)).toThrow(InvalidLabelRules);
    expect(() => buildModelLayer(build)).toThrow(
      "mine.json: drop: 'web site' is not a label; did you mean web_site",
    );
    expect(() => buildModelLayer({ ...build, labelRules })).toThrow(
      "given.json: only: 'tabbi' is not a label",
    );
  });

  it('refuses a folder without a file that its manifest names', () => {
    const modelDir = join(parent, 'model');
    cpSync(embedded, modelDir, { recursive: true });
    rmSync(join(modelDir, 'labels.json'));

    const refused = () => buildModelLayer({ modelDir, outDir: join(parent, 'layer') });

    expect(refused).toThrow(InvalidModel);
    expect(refused).toThrow(/names labels\.json, which is not in/);
  });

  it('refuses a manifest with an unknown field and names its path', () => {
    const modelDir = join(parent, 'model');
    cpSync(embedded, modelDir, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(modelDir, 'model.json'), 'utf8'));
    writeFileSync(
      join(modelDir, 'model.json'),
      JSON.stringify({ ...manifest, input: { ...manifest.input, depth: 3 } }),
    );

    expect(() => buildModelLayer({ modelDir, outDir: join(parent, 'layer') })).toThrow(
      /model\.json: input\.depth/,
    );
  });

  it('refuses a manifest that is not JSON, with the name of the file', () => {
    const modelDir = join(parent, 'model');
    mkdirSync(modelDir);
    writeFileSync(join(modelDir, 'model.json'), '{');

    expect(() => buildModelLayer({ modelDir, outDir: join(parent, 'layer') })).toThrow(
      /model\.json is not JSON/,
    );
  });
});

describe('isEmbedded', () => {
  it.each([
    ['efficientnet-lite0', true],
    ['open-nsfw', true],
    ['flowers', false],
    ['keras', false],
  ])('is %s: %s', (name, expected) => {
    expect(isEmbedded(name)).toBe(expected);
  });
});

describe('isBuilt', () => {
  it.each([
    ['efficientnet-lite0', true],
    [embedded, true],
    ['resnet5000', false],
    ['./resnet5000', false],
  ])('is %s: %s', (nameOrPath, expected) => {
    expect(isBuilt(nameOrPath)).toBe(expected);
  });
});

describe('defaultModel', () => {
  it('names a model that exists', () => {
    expect(modelNames()).toContain(defaultModel());
  });
});

describe('withAbsolutePath', () => {
  it.each([
    ['efficientnet-lite0', 'efficientnet-lite0'],
    ['./flowers', resolve('flowers')],
  ])('makes %s usable from any folder', (nameOrPath, expected) => {
    expect(withAbsolutePath(nameOrPath)).toBe(expected);
  });
});

describe('findModel', () => {
  it('finds the embedded model by its name', () => {
    expect(findModel('efficientnet-lite0')).toBe(embedded);
  });

  it('takes the path of a model folder', () => {
    expect(findModel(`${embedded}/`)).toBe(embedded);
  });

  it.each(['resnet5000', './resnet5000'])(
    'says where it looked for %s, what there is and how to build it',
    (name) => {
      const refused = () => findModel(name);

      expect(refused).toThrow(InvalidModel);
      expect(refused).toThrow(/no model.*resnet5000.*model\.json.*efficientnet-lite0.*npx bucketlens model/);
    },
  );
});
