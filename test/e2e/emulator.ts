/** Runs the emulator of AWS as a program on a free port of the loopback interface. */
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { end, run, start } from './processes.ts';
import { type Recorder, startRecorder } from './recorder.ts';

export interface EmulatorOptions {
  /** The `bin` folder of the virtual environment. */
  readonly pythonBin: string;
  /** The Node.js that runs the function. */
  readonly node: string;
  readonly runFolder: string;
}

export interface Emulator {
  /** Environment for programs that use it, without the user's own account. */
  readonly environment: NodeJS.ProcessEnv;
  /** Settings for clients of the AWS SDK. */
  readonly clientOptions: ClientOptions;
  /** The recorder of the function's requests. */
  readonly recorder: Recorder;
  /** Destinations of the function's connections, as `host:port`. */
  readonly connections: () => string[];
  /** True if layers are mounted at /opt, as on Lambda. */
  readonly hasOpt: boolean;
  /** The log so far, including the function's. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const region = 'us-east-1';

/** @throws Error with its log if it does not start. */
export async function startEmulator({ pythonBin, node, runFolder }: EmulatorOptions): Promise<Emulator> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const recorder = await startRecorder(url);
  const system = {
    PATH: process.env.PATH,
    HOME: join(runFolder, 'home'),
    TMPDIR: join(runFolder, 'tmp'),
    LANG: 'C.UTF-8',
  };
  const hasOpt = await canMount(system);
  symlinkSync(join(import.meta.dirname, 'lambda-node'), join(runFolder, 'bin/node'));
  const logPath = join(runFolder, 'emulator.log');
  const connectionsPath = join(runFolder, 'connections');
  const child = start(join(pythonBin, 'python'), [join(import.meta.dirname, 'emulator.py')], {
    env: {
      ...system,
      PATH: `${join(runFolder, 'bin')}:${system.PATH}`,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      STATE_DIR: join(runFolder, 'state'),
      S3_DATA_DIR: join(runFolder, 's3'),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      // Lambda waits one minute, then two.
      LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.2',
      E2E_NODE: node,
      E2E_SDK: linkSdk(runFolder),
      E2E_RECORDER: join(import.meta.dirname, 'connections.cjs'),
      E2E_CONNECTIONS: connectionsPath,
      E2E_FUNCTION_ENDPOINT: recorder.url,
      E2E_CAN_MOUNT: String(hasOpt),
    },
    stdio: ['pipe', ...[openSync(logPath, 'a')].flatMap((log) => [log, log])],
  });
  const log = () => readFileSync(logPath, 'utf8');
  const connections = () => readFileSync(connectionsPath, 'utf8').trimEnd().split('\n');
  const stop = async () => {
    recorder.close();
    await end(child);
  };
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the emulator ended before it was ready:\n${log()}`);
  });
  ended.catch(() => {});
  await Promise.race([untilHealthy(`${url}/_ministack/health`), ended]);
  const clientOptions = {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const environment = { ...system, ...environmentOf(clientOptions) };
  return { environment, clientOptions, recorder, connections, hasOpt, log, stop };
}

/** A folder with the packages that Lambda's runtime contains, and no others of this repository. */
function linkSdk(runFolder: string): string {
  const folder = join(runFolder, 'sdk');
  mkdirSync(folder);
  for (const scope of ['@aws-sdk', '@smithy']) {
    symlinkSync(join(import.meta.dirname, '../../node_modules', scope), join(folder, scope));
  }
  return folder;
}

function environmentOf({ endpoint, credentials }: ClientOptions): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function untilHealthy(url: string): Promise<true> {
  return eventually('the emulator', () =>
    fetch(url).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    ),
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function canMount(env: NodeJS.ProcessEnv): Promise<boolean> {
  return run('unshare', ['--map-root-user', '--mount', 'mount', '--bind', env.TMPDIR!, '/opt'], {
    env,
    timeoutMs: 10_000,
  }).then(
    () => true,
    () => false,
  );
}
