import { describe, expect, it } from 'vitest';
import { deployedModel, describeIgnored } from '../../../local/cli/deployed-model.ts';

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

describe('describeIgnored', () => {
  it.each([
    [['--stack', 'X'], 'deploy has no option --stack; write: -c bucketlens:stack=NAME'],
    [['-c', 'topK=3', '--model=dogs'], 'deploy has no option --model; write: -c model=NAME'],
    [['--require-approval', 'never', '-c', 'prefix=--stack'], undefined],
    [['toString'], undefined],
    [['-c', 'model'], '-c takes NAME=VALUE, and is given model'],
    [['--context=model'], '-c takes NAME=VALUE, and is given model'],
    [['-c'], '-c takes NAME=VALUE, and is given nothing'],
  ])('says of %j: %s', (args, sentence) => {
    expect(describeIgnored(args)).toBe(sentence);
  });
});
