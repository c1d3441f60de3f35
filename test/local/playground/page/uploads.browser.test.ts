import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/playground-process.ts';
import { repository } from '../../../support/run.ts';
import { browserName, browserPath } from './browser.ts';
import { useBrowser } from './open-page.ts';

function sample(name: string) {
  return join(repository, 'local/playground/server/samples', name);
}
function golden(name: string) {
  return join(repository, 'test/goldens/images', name);
}

describe.skipIf(!browserPath)(`uploads on the page, in ${browserName}`, () => {
  const { playground, requests, openPage } = useBrowser();

  it('uploads one sample on a click, and all on another', async () => {
    const { page, card, labelled } = await openPage();

    await page.getByRole('button', { name: 'Add a cup of coffee' }).click();
    await labelled('coffee.webp').waitFor();
    expect(await card('coffee.webp').locator('.label').first().textContent()).toBe('espresso');

    await page.getByText('No photos at hand? Try a sample').click();
    await page.getByRole('button', { name: 'Add all' }).click();
    await page.getByText('12 photos · 12 labelled').first().waitFor();
  });

  it('uploads dropped photos and folders, without hidden files', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder.path, 'album/deep'), { recursive: true });
    await cp(golden('odd_17x13_420.jpg'), join(folder.path, 'album/deep/one.jpg'));
    await cp(golden('odd_17x13_420.jpg'), join(folder.path, 'album/two.jpg'));
    await writeFile(join(folder.path, 'album/.hidden'), 'x');
    const { page, labelled, shownKeys } = await openPage();

    await drop(page, [join(folder.path, 'album'), golden('tiny_3x2.png')]);

    await Promise.all(
      ['album/deep/one.jpg', 'album/two.jpg', 'tiny_3x2.png'].map((key) => labelled(key).waitFor()),
    );
    expect(await shownKeys()).not.toContain('album/.hidden');
    await folder.remove();
  });

  it('uploads a folder chosen in the dialog', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder.path, 'trip'));
    await cp(golden('tiny_3x2.png'), join(folder.path, 'trip/boat.png'));
    const { page, labelled } = await openPage();

    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a folder' }).click(),
    ]);
    await chooser.setFiles(join(folder.path, 'trip'));

    await labelled('trip/boat.png').waitFor();
    await folder.remove();
  });

  it('uploads a pasted picture under the current time', async () => {
    const { page } = await openPage();

    const png = (await readFile(golden('tiny_3x2.png'))).toString('base64');
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, png);

    await page.locator('[data-status=classified]', { hasText: /pasted-\d{4}-.*\.png/ }).waitFor();
  });

  it('shows the progress of an upload', async () => {
    const { page, card, labelled } = await openPage();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 300_000,
    });

    await page.locator('#photo-files').setInputFiles(golden('acc_512x384.png'));

    const progress = card('acc_512x384.png').getByRole('progressbar');
    const seen = await progress.evaluate(async (bar: HTMLProgressElement) => {
      const values = new Set<number>();
      while (!bar.hidden) {
        values.add(bar.value);
        await new Promise(requestAnimationFrame);
      }
      return [...values];
    });
    expect(seen.filter((value) => value > 0 && value < 1).length).toBeGreaterThan(1);
    await labelled('acc_512x384.png').waitFor();
  });

  it('says why an upload failed, and retries it on a click', async () => {
    const { page, card, labelled } = await openPage();
    await page.route('**/photos/unlucky.png', (route) => route.abort(), { times: 1 });

    const buffer = await readFile(golden('tiny_3x2.png'));
    await page.locator('#photo-files').setInputFiles({ name: 'unlucky.png', mimeType: 'image/png', buffer });

    await card('unlucky.png').getByText('Not uploaded: The playground did not respond.').waitFor();
    await card('unlucky.png').getByRole('button', { name: 'Try again' }).click();
    await labelled('unlucky.png').waitFor();
  });

  it('shows objects that other clients upload', async () => {
    const { card, labelled } = await openPage();

    await playground().s3.send(
      new PutObjectCommand({
        Bucket: 'uploads',
        Key: 'from elsewhere.jpg',
        Body: await readFile(sample('rocket.jpg')),
      }),
    );

    await labelled('from elsewhere.jpg').waitFor();
    expect(await card('from elsewhere.jpg').locator('.label').first().textContent()).toBe('missile');
  });

  it('says why a file was rejected, and leaves the object unchanged', async () => {
    const { page, card } = await openPage();

    await page.locator('#photo-files').setInputFiles(golden('bad_text.jpg'));

    await card('bad_text.jpg').getByText('UnsupportedFormat').waitFor();
    await card('bad_text.jpg').getByText('Rejected: plain text; supported are JPEG').waitFor();
    const head = await playground().s3.send(
      new HeadObjectCommand({ Bucket: 'uploads', Key: 'bad_text.jpg' }),
    );
    expect(head.Metadata).toEqual({});
  });

  it('uploads 100 photos without blocking for a second, and loads only visible pictures', async () => {
    const buffer = await readFile(golden('odd_17x13_420.jpg'));
    const { page } = await openPage();
    await page.evaluate(watchFrames);

    await page
      .locator('#photo-files')
      .setInputFiles(
        Array.from({ length: 100 }, (_, n) => ({ name: `many/${n}.jpg`, mimeType: 'image/jpeg', buffer })),
      );

    await page.locator('#filter').fill('many/');
    await page.locator('.card[data-status=classified]').nth(99).waitFor({ state: 'attached' });
    const longestMs = await page.evaluate(() => Number(document.body.dataset.longestFrameMs));
    expect(longestMs).toBeLessThan(1000);
    const pictures = new Set(requests().filter((url) => url.includes('/photos/many/') && url.includes('?')));
    expect(pictures.size).toBeLessThan(60);
  });

  it('shows the same photos after a reload, and more of them on scrolling to the end', async () => {
    const { page, shownKeys, card } = await openPage();
    await page.locator('.card').first().waitFor();
    const before = await shownKeys();

    await page.reload();

    await page.locator('.card').first().waitFor();
    expect((await shownKeys()).slice(0, 100)).toEqual(before.slice(0, 100));
    await card('bad_text.jpg').getByText('UnsupportedFormat').waitFor();
    await page.keyboard.press('End');
    expect(await card('coffee.webp').locator('.label').first().textContent()).toBe('espresso');
  });
});

/** Drops files and folders on the middle of the page. */
async function drop(page: Page, files: string[]): Promise<void> {
  const input = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await input.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
}

/** Records the longest time between two frames on the body. */
function watchFrames(): void {
  let last = performance.now();
  const measure = (now: number) => {
    const longest = Number(document.body.dataset.longestFrameMs ?? 0);
    document.body.dataset.longestFrameMs = String(Math.max(longest, now - last));
    last = now;
    requestAnimationFrame(measure);
  };
  requestAnimationFrame(measure);
}
