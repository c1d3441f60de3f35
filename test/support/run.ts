/** Runs `bucketlens` in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Starts `bucketlens <command>`, in the repository's folder. */
export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return spawn(process.execPath, ['bin/bucketlens.js', command, ...args], { cwd: repository, env });
}

/** Runs `bucketlens <command>` to its end. */
export function run(command: string, args: readonly string[], input?: Uint8Array) {
  return untilEnd(start(command, args), input);
}

/** Waits for a process to end and returns its output. */
export async function untilEnd(child: ChildProcessWithoutNullStreams, input: Uint8Array = new Uint8Array()) {
  child.stdin.end(input);
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, exitCode };
}

/** Removes the progress lines, which appear only if a command takes longer than a second. */
export function withoutProgress(stderr: string): string {
  return stderr.replaceAll(/^(.*\d+ of \d+ (files|steps|objects).*)?\n/gm, '');
}
