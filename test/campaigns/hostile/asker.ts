/** Sends files to a process one by one. A process that dies or hangs is replaced, which identifies the file at fault. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { frameOf } from './families/frames.ts';

export interface Asker {
  /** @returns The line that the process printed, or how it ended. */
  readonly ask: (bytes: Uint8Array) => Promise<{ readonly line: string } | { readonly end: string }>;
  readonly close: () => void;
}

/**
 * @param command A program and its arguments.
 * @param silenceMs Time without an answer after which the process is killed.
 */
export function createAsker([command, ...args]: readonly [string, ...string[]], silenceMs: number): Asker {
  let process: Running | undefined;
  const ask = (bytes: Uint8Array) =>
    new Promise<{ line: string } | { end: string }>((resolve) => {
      process ??= start(command, args);
      const { child, lines } = process;
      const settle = (answer: { line: string } | { end: string }) => {
        clearTimeout(timer);
        lines.off('line', onLine);
        child.off('exit', onExit);
        resolve(answer);
      };
      const onLine = (line: string) => settle({ line });
      const onExit = (code: number | null, signal: string | null) => {
        process = undefined;
        settle({
          end: signal === 'SIGKILL' ? `silent for ${silenceMs / 1000} s` : `died of ${signal ?? code}`,
        });
      };
      const timer = setTimeout(() => child.kill('SIGKILL'), silenceMs);
      lines.on('line', onLine);
      child.on('exit', onExit);
      child.stdin!.write(frameOf(bytes));
    });
  return { ask, close: () => process?.child.stdin?.end() };
}

interface Running {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

function start(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  // Ignores errors of writes to a dying process.
  child.stdin.on('error', () => {});
  return { child, lines: createInterface({ input: child.stdout }) };
}
