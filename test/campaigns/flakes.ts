/** npm run flakes -- [RUNS]: runs the tests repeatedly, in random order, until they fail. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const runs = Number(process.argv[2] ?? 10);

for (let run = 1; run <= runs; run++) {
  const order = ['--sequence.shuffle', `--sequence.seed=${randomInt(2 ** 31)}`];
  console.log(`Run ${run} of ${runs}: npm test -- ${order.join(' ')}`);
  const { status } = spawnSync('npm', ['test', '--silent', '--', '--reporter=dot', ...order], {
    stdio: 'inherit',
    // On Windows npm is a script.
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
