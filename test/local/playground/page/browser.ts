/** Runs the system's Chromium without a window. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser's path, from CHROME_PATH or the PATH; undefined if there is none. */
export const browserPath: string | undefined = [
  ...(process.env.CHROME_PATH ? [process.env.CHROME_PATH] : []),
  ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
].find(isProgram);

/** The browser's name for test titles. */
export const browserName =
  browserPath ?? 'a browser: SKIPPED, no Chromium is on the PATH and CHROME_PATH names none';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath!,
    // Chromium's sandbox does not work for root, the usual user of containers.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
