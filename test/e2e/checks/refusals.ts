/** Events that cannot be handled are kept for the operator. */
import assert from 'node:assert/strict';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { eventually } from '../eventually.ts';
import { catPhoto } from '../pictures.ts';
import { receiveAll } from '../predictions.ts';
import type { Uploader } from '../uploaders.ts';

export function deadLetterCheck(stack: DeployedStack): Check {
  return {
    name: 'puts an unknown event into the dead-letter queue after three attempts',
    run: async () => {
      const poison = { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: 'poison' }] };
      const invocation = ['--invocation-type', 'Event', '--payload', JSON.stringify(poison), '/dev/null'];
      await stack.aws('lambda', 'invoke', '--function-name', stack.output('FunctionName'), ...invocation);
      const [letter] = await deadLetters(stack);
      const { requestPayload, requestContext, responsePayload } = JSON.parse(letter!);
      assert.deepEqual(requestPayload, poison);
      assert.equal(requestContext.condition, 'RetriesExhausted');
      assert.equal(requestContext.approximateInvokeCount, 3);
      assert.match(responsePayload.errorMessage, /not an S3 notification/);
    },
  };
}

/** Checks for the trigger `sqs`. */
export function partialFailureCheck(stack: DeployedStack, uploader: Uploader, key: string): Check {
  return {
    name: 'of a batch with a poison message only that message goes back, and ends in the dead-letter queue',
    run: async () => {
      const queueUrl = await stack.aws(
        'sqs',
        'list-queues',
        '--queue-name-prefix',
        'Bucketlens-LabelsUploads',
        '--query',
        'QueueUrls[0]',
      );
      const mapping = await stack.aws(
        'lambda',
        'list-event-source-mappings',
        '--query',
        'EventSourceMappings[0].UUID',
      );
      const hold = (how: string) =>
        stack.aws('lambda', 'update-event-source-mapping', '--uuid', mapping, how);

      // Held back until both have arrived, so that they form one batch. A failed message would return after six minutes.
      await hold('--no-enabled');
      await stack.aws(
        'sqs',
        'set-queue-attributes',
        '--queue-url',
        queueUrl,
        '--attributes',
        'VisibilityTimeout=3',
      );
      await stack.aws('sqs', 'send-message', '--queue-url', queueUrl, '--message-body', 'poison');
      await uploader.upload(catPhoto, stack.bucket(), key);
      await hold('--enabled');

      await stack.predictions.about(key);
      assert.deepEqual(await deadLetters(stack), ['poison']);
    },
  };
}

function deadLetters(stack: DeployedStack): Promise<string[]> {
  return eventually('a dead letter', async () => {
    const letters = await receiveAll(stack.sqs, stack.output('DeadLetterQueueUrl'));
    return letters.length > 0 ? letters : undefined;
  });
}
