/** The commands that the pages show: in blocks, behind the `$` of a terminal, and in the midst of a sentence. */
import { type Block, blocksOf, readPage } from './pages.ts';

/** Blocks with the AWS CLI in them: `npm run e2e` runs them as they stand (test/e2e/checks/docs.ts). */
export function awsBlocksOf(page: string): Block[] {
  return blocksOf(page).filter((block) => isShell(block) && hasAws(block.code));
}

/** All others, one by one. */
export function commandsOf(page: string): string[] {
  return blocksOf(page).flatMap(commandsIn);
}

function commandsIn(block: Block): string[] {
  if (!isShell(block)) return [...block.code.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command!);
  if (hasAws(block.code)) return [];
  return block.code.split('\n').flatMap((line) => line.replace(/ +# .*/, '').split(' && '));
}

/** What stands between backticks in the running text. */
export function inlineCodeOf(page: string): string[] {
  return [
    ...readPage(page)
      .replaceAll(/^```.*?^```/gms, '')
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, code]) => code!);
}

function isShell({ language }: Block): boolean {
  return language === 'sh' || language === 'indented';
}

function hasAws(code: string): boolean {
  return /\baws [a-z]/.test(code);
}
