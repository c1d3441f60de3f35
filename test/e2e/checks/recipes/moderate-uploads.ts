/** The recipe that hides uploads until they are found safe; the emulator does not enforce its bucket policy. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  GetBucketPolicyCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Stage } from '../../check.ts';
import type { DeployedStack } from '../../deployed-stack.ts';
import type { Emulator } from '../../emulator.ts';
import { eventually } from '../../eventually.ts';
import { catPhoto } from '../../pictures.ts';
import { recipeDocsCheck, type Tools } from '../docs.ts';
import { createRecipe } from './recipe.ts';

export function moderateUploadsChecks(
  emulator: Emulator,
  { s3, aws }: Pick<DeployedStack, 's3' | 'aws'>,
  tools: Tools,
): Stage {
  const { deploy, output } = createRecipe('moderate-uploads', 'ModerateUploads', emulator, tools.runFolder);
  const uploads = () => output('BucketName');
  const upload = async (key: string) =>
    s3.send(new PutObjectCommand({ Bucket: uploads(), Key: key, Body: await readFile(catPhoto) }));
  const tagsOf = async (Bucket: string, Key: string) => {
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    return TagSet.length > 0 ? TagSet.map((tag) => `${tag.Key}=${tag.Value}`) : undefined;
  };

  return [
    deploy,
    recipeDocsCheck('docs/recipes/moderate-uploads.md', tools),
    {
      name: 'the bucket has the policy that hides what is not tagged as safe',
      run: async () => {
        const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: uploads() }));
        const sids = JSON.parse(Policy!).Statement.map(({ Sid }: { Sid?: string }) => Sid);
        assert.deepEqual(sids, [undefined, 'UnlessSafe', 'UnlessCertain', 'Tagging']);
      },
    },
    {
      name: 'an event about an unsafe image moves that version, with its tags, into the quarantine',
      run: async () => {
        const key = 'holiday/ä + b.png';
        const { VersionId } = await upload(key);
        const expected = await eventually('tags', () => tagsOf(uploads(), key));
        const event = {
          Source: 'bucketlens',
          DetailType: 'Image Classified',
          Resources: [output('FunctionArn')],
          Detail: JSON.stringify({
            bucket: uploads(),
            key,
            versionId: VersionId,
            predictions: [{ label: 'nsfw', score: 0.9 }],
          }),
        };
        for (const _ of ['first', 'again'])
          await aws('events', 'put-events', '--entries', JSON.stringify([event]));

        const moved = await eventually('the image in the quarantine', () =>
          tagsOf(output('QuarantineName'), key).catch(() => undefined),
        );
        assert.deepEqual(moved, expected);
        await eventually('the end of the upload', () =>
          s3.send(new HeadObjectCommand({ Bucket: uploads(), Key: key })).then(
            () => undefined,
            ({ name }: Error) => (name === 'NotFound' ? true : undefined),
          ),
        );
      },
    },
  ];
}
