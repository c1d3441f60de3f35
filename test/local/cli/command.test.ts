import { describe, expect, it } from 'vitest';
import { backfillCommand } from '../../../local/cli/backfill.ts';
import { explainOptionsKeptByNpm } from '../../../local/cli/command.ts';
import { startCommand } from '../../../local/cli/start.ts';
import { start, untilEnd } from '../../support/run.ts';

describe('explainOptionsKeptByNpm', () => {
  it.each([
    [startCommand(), { npm_config_port: '8080' }, 'npm start -- --port 8080'],
    [startCommand(), { npm_config_port: 'true' }, 'npm start -- --port 3000', ['3000']],
    [startCommand(), { npm_config_port: 'true' }, 'npm start -- --port <PORT>'],
    [
      startCommand(),
      { npm_config_port: 'true', npm_config_json: 'true' },
      'npm start -- --port 80 --json',
      ['80'],
    ],
    [
      startCommand(),
      { npm_config_port: 'true', npm_config_data: 'true' },
      'npm start -- --port <PORT> --data <DIR>',
      ['3000', 'photos'],
    ],
    [
      backfillCommand(),
      { npm_config_bucket: 'photos', npm_config_dry_run: 'true' },
      'npm run backfill -- --bucket photos --dry-run',
    ],
  ])('says how to pass the options of %s', (command, env, line, args: string[] = []) => {
    const said = explainOptionsKeptByNpm(command, { npm_lifecycle_event: command.name(), ...env }, args);

    expect(said).toBe(`npm keeps options before -- for itself; write: ${line}`);
  });

  it.each([
    ['another script', { npm_lifecycle_event: 'test', npm_config_port: '8080' }],
    ['npx', { npm_lifecycle_event: 'npx', npm_config_port: '8080' }],
    ["npm's own configuration", { npm_lifecycle_event: 'start', npm_config_user_agent: 'npm' }],
  ])('says nothing under %s', (_, env) => {
    expect(explainOptionsKeptByNpm(startCommand(), env)).toBeUndefined();
  });

  it('ends npm start --port with the sentence and 2', async () => {
    const env = { ...process.env, npm_lifecycle_event: 'start', npm_config_port: 'true' };

    const { stderr, exitCode } = await untilEnd(start('start', ['8080'], env));

    expect(stderr).toContain('write: npm start -- --port 8080');
    expect(exitCode).toBe(2);
  });
});
