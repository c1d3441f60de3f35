import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../support/run.ts';
import { browserName, browserPath } from './browser.ts';
import { useBrowser } from './open-page.ts';

/** The embedded network under another name, with the policy stretch in place of crop. */
async function makeStretched(folder: string): Promise<string> {
  const model = join(folder, 'stretched');
  await cp(join(repository, 'layers/model/efficientnet-lite0'), model, { recursive: true });
  const manifest = JSON.parse(await readFile(join(model, 'model.json'), 'utf8'));
  const { cropFraction: _, ...preprocess } = manifest.preprocess;
  const stretched = { ...manifest, name: 'stretched', preprocess: { ...preprocess, policy: 'stretch' } };
  await writeFile(join(model, 'model.json'), JSON.stringify(stretched));
  return model;
}

describe.skipIf(!browserPath)(`models on the page, in ${browserName}`, () => {
  const { playground, openPage } = useBrowser(makeStretched);

  const metadataOf = async (key: string) => {
    const head = await playground().s3.send(new HeadObjectCommand({ Bucket: 'uploads', Key: key }));
    return head.Metadata;
  };

  it('are compared side by side; the second writes nothing to the objects', async () => {
    const { page, card, labelled } = await openPage();
    await page.getByRole('button', { name: 'Add a cat' }).click();
    await labelled('cat.png').waitFor();
    const before = await metadataOf('cat.png');

    await page.getByRole('combobox', { name: 'Compare with' }).selectOption('efficientnet-lite0');

    await card('cat.png').getByText('efficientnet-lite0').waitFor();
    const [first, second] = await card('cat.png').locator('.answer').all();
    expect(await first!.getByRole('heading').textContent()).toBe('stretched');
    expect(await second!.locator('.score').first().textContent()).toBe('40.9 %');
    expect(await first!.locator('.score').first().textContent()).not.toBe('40.9 %');
    expect((await first!.boundingBox())!.y).toBe((await second!.boundingBox())!.y);
    await page
      .getByText(/the models agree on [01] of 1/)
      .first()
      .waitFor();
    expect(await metadataOf('cat.png')).toEqual(before);

    await card('cat.png').getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What stretched saw, 224 × 224').waitFor();
    await dialog.getByText('What efficientnet-lite0 saw, 224 × 224').waitFor();
    await dialog.getByRole('heading', { name: 'Event of efficientnet-lite0' }).waitFor();
  });

  it('are compared on later uploads until the comparison ends', async () => {
    const { page, card } = await openPage();
    expect(await page.getByRole('combobox', { name: 'Compare with' }).inputValue()).toBe(
      'efficientnet-lite0',
    );

    await page.getByText('No photos at hand? Try a sample').click();
    await page.getByRole('button', { name: 'Add a cup of coffee' }).click();
    await card('coffee.webp').getByText('efficientnet-lite0').waitFor();

    await page.getByRole('combobox', { name: 'Compare with' }).selectOption('nothing');
    await card('coffee.webp').getByText('efficientnet-lite0').waitFor({ state: 'detached' });
  });

  it('can be switched; the new one labels all objects of the bucket', async () => {
    const { page, card } = await openPage();

    await page.getByRole('combobox', { name: 'Model' }).selectOption('efficientnet-lite0');

    await card('cat.png').getByText('40.9 %').waitFor();
    await card('coffee.webp').and(page.locator('[data-status=classified]')).waitFor();
    expect(await metadataOf('cat.png')).toMatchObject({ 'labels-model': 'efficientnet-lite0/8124f6b0' });
    await page.reload();
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue())
      .toBe('efficientnet-lite0');
  });
});
