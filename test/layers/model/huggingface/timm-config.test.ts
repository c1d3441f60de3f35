import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { pretrainedSchema, timmPreprocessing } from '../../../../layers/model/huggingface/timm-config.ts';

function parse(config: Readonly<Record<string, unknown>>) {
  return timmPreprocessing(v.parse(pretrainedSchema, config), 'config.json');
}

describe("timm's pretrained_cfg", () => {
  it('scales, cuts and normalises as create_transform does for evaluation', () => {
    const config = {
      input_size: [3, 288, 288],
      interpolation: 'bicubic',
      crop_pct: 0.95,
      crop_mode: 'center',
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
    };

    expect(parse(config)).toEqual({
      size: { width: 288, height: 288 },
      preprocess: {
        mode: { order: 'RGB', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
        interpolation: 'bicubic',
        policy: 'resize-crop',
        resizeTo: 303,
      },
    });
  });

  it("has timm's defaults", () => {
    expect(parse({ crop_pct: null })).toMatchObject({
      size: { width: 224, height: 224 },
      preprocess: { interpolation: 'bicubic', resizeTo: 256 },
    });
  });

  it('stretches before the cut in squash mode', () => {
    expect(parse({ input_size: [3, 224, 448], crop_mode: 'squash' }).preprocess).toMatchObject({
      policy: 'resize-crop',
      resizeTo: { width: 512, height: 256 },
    });
  });

  it.each([
    ['borders', { crop_mode: 'border' }, 'crop_mode border of a 224x224 input'],
    [
      'the centre of an input that is not square',
      { input_size: [3, 224, 448] },
      'crop_mode center of a 448x224 input',
    ],
  ])('leaves the policy to the user: %s', (_, config, message) => {
    const { preprocess, policyHint } = parse(config);

    expect(preprocess).toMatchObject({ interpolation: 'bicubic' });
    expect(preprocess).not.toHaveProperty('policy');
    expect(policyHint).toContain(message);
    expect(policyHint).toMatch(/--policy stretch shows the whole image/);
  });

  it('refuses a random filter', () => {
    expect(() => parse({ interpolation: 'random' })).toThrow('interpolation is random');
  });
});
