/** The recipe with a page: a browser gets it, uploads a photo and sees its labels. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { browserPath, launchBrowser } from '../../../local/playground/page/browser.ts';
import { Skipped, type Stage } from '../../check.ts';
import type { Emulator } from '../../emulator.ts';
import { eventually } from '../../eventually.ts';
import { coffeePhoto } from '../../pictures.ts';
import { createRecipe } from './recipe.ts';

interface Upload {
  readonly id: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export function photoSiteChecks(emulator: Emulator, runFolder: string): Stage {
  const { deploy, output } = createRecipe('photo-site', 'PhotoSite', emulator, runFolder);
  // The emulator answers function URLs below a path of its own.
  const urlOf = (path: string) => {
    const [id] = new URL(output('Url')).hostname.split('.');
    return `${emulator.clientOptions.endpoint}/_aws/lambda-url/${id}/${path}`;
  };

  return [
    deploy,
    {
      name: 'the page uploads a photo by its form, and reads the labels',
      run: async () => {
        const page = await fetch(urlOf(''));
        assert.match(page.headers.get('content-type')!, /^text\/html/);
        assert.match(await page.text(), /<title>What is in my photo\?<\/title>/);

        const { id, url, fields } = await json<Upload>(urlOf('photos'), { method: 'POST' });
        const form = new FormData();
        for (const [name, value] of Object.entries(fields)) form.append(name, value);
        form.append('file', new Blob([await readFile(coffeePhoto)]));
        const { status } = await fetch(url, { method: 'POST', body: form });
        assert.equal(status, 204);
        const labels = await eventually(
          'labels',
          async () => (await json<{ labels?: string }>(urlOf(`photos/${id}`))).labels,
        );
        assert.match(labels, /^espresso=0\.9/);
      },
    },
    {
      name: 'a browser uploads a photo from the page and shows its labels',
      run: async () => {
        if (!browserPath) throw new Skipped('there is no Chromium on the PATH, and CHROME_PATH names none');
        const browser = await launchBrowser();
        try {
          const page = await browser.newPage();
          await page.goto(urlOf(''));
          await page.getByLabel('A photo').setInputFiles(coffeePhoto);
          const labels = page.getByRole('status').filter({ hasText: 'espresso=0.9' });
          await labels.waitFor({ timeout: 40_000 }).catch(async () => {
            throw new Error(`the page shows: ${await page.getByRole('status').textContent()}`);
          });
        } finally {
          await browser.close();
        }
      },
    },
  ];
}

async function json<Answer>(url: string, init?: RequestInit): Promise<Answer> {
  return (await (await fetch(url, init)).json()) as Answer;
}
