/** Finds the commands of the pages: in blocks, after the `$` of a terminal, and within sentences. */
import { type Block, blocksOf, readPage } from './pages.ts';

/** Blocks that use the AWS CLI; `npm run e2e` runs them as written (test/e2e/checks/docs.ts). */
export function awsBlocksOf(page: string): Block[] {
  return blocksOf(page).filter((block) => isShell(block) && hasAws(block.code));
}

/** All other commands, one by one. */
export function commandsOf(page: string): string[] {
  return blocksOf(page).flatMap(commandsIn);
}

function commandsIn(block: Block): string[] {
  if (!isShell(block)) return [...block.code.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command!);
  if (hasAws(block.code)) return [];
  return block.code.split('\n').flatMap((line) => line.replace(/ +# .*/, '').split(' && '));
}

/** Text between backticks, outside of blocks. */
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
