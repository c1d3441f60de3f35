import { describe, expect, it } from 'vitest';
import { assertNoneKeptByNpm } from '../../../cdk/app/kept-by-npm.ts';

describe('assertNoneKeptByNpm', () => {
  it.each([{ npm_config_call: 'model=dogs' }, { npm_config_context: 'model=dogs' }])(
    'refuses npm run synth with %j',
    (env) => {
      expect(() => assertNoneKeptByNpm({ npm_lifecycle_event: 'synth', ...env })).toThrow(
        'write: npm run synth -- -c model=dogs',
      );
    },
  );

  it.each([
    { npm_lifecycle_event: 'synth' },
    { npm_lifecycle_event: 'synth', npm_config_call: 'npm run synth' },
    { npm_lifecycle_event: 'npx', npm_config_call: 'cdk=1 cdk synth' },
    { npm_config_call: 'model=dogs' },
  ])('accepts %j', (env) => {
    expect(() => assertNoneKeptByNpm(env)).not.toThrow();
  });
});
