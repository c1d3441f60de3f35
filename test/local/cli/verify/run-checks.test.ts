import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Broken, type Check, type Finding, Untold } from '../../../../local/cli/verify/check.ts';
import { allChecks } from '../../../../local/cli/verify/checks/list.ts';
import { describeFinding, summarize } from '../../../../local/cli/verify/report.ts';
import { type Choice, chooseChecks, runChecks } from '../../../../local/cli/verify/run-checks.ts';
import { repository } from '../../../support/run.ts';
import { fakeTarget } from './fake-target.ts';

function check(changed: Partial<Check>): Check {
  return {
    id: 'one',
    promise: 'it is so',
    does: 'looks',
    advice: 'mend it',
    run: async () => 'it was',
    ...changed,
  };
}

async function findingsOf(checks: readonly Check[], choice: Partial<Choice> = {}, isEmulated = false) {
  const findings: Finding[] = [];
  const target = fakeTarget({}, { isEmulated });
  for await (const finding of runChecks(checks, target, { names: [], all: false, ...choice }))
    findings.push(finding);
  return findings;
}

describe('runChecks', () => {
  it('answers yes with what AWS has answered', async () => {
    expect(await findingsOf([check({})])).toEqual([
      { check: 'one', promise: 'it is so', outcome: 'yes', seconds: 0, did: 'looks', answered: 'it was' },
    ]);
  });

  it('answers no with the way on', async () => {
    const run = async () => {
      throw new Broken('it was not');
    };

    expect(await findingsOf([check({ run })])).toMatchObject([
      { outcome: 'no', answered: 'it was not', toDo: 'mend it' },
    ]);
  });

  it.each([
    ['a check that says so', new Untold('no output'), 'no output'],
    [
      'a missing right',
      Object.assign(new Error('not authorized to perform: s3:PutObject'), {
        name: 'AccessDenied',
        $metadata: { httpStatusCode: 403 },
      }),
      'AWS denies access to these credentials (AccessDenied: not authorized to perform: s3:PutObject)',
    ],
  ])('cannot tell after %s', async (_, error, answered) => {
    const run = () => Promise.reject(error);

    const [finding] = await findingsOf([check({ run })]);

    expect(finding).toMatchObject({ outcome: 'could not tell', answered });
    expect(finding).not.toHaveProperty('toDo');
  });

  it('cannot tell on an emulator about a service that it lacks', async () => {
    const checks = [check({ lacking: 'S3 Metadata' })];

    expect(await findingsOf(checks, {}, true)).toMatchObject([
      { outcome: 'could not tell', answered: 'the emulator has no S3 Metadata' },
    ]);
    expect(await findingsOf(checks, {}, false)).toMatchObject([{ outcome: 'yes' }]);
  });

  it('leaves out what does not concern the stack, with the reason', async () => {
    const leftOut = () => 'no versions';

    expect(await findingsOf([check({ leftOut })], { all: true })).toMatchObject([
      { outcome: 'left out', did: '', answered: 'no versions' },
    ]);
  });

  it('leaves out what is not switched on, unless --all or its name asks for it', async () => {
    const checks = [check({ isSwitchedOn: () => false })];

    const [finding] = await findingsOf(checks);
    expect(finding).toMatchObject({ outcome: 'left out' });
    expect(finding!.answered).toContain('--all, or the name one');
    expect(await findingsOf(checks, { all: true })).toMatchObject([{ outcome: 'yes' }]);
    expect(await findingsOf(checks, { names: ['one'] })).toMatchObject([{ outcome: 'yes' }]);
  });
});

describe('chooseChecks', () => {
  it('chooses by name, after the first upload', () => {
    const chosen = chooseChecks(allChecks, { names: ['no-loop', 'opt-out'] });

    expect(chosen.map(({ id }) => id)).toEqual(['labels-arrive', 'opt-out', 'no-loop']);
    expect(chooseChecks(allChecks, { names: [] })).toBe(allChecks);
  });
});

describe('the list of checks', () => {
  it('has names of their own, and a way on for each', () => {
    const ids = allChecks.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(allChecks.filter(({ id, advice }) => !/^[a-z0-9-]+$/.test(id) || advice === '')).toEqual([]);
  });

  it('advises no deployment of one setting, which would return all others to their defaults', () => {
    expect(allChecks.filter(({ advice }) => /deploy -c/.test(advice))).toEqual([]);
  });

  it('stands in docs/verify.md, with each promise', () => {
    const [, page] = readFileSync(join(repository, 'docs/verify.md'), 'utf8').split('\n## Checks\n');
    const rows = [...page!.matchAll(/^\| `([a-z0-9-]+)` \| (.*) \|$/gm)].map(([, id, promise]) => [
      id,
      promise,
    ]);

    expect(rows).toEqual(allChecks.map(({ id, promise }) => [id, promise]));
  });

  it('has first the one that waits for events, and last those that look at all uploads', () => {
    const ids = allChecks.map(({ id }) => id);

    expect(ids[0]).toBe('labels-arrive');
    expect(ids.slice(-4)).toEqual(['one-event', 'log-lines', 'no-loop', 'dead-letters']);
  });
});

describe('a finding as text', () => {
  const finding: Finding = {
    check: 'one',
    promise: 'it is so',
    outcome: 'no',
    seconds: 1.25,
    did: 'looks',
    answered: 'it was \u001b[31mnot',
    toDo: 'mend it',
  };

  it('says what was done, what AWS answered and what to do', () => {
    expect(describeFinding(finding).split('\n')).toEqual([
      expect.stringMatching(/^ {3}1\.\d s {2}no {14}it is so \(one\)$/),
      `${' '.repeat(26)}looks`,
      `${' '.repeat(26)}it was \\u001b[31mnot`,
      `${' '.repeat(26)}To do: mend it`,
    ]);
  });

  it('says why a check is left out, without a time', () => {
    const { toDo: _, ...rest } = finding;

    expect(describeFinding({ ...rest, outcome: 'left out', did: '', answered: 'no versions' })).toBe(
      `${' '.repeat(10)}left out        it is so (one)\n${' '.repeat(26)}no versions`,
    );
  });

  it('is counted by its outcome', () => {
    expect(summarize([finding, finding])).toBe('0 yes, 2 no, 0 could not tell, 0 left out');
  });
});
