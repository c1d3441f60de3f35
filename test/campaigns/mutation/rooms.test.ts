import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';
import { rooms } from './rooms.ts';

it('mutates every source of the function in exactly one room', () => {
  const found = Object.values(rooms).flatMap(({ sources }) => sources);

  expect(found.sort()).toEqual(globSync('functions/classify/**/*.ts').sort());
});

it.each(Object.entries(rooms))('tests what it mutates in %s', (_, { tests }) => {
  expect(tests).not.toEqual([]);
});
