/** The recipe that keeps a table of labels: its rows follow the bucket. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Stage } from '../../check.ts';
import type { DeployedStack } from '../../deployed-stack.ts';
import type { Emulator } from '../../emulator.ts';
import { eventually } from '../../eventually.ts';
import { catPhoto, coffeePhoto } from '../../pictures.ts';
import { recipeDocsCheck, type Tools } from '../docs.ts';
import { createRecipe } from './recipe.ts';

export function searchChecks(
  emulator: Emulator,
  { s3, aws }: Pick<DeployedStack, 's3' | 'aws'>,
  tools: Tools,
): Stage {
  const { deploy, output } = createRecipe('search', 'SearchByLabel', emulator, tools.runFolder);
  const object = (Key: string) => ({ Bucket: output('BucketName'), Key });
  const upload = async (key: string, photo: string) =>
    s3.send(new PutObjectCommand({ ...object(key), Body: await readFile(photo) }));
  const labelsOf = async (key: string) => {
    const values = JSON.stringify({ ':image': { S: `${output('BucketName')}/${key}` } });
    const condition = [
      '--key-condition-expression',
      'image = :image',
      '--expression-attribute-values',
      values,
    ];
    const found = await aws(
      'dynamodb',
      'query',
      '--table-name',
      output('TableName'),
      ...condition,
      '--query',
      'Items[].label.S',
    );
    return found.split(/\s+/).filter(Boolean);
  };
  const untilLabelled = (key: string, label: string) =>
    eventually(`${key} as ${label}`, async () => {
      const labels = await labelsOf(key);
      return labels.includes(label) ? labels : undefined;
    });

  return [
    deploy,
    recipeDocsCheck('docs/recipes/search-by-label.md', tools),
    {
      name: 'the rows of an image are replaced with it, and gone with it',
      run: async () => {
        await upload('album/photo', catPhoto);
        assert.equal((await untilLabelled('album/photo', 'tiger_cat')).length, 5);

        await upload('album/photo', coffeePhoto);
        const replaced = await untilLabelled('album/photo', 'espresso');
        assert.equal(replaced.length, 5);
        assert(!replaced.includes('tiger_cat'));

        await s3.send(new DeleteObjectCommand(object('album/photo')));
        await eventually('no rows', async () =>
          (await labelsOf('album/photo')).length === 0 ? true : undefined,
        );
      },
    },
  ];
}
