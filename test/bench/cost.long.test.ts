import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { defaultNetworkMs, describeCosts, generatedBelow } from '../../bench/cost/describe.ts';
import type { Measurement } from '../../bench/cost/measurement.ts';
import { repository, untilEnd } from '../support/run.ts';

const measurement: Measurement = JSON.parse(await readFile('bench/cost/measurement.json', 'utf8'));

describe('docs/cost.md', () => {
  it('ends with the costs computed from the measured CPU times and the prices', async () => {
    const docs = await readFile('docs/cost.md', 'utf8');
    const [, generated] = docs.split(generatedBelow);

    expect(generated).toBe(`${describeCosts(measurement, defaultNetworkMs)}\n`);
  });
});

describe('npm run cost', () => {
  const cost = (...args: string[]) =>
    untilEnd(spawn(process.execPath, ['--import', 'tsx', 'bench/cost.ts', ...args], { cwd: repository }));

  it('prints the end of docs/cost.md', async () => {
    const { stdout, exitCode } = await cost();

    expect(stdout).toBe(`${describeCosts(measurement, defaultNetworkMs)}\n`);
    expect(exitCode).toBe(0);
  });

  it('computes costs for given durations only', async () => {
    const { stdout } = await cost('--duration-ms', '1024=1000,2048=500');

    const rows = stdout
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => row.split('|').map((cell) => cell.trim()));
    expect(rows.map(([, memory, duration]) => [memory, duration])).toEqual([
      ['1024 MB', '1000 ms'],
      ['2048 MB', '500 ms'],
    ]);
    // The same GB-seconds, except for the own copy's.
    const [slow, fast] = rows.map(([, , , arm64]) => Number(arm64!.slice(1)));
    expect(Math.abs(slow! - fast!)).toBeLessThan(0.02);
  });

  it('uses a given network time', async () => {
    const { stdout } = await cost('--network-ms', '0');

    expect(stdout).toContain('- Each image waits 0 ms for S3');
    expect(stdout).toBe(`${describeCosts(measurement, 0)}\n`);
  });

  it.each([
    [['--duration-ms', '2048'], 'Expected MB=MS'],
    [['--network-ms', 'none'], 'Expected a number of milliseconds.'],
  ])('explains wrong usage (%j)', async (args, sentence) => {
    const { stderr, exitCode } = await cost(...args);

    expect(stderr).toContain(sentence);
    expect(exitCode).toBe(2);
  });
});
