/** npm run screenshots: renews the docs' pictures of the page. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startPlayground, temporaryFolder } from '../../../support/playground-process.ts';
import { repository } from '../../../support/run.ts';
import { browserName, browserPath, launchBrowser } from './browser.ts';

// The SDK's notice that its versions of 2027 will require Node 22.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const photos = [
  'cat.png',
  'coffee.webp',
  'raccoon.jpg',
  'palace.jpg',
  'dahlia.jpg',
  'rocket.jpg',
  'cameraman.png',
];

if (!browserPath) {
  console.error(`error: no pictures without ${browserName}`);
  process.exit(1);
}
const folder = await temporaryFolder();
const [playground, browser] = await Promise.all([startPlayground(folder.path), launchBrowser()]);
try {
  await takePicture('playground', { viewport: { width: 1280, height: 960 } }, async (page) => {
    await page.locator('#photo-files').setInputFiles(await files());
    await page.getByText('8 photos · 7 labelled · 1 rejected').first().waitFor({ timeout: 300_000 });
  });
  await takePicture(
    'playground-details',
    { viewport: { width: 1280, height: 960 }, colorScheme: 'dark' },
    (page) => page.getByRole('button', { name: 'cat.png' }).click(),
  );
  await takePicture(
    'playground-phone',
    { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true },
    async () => {},
  );
} finally {
  await browser.close();
  await playground.end();
  await folder.remove();
}

async function files() {
  const read = (name: string) => readFile(join(repository, 'local/playground/server/samples', name));
  const samples = await Promise.all(
    photos.map(async (name) => ({ name, mimeType: '', buffer: await read(name) })),
  );
  const notes = { name: 'notes.jpg', mimeType: 'text/plain', buffer: Buffer.from('Feed the cat.') };
  return samples.toSpliced(3, 0, notes);
}

/** Runs in the page: true once all visible pictures and documents have arrived. */
function areShown(): boolean {
  const pictures = [...document.images].filter((image) => {
    const { width, top, bottom } = image.getBoundingClientRect();
    return !image.hidden && width > 0 && bottom > 0 && top < innerHeight;
  });
  const documents = [...document.querySelectorAll('dialog[open] pre')];
  return (
    pictures.every((image) => image.complete && image.naturalWidth > 0) &&
    documents.every((text) => text.textContent !== '')
  );
}

async function takePicture(
  name: string,
  options: BrowserContextOptions,
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(playground.pageUrl);
  await prepare(page);
  await page.mouse.move(0, 0);
  await page.waitForFunction(areShown, undefined, { timeout: 60_000 });
  // Pictures are decoded asynchronously, and no event reports the last one.
  await page.waitForTimeout(2000);
  const devTools = await context.newCDPSession(page);
  const { data } = await devTools.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  const path = join(repository, 'docs', `${name}.webp`);
  await writeFile(path, Buffer.from(data, 'base64'));
  console.log(path);
  await context.close();
}
