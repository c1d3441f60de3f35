import { describe, expect, it } from 'vitest';
import { type Check, type Stage, selectStages } from './check.ts';

function check(name: string): Check {
  return { name, run: () => Promise.resolve() };
}

function stagesOf(...stages: [string, ...string[]][]): Stage[] {
  return stages.map(([first, ...others]) => [check(first), ...others.map(check)]);
}

describe('selectStages', () => {
  const stages = stagesOf(
    ['deploy: trigger s3', 'labels a cat', 'rejects a text'],
    ['deploy: trigger SNS', 'labels a dog'],
  );
  const namesOf = (...texts: string[]) =>
    selectStages(stages, texts).map((stage) => stage.map(({ name }) => name));

  it('selects everything without texts', () => {
    expect(selectStages(stages, [])).toEqual(stages);
  });

  it('selects checks by their names, each after its deployment', () => {
    expect(namesOf('cat', 'dog')).toEqual([
      ['deploy: trigger s3', 'labels a cat'],
      ['deploy: trigger SNS', 'labels a dog'],
    ]);
  });

  it('selects the whole stage of a deployment', () => {
    expect(namesOf('sns')).toEqual([['deploy: trigger SNS', 'labels a dog']]);
  });

  it('selects nothing if no name has the text', () => {
    expect(namesOf('horse')).toEqual([]);
  });
});
