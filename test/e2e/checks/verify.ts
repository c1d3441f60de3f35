/** `bucketlens verify` against the deployed stack: what it finds, what it prints for a bug report, and that it leaves nothing behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { Finding } from '../../../local/cli/verify/check.ts';
import type { Report } from '../../../local/cli/verify/report.ts';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import type { Emulator } from '../emulator.ts';
import { run, start } from '../processes.ts';
import type { RecordedRequest } from '../recorder.ts';

const root = join(import.meta.dirname, '../../..');
const timeoutMs = 300_000;

interface Expected {
  /** Arguments of the command. */
  readonly args?: readonly string[];
  /** Checks that the emulator cannot answer. */
  readonly untold?: readonly string[];
  /** Checks that must have been run, and answered with yes. */
  readonly told: readonly string[];
}

/** @param trigger The stack's trigger, for the name. */
export function verifyCheck(
  stack: DeployedStack,
  { environment }: Emulator,
  trigger: string,
  { args = [], untold = [], told }: Expected,
): Check {
  return {
    name: `npx bucketlens verify ${args.join(' ')} finds every promise kept, and leaves nothing behind (${trigger})`,
    run: async () => {
      const command = [process.execPath, join(root, 'bin/bucketlens.js'), 'verify', '--json', ...args];
      // The report tells more than the exit code.
      const text = await run('bash', ['-c', '"$@" || true', 'bash', ...command], {
        env: environment,
        cwd: root,
        timeoutMs,
      });
      const { checks, settings }: Report = JSON.parse(text);
      assert.equal(settings.trigger, trigger);
      const surprising = checks.filter((finding) => outcomeExpectedOf(finding, untold) !== finding.outcome);
      assert.deepEqual(surprising, []);
      const answered = checks.filter(({ outcome }) => outcome === 'yes').map(({ check }) => check);
      assert.deepEqual(
        told.filter((name) => !answered.includes(name)),
        [],
        'these were left out',
      );
      for (const secret of ['000000000000', stack.bucket(), stack.output('FunctionName'), 'arn:'])
        assert(!text.includes(secret), `the report names ${secret}`);
      await assertNothingLeft(stack);
    },
  };
}

function outcomeExpectedOf({ check, outcome }: Finding, untold: readonly string[]): Finding['outcome'] {
  if (untold.includes(check)) return 'could not tell';
  return outcome === 'left out' ? outcome : 'yes';
}

async function assertNothingLeft(stack: DeployedStack): Promise<void> {
  const prefix = 'bucketlens-verify-';
  const { Versions = [], DeleteMarkers = [] } = await stack.s3.send(
    new ListObjectVersionsCommand({ Bucket: stack.bucket(), Prefix: prefix }),
  );
  assert.deepEqual([...Versions, ...DeleteMarkers], []);
  const rules = await stack.aws('events', 'list-rules', '--name-prefix', prefix, '--query', 'Rules[].Name');
  const queues = await stack.aws('sqs', 'list-queues', '--queue-name-prefix', prefix, '--query', 'QueueUrls');
  // The AWS CLI prints None for a list that is missing.
  assert.deepEqual([rules, queues].join('').replaceAll('None', ''), '');
}

export function interruptedVerifyCheck(stack: DeployedStack, { environment }: Emulator): Check {
  return {
    name: 'npx bucketlens verify leaves nothing behind on Ctrl-C',
    run: async () => {
      const child = start(process.execPath, [join(root, 'bin/bucketlens.js'), 'verify'], {
        env: environment,
        cwd: root,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const exited = once(child, 'exit');
      // The first finding: objects, the rule and the queue are there.
      await Promise.race([once(child.stdout!, 'data'), exited]);
      child.stdout!.resume();
      child.kill('SIGINT');
      assert.deepEqual(await exited, [130, null]);
      await assertNothingLeft(stack);
    },
  };
}

/** Looks at the recorded requests for the uploads of `bucketlens verify`, which it cannot see itself. */
export function verifiedRequestsCheck(stack: DeployedStack): Check {
  return {
    name: 'asked S3 for the keys as they are, only read what it rejected, and copied exactly the classified bytes',
    run: async () => {
      const requests = stack.requestsAbout('bucketlens-verify-');
      const about = (ending: string) => requests.filter((request) => pathOf(request).endsWith(ending));
      assert(about('/odd/5%20a/../b/./dots').length > 0, 'dot segments were resolved');
      assert(about('/odd/7%20a//empty').length > 0, 'an empty segment was dropped');
      assert.deepEqual([...new Set(about('/notes.jpg').map(({ method }) => method))], ['GET']);
      const copies = requests.filter(({ headers }) => 'x-amz-copy-source' in headers);
      assert(copies.length > 0);
      for (const { headers } of copies) {
        assert.match(String(headers['x-amz-copy-source-if-match']), /^"/);
        assert.equal(headers['if-match'], headers['x-amz-copy-source-if-match']);
      }
      const versions = copies.filter((request) => pathOf(request).endsWith('/versions'));
      for (const { headers } of versions) assert.match(String(headers['x-amz-copy-source']), /\?versionId=/);
    },
  };
}

function pathOf({ path }: RecordedRequest): string {
  return path.replace(/\?.*/, '');
}
