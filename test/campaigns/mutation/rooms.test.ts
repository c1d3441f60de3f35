import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';
import { rooms } from './rooms.ts';

it('npm run mutation mutates each source of the function in exactly one folder', () => {
  const found = Object.values(rooms).flatMap(({ sources }) => sources);

  expect(found.sort()).toEqual(globSync('functions/classify/**/*.ts').sort());
});

it.each(Object.entries(rooms))('npm run mutation finds tests for %s', (_, { tests }) => {
  expect(tests).not.toEqual([]);
});
