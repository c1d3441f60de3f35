import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  explainIncomparable,
  formatRatio,
  type Goal,
  goalsOf,
  isMet,
  regressionsOf,
} from '../../bench/goals.ts';
import { describeMachine, table } from '../../bench/page.ts';
import { networkNames, type Result, type Task } from '../../bench/results.ts';

function result(task: Task, by: string, figures: Partial<Result>, picture?: Result['picture']): Result {
  return {
    task,
    by,
    ...(picture && { picture }),
    coldMs: 100,
    firstMs: 30,
    secondMs: 90,
    warmMs: 50,
    peakMegabytes: 100,
    warmPeakMegabytes: 100,
    ...figures,
  };
}

const rest = '12 MP warm: everything but the network, by the time of the network';
const belowJimp = '12 MP warm: CPU below jimp';

describe('goalsOf', () => {
  const goals = goalsOf([
    result('keras', 'bucketlens', { warmMs: 80 }, '12 MP JPEG'),
    result('keras', 'jimp', { warmMs: 800 }, '12 MP JPEG'),
    result('network', networkNames.resnet, { warmMs: 50, firstMs: 20 }),
    result('network', networkNames.plainResnet, { firstMs: 200 }),
  ]);
  const goal = (wanted: string) => goals.find(({ name }) => name === wanted)!;

  it("divides another program's figure by the function's", () => {
    expect(goal(belowJimp)).toEqual({ name: belowJimp, goal: 9, found: 10 });
  });

  it("divides what the network does not take by the network's time", () => {
    expect(goal(rest).found).toBeCloseTo(0.6);
    expect(formatRatio(goal(rest), goal(rest).found!)).toBe('0.60');
  });

  it('compares how networks are opened', () => {
    expect(goal('opening ResNet50: CPU below a plain .onnx').found).toBe(10);
  });

  it('shows a ratio that is just missed as less than its goal', () => {
    expect(formatRatio({ name: '', goal: 3 }, 2.96)).toBe('2.96x');
  });

  it('leaves out what was not measured', () => {
    expect(goal('2 MP PNG, warm: CPU below sharp')).not.toHaveProperty('found');
  });
});

it.each<[Goal, number, boolean]>([
  [{ name: '', goal: 2 }, 2, true],
  [{ name: '', goal: 2 }, 1.9, false],
  [{ name: '', goal: 0.7, isUpper: true }, 0.7, true],
  [{ name: '', goal: 0.7, isUpper: true }, 0.8, false],
])('%j is met by %f: %s', (goal, found, expected) => {
  expect(isMet(goal, found)).toBe(expected);
});

describe('regressionsOf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goals-'));
  const page = join(folder, 'bench.md');
  const publish = (rows: string[][]) =>
    writeFileSync(
      page,
      `<!-- npm run bench writes from here -->\n\n${describeMachine('v24.1.0')}\n\n${table(['', 'goal', 'found', ''], rows)}\n\n<!-- to here -->\n`,
    );
  beforeEach(() =>
    publish([
      [belowJimp, '9x', '10.0x', 'met'],
      [rest, 'at most 0.7', '0.60', 'met'],
      ['50 MP: within 2048 MB', '1x', 'not measured', ''],
    ]),
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  it('allows ratios that are somewhat worse than the published ones', () => {
    const found = [
      { name: belowJimp, goal: 9, found: 6.1 },
      { name: rest, goal: 0.7, isUpper: true as const, found: 0.9 },
    ];

    expect(regressionsOf(found, page)).toEqual([]);
  });

  it('finds ratios that are much worse, whichever way is better', () => {
    const found = [
      { name: belowJimp, goal: 9, found: 5.9 },
      { name: rest, goal: 0.7, isUpper: true as const, found: 1.1 },
    ];

    expect(regressionsOf(found, page).map(({ goal, published }) => [goal.name, published])).toEqual([
      [belowJimp, 10],
      [rest, 0.6],
    ]);
  });

  it('ignores goals that this run has not measured, or that are not published', () => {
    const found = [
      { name: belowJimp, goal: 9 },
      { name: 'a new goal', goal: 2, found: 1 },
      { name: '50 MP: within 2048 MB', goal: 1, found: 0.1 },
    ];

    expect(regressionsOf(found, page)).toEqual([]);
  });

  it('refuses a page without any of the goals', () => {
    publish([['something else', '1x', '1.0x', 'met']]);

    expect(() => regressionsOf([{ name: belowJimp, goal: 9, found: 9 }], page)).toThrow(
      'npm run bench -- --docs writes them',
    );
  });

  it('compares runs with the same major version of Node.js only', () => {
    expect(explainIncomparable('v24.22.3', page)).toBeUndefined();
    expect(explainIncomparable('v20.20.2', page)).toBe(
      `Node.js v20.20.2 gives other ratios than v24.1.0, with which ${page} was measured; give --node the path of a v24, or leave it out`,
    );
  });
});
