import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InvalidModel,
  parseManifest,
  readManifest,
} from '../../../../functions/classify/network/manifest.ts';

const embedded = 'layers/model/efficientnet-lite0';
const valid = JSON.parse(await readFile(join(embedded, 'model.json'), 'utf8'));
function withValue(path: string, value: unknown) {
  const manifest = structuredClone(valid);
  const fields = path.split('.');
  const last = fields.pop()!;
  fields.reduce((object, field) => object[field], manifest)[last] = value;
  return manifest;
}

describe('a manifest', () => {
  it('is read from the embedded model', () => {
    expect(readManifest(embedded)).toEqual(valid);
  });

  it.each(['caffe', 'tf', 'torch'])("may name Keras' arithmetic: %s", (mode) => {
    expect(parseManifest(withValue('preprocess.mode', mode), 'model.json').preprocess.mode).toBe(mode);
  });

  it.each(['stretch', 'fit'])('needs no crop fraction with another policy: %s', (policy) => {
    const { cropFraction: _, ...rest } = valid.preprocess;

    expect(parseManifest({ ...valid, preprocess: { ...rest, policy } }, 'model.json').preprocess).toEqual({
      ...rest,
      policy,
    });
  });

  it.each([
    { name: 'y', activation: 'softmax' },
    { name: 'y', activation: 'sigmoid' },
    { name: 'y', activation: 'none', apply: 'softmax' },
    { name: 'y', activation: 'none', apply: 'sigmoid' },
  ])('may name the activation of the graph, or the one to apply: %j', (output) => {
    expect(parseManifest({ ...valid, output }, 'model.json').output).toEqual(output);
  });

  it.each([256, { width: 256, height: 288 }])('scales to %o before it cuts', (resizeTo) => {
    const { cropFraction: _, ...rest } = valid.preprocess;
    const preprocess = { ...rest, policy: 'resize-crop', resizeTo };

    expect(parseManifest({ ...valid, preprocess }, 'model.json').preprocess).toEqual(preprocess);
  });

  it('may ask for grey', () => {
    const mode = { order: 'L', scale: 1 / 255, mean: [0.5], std: [0.25] };

    expect(parseManifest(withValue('preprocess.mode', mode), 'model.json').preprocess.mode).toEqual(mode);
  });

  it('has defaults for topK and minScore', () => {
    const { topK: _, minScore: __, ...rest } = valid;

    expect(parseManifest(rest, 'model.json')).toMatchObject({ topK: 5, minScore: 0 });
  });

  it.each([
    ['an unknown field', 'extra', 1, 'extra is not known'],
    ['an unknown field deep down', 'preprocess.mode.gamma', 2.2, 'preprocess.mode'],
    ['an unknown layout', 'input.layout', 'CHW', 'input.layout should be'],
    ['a size of nothing', 'input.width', 0, 'input.width should be'],
    ['a mean of two numbers', 'preprocess.mode.mean', [1, 2], 'preprocess.mode must be'],
    ['a mean of four numbers', 'preprocess.mode.mean', [1, 2, 3, 4], 'preprocess.mode must be'],
    ['a division by zero', 'preprocess.mode.std', [1, 0, 1], 'preprocess.mode.std.1 must be above 0'],
    ['a scale of zero', 'preprocess.mode.scale', 0, 'preprocess.mode.scale must not be 0'],
    [
      'a scale that is infinite in float32',
      'preprocess.mode.scale',
      1e39,
      'preprocess.mode.scale must be within float32',
    ],
    [
      'a division by what is zero in float32',
      'preprocess.mode.std',
      [1, 1e-50, 1],
      'preprocess.mode.std.1 must be above 0',
    ],
    ['a fraction over 1', 'preprocess.cropFraction', 1.5, 'preprocess.cropFraction should be'],
    [
      'a fraction without a crop',
      'preprocess.policy',
      'stretch',
      "preprocess.cropFraction only goes with policy 'crop'",
    ],
    [
      'a resize-crop to nothing in particular',
      'preprocess.policy',
      'resize-crop',
      "preprocess.cropFraction only goes with policy 'crop'; preprocess.resizeTo goes with policy 'resize-crop', which needs it",
    ],
    [
      'a size to scale to without a resize-crop',
      'preprocess.resizeTo',
      256,
      "preprocess.resizeTo goes with policy 'resize-crop'",
    ],
    ['half a pixel to scale to', 'preprocess.resizeTo', 0.5, 'preprocess.resizeTo '],
    [
      'three means for grey',
      'preprocess.mode',
      { order: 'L', scale: 1, mean: [1, 2, 3], std: [1] },
      'preprocess.mode must be',
    ],
    ['an unknown interpolation', 'preprocess.interpolation', 'cubic', 'preprocess.interpolation should be'],
    ['a file outside its folder', 'file', '../secrets.onnx', 'file must be the plain name'],
    ['an absolute file', 'labels', '/etc/passwd', 'labels must be the plain name'],
    ['a name that cannot stand in metadata', 'name', 'Mein Modell', 'name must be 1 to 64'],
    ['a checksum of another kind', 'sha256', '2cb95161', 'sha256 must be 64'],
    ['no licence', 'licence', '', 'licence must not be empty'],
    [
      'an unknown activation',
      'output.activation',
      'relu',
      'output.activation must be none, softmax or sigmoid',
    ],
    [
      'logits that nothing is applied to',
      'output.activation',
      'none',
      'output.apply must be softmax or sigmoid where activation is none',
    ],
    ['an activation applied twice', 'output.apply', 'softmax', 'output.apply is not known'],
  ])('with %s is refused with the field', (_, path, value, message) => {
    const parse = () => parseManifest(withValue(path, value), 'mine/model.json');

    expect(parse).toThrow(InvalidModel);
    expect(parse).toThrow(`mine/model.json: ${message}`);
  });

  it.each(Object.keys(valid).filter((field) => !['ancestors', 'topK', 'minScore'].includes(field)))(
    'without %s is refused with its name',
    (field) => {
      const { [field]: _, ...rest } = valid;

      expect(() => parseManifest(rest, 'model.json')).toThrow(field);
    },
  );

  it('is refused with every wrong field in one error', () => {
    expect(() => parseManifest({ ...valid, name: 'A', licence: '' }, 'model.json')).toThrow(
      expect.objectContaining({
        name: 'InvalidModel',
        message: 'model.json: name must be 1 to 64 of a-z 0-9 . _ -; licence must not be empty',
      }),
    );
    expect(() => parseManifest('text', 'model.json')).toThrow('model.json: the manifest should be');
  });

  it('of any other kind is refused, never accepted and never a crash', () => {
    fc.assert(
      fc.property(fc.anything(), (manifest) => {
        expect(() => parseManifest(manifest, 'model.json')).toThrow(InvalidModel);
      }),
    );
  });

  it('that is missing or not JSON is refused with its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bucketlens-'));
    expect(() => readManifest(folder)).toThrow('model.json cannot be read');

    await writeFile(join(folder, 'model.json'), '{ "name": ');
    expect(() => readManifest(folder)).toThrow('model.json is not JSON');
  });
});
