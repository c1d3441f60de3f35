/** The checks of each deployment. There are few deployments, as each takes longer than all its checks. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isBuilt } from '../../layers/model/layer.ts';
import { checkWatch } from '../support/watch-process.ts';
import { type Check, Skipped, type Stage } from './check.ts';
import { aliasChecks } from './checks/alias.ts';
import { arm64Check } from './checks/arm64.ts';
import { docsChecks } from './checks/docs.ts';
import { heicCheck } from './checks/heic.ts';
import { kerasModelCheck } from './checks/keras-model.ts';
import { lambdaVersionChecks } from './checks/lambda-versions.ts';
import { createModel, destroyCheck, onlyModelCheck } from './checks/lifecycle.ts';
import { packageChecks } from './checks/package.ts';
import { moderateUploadsChecks } from './checks/recipes/moderate-uploads.ts';
import { photoSiteChecks } from './checks/recipes/photo-site.ts';
import { searchChecks } from './checks/recipes/search.ts';
import { deadLetterCheck, partialFailureCheck } from './checks/refusals.ts';
import { requestsCheck } from './checks/restraint.ts';
import { selfCopyCheck } from './checks/self-copy.ts';
import { templateChecks } from './checks/template.ts';
import { createTopic, subscriptionCheck } from './checks/topic.ts';
import { tuneCheck } from './checks/tune.ts';
import { uploadCat, uploadChecks } from './checks/uploads.ts';
import { interruptedVerifyCheck, verifiedRequestsCheck, verifyCheck } from './checks/verify.ts';
import type { DeployedStack } from './deployed-stack.ts';
import type { Deployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';
import { catPhoto } from './pictures.ts';
import type { createUploaders } from './uploaders.ts';

export interface Subject {
  readonly emulator: Emulator;
  readonly deployment: Deployment;
  readonly stack: DeployedStack;
  readonly uploaders: ReturnType<typeof createUploaders>;
  /** The folder of the AWS CLI. */
  readonly pythonBin: string;
  readonly runFolder: string;
}

export function createStages({
  emulator,
  deployment,
  stack,
  uploaders,
  pythonBin,
  runFolder,
}: Subject): Stage[] {
  const tools = { environment: emulator.environment, pythonBin, runFolder };
  let topicArn = '';
  return [
    ...onTheirOwn(...lambdaVersionChecks, arm64Check),
    [
      {
        name: 'npm run deploy: the embedded network, trigger s3',
        run: () => deployment.deploy({ ...x64, model: 'efficientnet-lite0', trigger: 's3' }),
      },
      ...uploadChecks(stack, uploaders, { prefix: 's3/', folder: runFolder }),
      selfCopyCheck(stack, 's3/'),
      verifyCheck(stack, emulator, 's3', {
        args: ['--all'],
        untold: ['annotation-table', 'batch-operations'],
        told: ['sqs-partial-failure', 'eventbridge-event', 'annotation-condition'],
      }),
      interruptedVerifyCheck(stack, emulator),
      ...docsChecks(stack, tools),
      deadLetterCheck(stack),
      {
        name: 'npx bucketlens watch shows an upload, and leaves nothing behind',
        run: () => {
          const upload = (key: string) => uploaders.sdk.upload(catPhoto, stack.bucket(), key);
          const { environment, clientOptions } = emulator;
          return checkWatch({ environment, clientOptions, upload }, 's3/watched.png');
        },
      },
    ],
    [
      {
        name: 'npm run deploy: another model, trigger sqs, versions',
        run: async () => {
          const model = await createModel(join(runFolder, 'my-cats'));
          await deployment.deploy({ ...x64, model, trigger: 'sqs', versioned: 'true' });
        },
      },
      {
        name: 'labels by the other model',
        run: async () => {
          const { Metadata } = await uploadCat(stack, uploaders.sdk, {
            key: 'sqs/cat.png',
            model: 'my-cats',
          });
          assert.equal(Metadata!.labels!.split(',').length, 3);
        },
      },
      {
        name: 'S3 takes a configuration of Object Lock for the bucket',
        run: async () => {
          const configuration = ['--object-lock-configuration', 'ObjectLockEnabled=Enabled'];
          await stack.aws(
            's3api',
            'put-object-lock-configuration',
            '--bucket',
            stack.bucket(),
            ...configuration,
          );
        },
      },
      verifyCheck(stack, emulator, 'sqs', {
        args: [...withVersions, 'sqs-partial-failure', ...overall],
        told: [...withVersions, 'sqs-partial-failure'],
      }),
      verifiedRequestsCheck(stack),
      onlyModelCheck(deployment, (model, key) => uploadCat(stack, uploaders.sdk, { key, model })),
      kerasModelCheck(deployment, runFolder, (model, key) => uploadCat(stack, uploaders.sdk, { key, model })),
      // Last: it lets messages return after three seconds.
      partialFailureCheck(stack, uploaders.sdk, 'sqs/batch.png'),
    ],
    [
      {
        name: `npm run deploy: ${publishedModel}, trigger eventbridge`,
        run: () => deployment.deploy({ ...x64, model: publishedModel, trigger: 'eventbridge' }),
      },
      {
        name: 'labels by ResNet50',
        run: async () => {
          if (publishedModel !== 'resnet50') {
            throw new Skipped('it has not been built; npm run model -- resnet50 downloads and builds it');
          }
          await uploadCat(stack, uploaders.sdk, { key: 'eventbridge/resnet50.png', model: 'resnet50' });
        },
      },
      {
        name: 'labels what comes through EventBridge',
        run: async () => {
          await uploadCat(stack, uploaders.sdk, { key: 'eventbridge/cat.png', model: publishedModel });
        },
      },
      verifyCheck(stack, emulator, 'eventbridge', {
        args: ['text-rejected', 'copy', 'second-upload-wins', 'eventbridge-event', ...overall],
        told: ['eventbridge-event'],
      }),
    ],
    [
      {
        name: 'npm run deploy: trigger sns, with a topic that was there before',
        run: async () => {
          topicArn = await createTopic(stack);
          await deployment.deploy({ ...x64, model: 'efficientnet-lite0', trigger: 'sns', topicArn });
        },
      },
      subscriptionCheck(stack, () => topicArn),
      {
        name: 'labels what comes from S3 through SNS',
        run: async () => {
          await uploadCat(stack, uploaders.sdk, { key: 'sns/cat & dog.png', model: 'efficientnet-lite0' });
        },
      },
      verifyCheck(stack, emulator, 'sns', { args: ['text-rejected', ...overall], told: ['no-loop'] }),
    ],
    [
      {
        name: 'npm run deploy: HEIC switched on',
        run: () => deployment.deploy({ ...x64, model: 'efficientnet-lite0', trigger: 's3', heic: 'true' }),
      },
      heicCheck(stack, uploaders.sdk, 'heic/cat.heic'),
    ],
    ...onTheirOwn(
      requestsCheck(stack, { trigger: 's3', tagged: 1 }),
      requestsCheck(stack, { trigger: 'sqs' }),
      requestsCheck(stack, { trigger: 'eventbridge', readsOwnCopies: true }),
      requestsCheck(stack, { trigger: 'sns' }),
      tuneCheck(emulator, stack),
      destroyCheck(deployment, stack, 's3/sdk.png'),
    ),
    packageChecks(emulator, stack, runFolder),
    templateChecks(emulator, stack, runFolder, { ...x64, model: 'efficientnet-lite0' }),
    moderateUploadsChecks(emulator, stack, tools),
    searchChecks(emulator, stack, tools),
    photoSiteChecks(emulator, runFolder),
    aliasChecks({
      emulator,
      stack,
      uploader: uploaders.sdk,
      runFolder,
      settings: x64,
      createModel: () => createModel(join(runFolder, 'weighted-cats')),
    }),
  ];
}

function onTheirOwn(...checks: Check[]): Stage[] {
  return checks.map((check) => [check]);
}

/** Checks of `bucketlens verify` that differ in a bucket with versions, or need one. */
const withVersions = [
  'headers-kept',
  'lock-kept',
  'second-upload-wins',
  'versions',
  'delete-during-labelling',
];

/** Those that look at all its uploads. */
const overall = ['one-event', 'log-lines', 'no-loop', 'dead-letters'];

// The emulator runs the function on this machine's processor.
const x64 = { architecture: 'x86_64' };

const publishedModel = isBuilt('resnet50') ? 'resnet50' : 'efficientnet-lite0';
