import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../../functions/classify/network/manifest.ts';
import type { BuildResult } from '../../../../layers/model/build-model.ts';
import { embeddedModels } from '../../../../layers/places.ts';
import {
  describeBuilt,
  describeJson,
  describeManifest,
} from '../../../../local/cli/models/describe-model.ts';

const built: BuildResult = {
  manifest: readManifest(embeddedModels['efficientnet-lite0']!),
  title: 'EfficientNet',
  classes: 1000,
  isExclusive: true,
  difference: 0.01,
  assumptions: [],
  bytes: 4_900_000,
  quantisation: {
    calibratedWith: 64,
    agreement: { all: { photos: 312, same: 300 }, sure: { photos: 121, same: 121 }, topFive: 0.934 },
  },
};

describe('the summary of a network', () => {
  it('escapes what its files say', () => {
    const manifest = { ...built.manifest, source: 'hub\u001b[2J', licence: 'MIT\nadmin' };
    const told = describeBuilt({ ...built, manifest, title: 'Net\u202e', assumptions: ['x\r'] }, 'fp32', '');

    expect(told).toContain('Net\\u202e, 1000 classes, from hub\\u001b[2J\n');
    expect(told).toContain('licence: MIT\\u000aadmin\n');
    expect(told).toContain('assumed  x\\u000d');
    expect(describeManifest(manifest, '', 1)).toContain('source   hub\\u001b[2J\n');
  });
});

describe('the summary of an int8 network', () => {
  it('says how many photos calibrated it, and how often its labels stay the same on others', () => {
    expect(describeBuilt(built, 'int8', 'build/models/lite0').split('\n').slice(3, 5)).toEqual([
      '  checked  the network stored as int8 equals the quantised one: scores within 0.01 on two test pictures',
      '  int8     calibrated with 64 photos; keeps the first label of float32 on 96.1 % of 312 photos not among them, 100 % of 121 photos with a score above 0.5; of the five best labels, it keeps 93.4 %',
    ]);
  });

  it('leaves out what the photos or the classes do not tell', () => {
    const agreement = { all: { photos: 16, same: 16 }, sure: { photos: 0, same: 0 } };

    expect(
      describeBuilt({ ...built, quantisation: { calibratedWith: 16, agreement } }, 'int8', ''),
    ).toContain(
      'calibrated with 16 photos; keeps the first label of float32 on 100 % of 16 photos not among them\n',
    );
  });

  it('is part of the JSON', () => {
    expect(describeJson(built, '/models/lite0')).toMatchObject({
      folder: '/models/lite0',
      bytes: 4_900_000,
      quantisation: built.quantisation,
    });
  });
});
