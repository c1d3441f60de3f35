import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { rooms } from './rooms.ts';

const all = Object.values(rooms);

describe('the rooms of npm run mutation', () => {
  it('hold every source of the function once', () => {
    const found = all.flatMap(({ sources }) => globSync([...sources]));

    expect(found.sort()).toEqual(globSync('functions/classify/**/*.ts').sort());
  });

  it.each(all.flatMap(({ sources, tests }) => [...sources, ...tests]))(
    'name what is there: %s',
    (pattern) => {
      expect(globSync(pattern)).not.toEqual([]);
    },
  );
});
