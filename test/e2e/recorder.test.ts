import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serve } from '../support/serve.ts';
import { startRecorder } from './recorder.ts';

describe('the recorder', () => {
  it('forwards paths with dot segments as they are', async () => {
    const paths: (string | undefined)[] = [];
    const emulator = await serve((received, response) => {
      paths.push(received.url);
      response.end();
    });
    const recorder = await startRecorder(`http://127.0.0.1:${emulator.port}`);

    await new Promise((resolve) => {
      request(recorder.url, { path: '/photos/a/../b//c.jpg?x=1' }, resolve).end();
    });

    recorder.close();
    await emulator.close();
    expect(paths).toEqual(['/photos/a/../b//c.jpg?x=1']);
    expect(recorder.requests.map(({ path }) => path)).toEqual(paths);
  });
});
