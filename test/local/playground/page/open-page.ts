/** Opens the page of a new playground in a browser, and checks after each test what all tests expect. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  type PlaygroundProcess,
  startPlayground,
  temporaryFolder,
} from '../../../support/playground-process.ts';
import { browserPath, launchBrowser } from './browser.ts';

const desktop = { width: 1280, height: 800 };

export interface OpenPage {
  readonly page: Page;
  /** A photo's card. */
  readonly card: (key: string) => Locator;
  /** A photo's card once it has labels. */
  readonly labelled: (key: string) => Locator;
  /** Keys of the photos shown, in order. */
  readonly shownKeys: () => Promise<string[]>;
}

/**
 * Starts a playground and a browser for the tests of a file.
 *
 * @param findModel The model to start with, given a folder where one can be put.
 */
export function useBrowser(findModel?: (folder: string) => Promise<string>) {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let playground: PlaygroundProcess;
  let browser: Browser;
  let requests: string[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    if (!browserPath) return;
    folder = await temporaryFolder();
    const model = await findModel?.(folder.path);
    [playground, browser] = await Promise.all([startPlayground(folder.path, model), launchBrowser()]);
  }, 60_000);

  afterEach(async () => {
    if (!browserPath) return;
    await Promise.all(browser.contexts().map((context) => context.close()));
    const hosts = new Set(requests.map((url) => new URL(url).host));
    expect([...hosts], 'asks nothing of other hosts').toEqual([new URL(playground.pageUrl).host]);
    expect(complaints, 'gives the browser nothing to complain of').toEqual([]);
    [requests, complaints] = [[], []];
  });

  afterAll(async () => {
    if (!browserPath) return;
    await browser.close();
    await playground.end();
    await folder.remove();
  });

  return {
    playground: () => playground,
    /** URLs requested in this test. */
    requests: () => requests,
    openPage: async (options: BrowserContextOptions = {}): Promise<OpenPage> => {
      const context = await browser.newContext({ viewport: desktop, ...options });
      const page = await context.newPage();
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        // The browser itself logs pictures that it cannot show and requests that fail on purpose.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      await page.goto(playground.pageUrl);
      await page.locator('#model option').first().waitFor({ state: 'attached' });
      const card = (key: string) =>
        page.locator('.card').filter({ has: page.getByRole('button', { name: key, exact: true }) });
      return {
        page,
        card,
        labelled: (key) => card(key).and(page.locator('[data-status=classified]')),
        shownKeys: () => page.locator('.card .open').allTextContents(),
      };
    },
  };
}
