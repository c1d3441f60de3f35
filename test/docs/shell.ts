/** The commands that the pages show: in blocks, behind the `$` of a terminal, and in the midst of a sentence. */
import { type Block, blocksOf, readPage } from './pages.ts';

/** Blocks with the AWS CLI in them: `npm run e2e` runs them as they stand (test/e2e/checks/docs.ts). */
export const awsBlocksOf = (page: string): Block[] =>
  blocksOf(page).filter((block) => isShell(block) && hasAws(block.code));

/** All others, one by one. */
export const commandsOf = (page: string): string[] => blocksOf(page).flatMap(commandsIn);

const commandsIn = (block: Block): string[] => {
  if (!isShell(block)) return [...block.code.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command!);
  if (hasAws(block.code)) return [];
  return block.code.split('\n').flatMap((line) => line.replace(/ +# .*/, '').split(' && '));
};

/** What stands between backticks in the running text. */
export const inlineCodeOf = (page: string): string[] =>
  [
    ...readPage(page)
      .replaceAll(/^```.*?^```/gms, '')
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, code]) => code!);

const isShell = ({ language }: Block): boolean => language === 'sh' || language === 'indented';

const hasAws = (code: string): boolean => /\baws [a-z]/.test(code);
