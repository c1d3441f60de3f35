/** `bucketlens tune` from end to end. Its times are the emulator's, and are not looked at. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import type { Emulator } from '../emulator.ts';
import { run } from '../processes.ts';

const repository = join(import.meta.dirname, '../../..');

export function tuneCheck({ environment }: Emulator, stack: DeployedStack): Check {
  return {
    name: 'npx bucketlens tune measures the function in a stack of its own, and removes it (the times mean nothing here)',
    run: async () => {
      const buckets = await stack.aws('s3api', 'list-buckets', '--query', 'Buckets[].Name');
      const events = stack.requestsElsewhere().length;
      const options = ['--architecture', 'x86_64', '--memory', '1024,2048', '--cold', '2', '--warm', '3'];
      const stdout = await run(
        process.execPath,
        ['bin/bucketlens.js', 'tune', '--model', 'efficientnet-lite0', ...options, '--yes', '--json'],
        { env: { ...environment, CDK_DISABLE_VERSION_CHECK: 'true' }, cwd: repository, timeoutMs: 240_000 },
      );
      const { rows, endpoint, cheapest } = JSON.parse(stdout);
      assert.equal(endpoint, environment.AWS_ENDPOINT_URL);
      assert.deepEqual(
        rows.map(({ memoryMb }: { memoryMb: number }) => memoryMb),
        [1024, 2048],
      );
      for (const row of rows) {
        assert.ok(row.coldMs > row.warmMs, `a cold start takes no longer than a warm image: ${stdout}`);
        assert.ok(row.peakMb > 50 && row.millionDollars > 0.2, stdout);
      }
      assert.ok(cheapest, stdout);

      assert.equal(
        await stack.aws(
          'events',
          'list-event-buses',
          '--query',
          `EventBuses[?Name=='BucketlensTune-x86-64'].Name`,
        ),
        '',
        'the bus is still there',
      );
      assert.equal(
        await stack.aws('s3api', 'list-buckets', '--query', 'Buckets[].Name'),
        buckets,
        'a bucket is still there',
      );
      assert.ok(stack.requestsElsewhere().length > events, 'no event was published');
    },
  };
}
