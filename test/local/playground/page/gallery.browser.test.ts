import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../../../support/run.ts';
import { browserName, browserPath } from './browser.ts';
import { useBrowser } from './open-page.ts';

const files = [
  { key: 'cat.png', path: 'local/playground/server/samples/cat.png' },
  { key: 'coffee.webp', path: 'local/playground/server/samples/coffee.webp' },
  { key: 'scan.tif', path: 'test/goldens/images/tiff_lzw.tif' },
  { key: 'notes.txt', path: 'test/goldens/images/bad_text.jpg' },
];

describe.skipIf(!browserPath)(`the photos on the page, in ${browserName}`, () => {
  const { playground, openPage } = useBrowser();

  beforeAll(async () => {
    if (!browserPath) return;
    for (const { key, path } of files) {
      const Body = await readFile(join(repository, path));
      await playground().s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: key, Body }));
      await playground().nextEvent();
    }
  }, 60_000);

  it('show their top labels with bars, a general label, and the time of each step', async () => {
    const { labelled } = await openPage();

    const cat = labelled('cat.png');
    expect(await cat.locator('.label').allTextContents()).toEqual(['tiger cat', 'Egyptian cat', 'tabby']);
    expect(await cat.locator('.score').first().textContent()).toBe('40.9 %');
    const widths = await cat
      .locator('.bar')
      .evaluateAll((bars) => bars.map((bar) => Number.parseFloat(getComputedStyle(bar, '::after').width)));
    expect(widths[1]! / widths[0]!).toBeCloseTo(0.3394 / 0.4092, 1);
    await cat.getByText('In general: cat, 93.2 %').waitFor();
    expect(await cat.getByRole('img', { name: /fetch/ }).getAttribute('aria-label')).toMatch(
      /^Took [\d.]+ ms: fetch .* ms, decode .* ms, preprocess .* ms, infer .* ms, write .* ms$/,
    );
  });

  it('show the network input, even of a format that the browser cannot show', async () => {
    const { card } = await openPage();

    for (const key of ['cat.png', 'scan.tif']) {
      const input = card(key).locator('.input');
      await input.scrollIntoViewIfNeeded();
      await expect.poll(() => input.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(224);
    }
    const { width } = (await card('scan.tif').locator('.input').boundingBox())!;
    expect(width).toBeGreaterThan(200);
  });

  it('open with the output of head-object and the event, which a button copies', async () => {
    const { page, card } = await openPage({ permissions: ['clipboard-read', 'clipboard-write'] });

    await card('cat.png').getByRole('button').click();

    const dialog = page.getByRole('dialog', { name: 'cat.png' });
    const texts = dialog.locator('pre');
    await expect.poll(() => texts.first().textContent()).toContain('labels-model');
    const shown = JSON.parse((await texts.first().textContent())!);
    const head = await playground().s3.send(new HeadObjectCommand({ Bucket: 'uploads', Key: 'cat.png' }));
    expect(shown.Metadata).toEqual(head.Metadata);
    expect(shown.ETag).toBe(head.ETag);

    await dialog.getByRole('button', { name: 'Copy: Event' }).click();
    await dialog.getByText('Copied').waitFor();
    const event = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(event).toMatchObject({
      source: 'bucketlens',
      'detail-type': 'Image Classified',
      detail: { version: '1', key: 'cat.png', writeBack: 'written' },
    });
    await dialog.getByText('What efficientnet-lite0 saw, 224 × 224').waitFor();
    await dialog.getByText('The photo, 451 × 300, PNG, 241 kB').waitFor();
    await dialog.getByText(/^infer [\d.]+ ms$/).waitFor();
  });

  it('are filtered by label, key and reason of rejection', async () => {
    const { page, shownKeys } = await openPage();
    await page.locator('.card').nth(3).waitFor();
    const filter = page.getByLabel('Filter by label or name');

    for (const [words, keys] of [
      ['egyptian cat', ['scan.tif', 'cat.png']],
      ['COFFEE', ['coffee.webp']],
      ['unsupported', ['notes.txt']],
    ] as const) {
      await filter.fill(words);
      await expect.poll(shownKeys).toEqual(keys);
    }

    await filter.fill('zeppelin');
    await page.getByText('No photo matches.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(shownKeys).toHaveLength(4);
  });

  it('are sorted by score or age, those without a score last', async () => {
    const { page, shownKeys } = await openPage();
    const sort = page.getByRole('combobox', { name: 'Sort by' });

    await expect.poll(shownKeys).toEqual(['notes.txt', 'scan.tif', 'coffee.webp', 'cat.png']);
    await sort.selectOption('highest score');
    await expect.poll(async () => (await shownKeys()).at(0)).toBe('coffee.webp');
    expect((await shownKeys()).at(-1)).toBe('notes.txt');
    await sort.selectOption('lowest score');
    await expect.poll(async () => (await shownKeys()).at(2)).toBe('coffee.webp');
    expect((await shownKeys()).at(-1)).toBe('notes.txt');
  });

  it('are opened, browsed and closed with the keyboard alone', async () => {
    const { page, card } = await openPage();
    const open = card('coffee.webp').getByRole('button');
    await page.getByLabel('Filter by label or name').focus();
    const isFocused = () => open.evaluate((button) => button === document.activeElement);
    for (let presses = 0; presses < 10 && !(await isFocused()); presses++) await page.keyboard.press('Tab');
    expect(await isFocused()).toBe(true);

    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'coffee.webp' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'cat.png' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await isFocused()).toBe(true);
  });

  it.each(['light', 'dark'] as const)('pass the accessibility audit in %s', async (colorScheme) => {
    const { page, card, labelled } = await openPage({ colorScheme });
    await labelled('cat.png').waitFor();
    await page.getByText('No photos at hand? Try a sample').click();

    expect(await findViolations(page)).toEqual([]);

    await card('cat.png').getByRole('button').click();
    await page.getByText('labels-model').waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  it('fit a phone without horizontal scrolling', async () => {
    const { page, card } = await openPage({ viewport: { width: 360, height: 740 }, isMobile: true });
    await card('cat.png').waitFor();
    const overflow = () =>
      page.evaluate(() => ({
        page: document.documentElement.scrollWidth - innerWidth,
        dialog: Math.max(
          ...[...document.querySelectorAll('dialog')].map(
            (dialog) => dialog.scrollWidth - dialog.clientWidth,
          ),
        ),
      }));

    expect(await overflow()).toEqual({ page: 0, dialog: 0 });
    await card('cat.png').getByRole('button').click();
    await page.getByText('labels-model').waitFor();
    expect(await overflow()).toEqual({ page: 0, dialog: 0 });
  });

  it('stay, with a notice, when the playground ends', async () => {
    const { page, card } = await openPage();
    await card('cat.png').waitFor();

    await playground().end();

    await page.getByText('The playground does not respond. Has it been stopped?').waitFor();
    expect(await card('cat.png').count()).toBe(1);
  });
});

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
