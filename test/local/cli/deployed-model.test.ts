import { describe, expect, it } from 'vitest';
import { deployedModel } from '../../../local/cli/deployed-model.ts';

describe('deployedModel', () => {
  it.each([
    [[], 'resnet50'],
    [['--require-approval', 'never'], 'resnet50'],
    [['-c', 'model=flowers'], 'flowers'],
    [['--context', 'model=./flowers'], './flowers'],
    [['--context=model=flowers', '-c', 'prefix=model='], 'flowers'],
    [['-c', 'model=flowers', '-c', 'model=cats'], 'cats'],
    [['-c', 'topK=3'], 'resnet50'],
    [['-c'], 'resnet50'],
  ])('finds in the arguments %j the model %s', (args, model) => {
    expect(deployedModel(args, { model: 'resnet50' })).toBe(model);
  });
});
