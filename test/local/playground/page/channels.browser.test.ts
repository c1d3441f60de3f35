import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../../functions/classify/network/manifest.ts';
import { describeTrace, tracePixel } from '../../../../local/cli/images/trace-pixel.ts';
import { repository } from '../../../support/run.ts';
import { browserName, browserPath } from './browser.ts';
import { type OpenPage, useBrowser } from './open-page.ts';

const manifest = readManifest(join(repository, 'layers/model/efficientnet-lite0'));
const cat = join(repository, 'local/playground/server/samples/cat.png');

/** The table that `bucketlens tensor --pixel` prints, without its spacing. */
async function printedFor(x: number, y: number): Promise<string[][]> {
  const trace = await tracePixel(await readFile(cat), { x, y }, manifest);
  const [, ...table] = describeTrace('cat.png', { x, y }, manifest.input, trace).split('\n');
  return table.map((row) => row.trim().split(/ {2,}/));
}

describe.skipIf(!browserPath)(`the channels in a photo's details, in ${browserName}`, () => {
  const { openPage, requests } = useBrowser();

  const openChannels = async ({ page, labelled }: OpenPage) => {
    if (await page.getByRole('button', { name: 'Add a cat' }).isVisible())
      await page.getByRole('button', { name: 'Add a cat' }).click();
    await labelled('cat.png').waitFor();
    await labelled('cat.png').getByRole('button', { name: 'cat.png' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('From the file to the tensor of efficientnet-lite0').click();
    const status = dialog.getByRole('status');
    await status.waitFor();
    const table = async () => {
      const rows = await dialog.locator('table tr').all();
      return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
    };
    return { dialog, status, table };
  };

  it('are fetched when they are opened, and drawn for each step', async () => {
    const opened = await openPage();
    const { dialog } = await openChannels(opened);

    const names = await dialog
      .getByRole('img', { name: /^Channel/ })
      .evaluateAll((planes) => planes.map(({ ariaLabel }) => ariaLabel));

    expect(names).toEqual(
      ['pixel', '- mean', '/ std'].flatMap((step) =>
        ['R', 'G', 'B'].map((letter) => `Channel ${letter}, ${step}`),
      ),
    );
    await dialog.getByText('- mean: -127 to 128; blue is below 0, orange above').waitFor();
    const grey = await dialog
      .locator('canvas')
      .first()
      .evaluate((canvas) =>
        canvas instanceof HTMLCanvasElement
          ? [...canvas.getContext('2d')!.getImageData(112, 112, 1, 1).data]
          : [],
      );
    const [, [, red]] = (await printedFor(112, 112)) as [unknown, string[]];
    expect(grey).toEqual([Number(red), Number(red), Number(red), 255]);
    expect(requests().filter((url) => url.includes('/pixels/'))).toHaveLength(1);
  });

  it('show the middle pixel first, with the values that tensor --pixel prints', async () => {
    const { status, table } = await openChannels(await openPage());

    expect(await status.textContent()).toBe('Pixel 112,112 of 224x224, from cat.png (451x300)');
    const [header, ...rows] = await table();
    const [letters, ...printed] = await printedFor(112, 112);
    expect(header).toEqual(['Step', ...letters!]);
    expect(rows).toEqual(printed);
  });

  it('follow the pointer', async () => {
    const { dialog, status, table } = await openChannels(await openPage());
    const canvas = dialog.locator('canvas').nth(4);
    const { width, height } = (await canvas.boundingBox())!;

    await canvas.hover({ position: { x: width * 0.25 + 0.01, y: height * 0.75 + 0.01 } });

    await expect.poll(() => status.textContent()).toContain('Pixel 56,168 of 224x224');
    expect((await table()).slice(1)).toEqual((await printedFor(56, 168)).slice(1));
  });

  it('follow the arrow keys in the fields, which do not turn to another photo', async () => {
    const { dialog, status } = await openChannels(await openPage());
    const x = dialog.getByRole('spinbutton', { name: 'x' });

    await x.press('ArrowUp');
    await x.press('ArrowUp');
    await x.press('ArrowLeft');
    await dialog.getByRole('spinbutton', { name: 'y' }).press('ArrowDown');

    await expect.poll(() => status.textContent()).toContain('Pixel 114,111 of 224x224');
    expect(await dialog.getByRole('heading', { level: 2 }).textContent()).toBe('cat.png');
  });

  it('follow the fields, within the picture', async () => {
    const { dialog, status } = await openChannels(await openPage());

    await dialog.getByRole('spinbutton', { name: 'x' }).fill('3');
    await dialog.getByRole('spinbutton', { name: 'y' }).fill('223');
    await expect.poll(() => status.textContent()).toContain('Pixel 3,223 of 224x224');

    await dialog.getByRole('spinbutton', { name: 'y' }).fill('224');
    await dialog.getByRole('spinbutton', { name: 'x' }).fill('4');
    await dialog.getByRole('spinbutton', { name: 'y' }).fill('0');
    await expect.poll(() => status.textContent()).toContain('Pixel 4,0 of 224x224');
  });
});
