/** The stack that the checks run on, and the objects that they have uploaded. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { WriteBackMode } from '../../../functions/classify/write-back/mode.ts';
import type { Deployment } from '../aws/deployment.ts';
import type { FeedClients } from '../aws/prediction-feed.ts';

export interface Clients extends FeedClients {
  readonly s3: S3Client;
  readonly s3Control: S3ControlClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
}

export interface Target {
  readonly clients: Clients;
  readonly deployment: Deployment;
  readonly settings: Settings;
  /** True for an emulator on this machine: its times mean nothing, and it lacks some services. */
  readonly isEmulated: boolean;
  /** Key prefix of this run's objects, below that of the stack. */
  readonly prefix: string;
  readonly events: Events;
  /** Time of the run's first request. */
  readonly startedAt: Date;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** The run's uploads so far. */
  readonly uploads: Upload[];
  /** Messages in the dead-letter queue before the run; undefined if that cannot be read. */
  readonly deadLettersBefore: number | undefined;
}

/** The stack's settings as far as they decide what it promises. None of them names anything of the user's. */
export interface Settings {
  readonly trigger: string;
  readonly writeBack: readonly WriteBackMode[];
  readonly metadataPrefix: string;
  readonly copies: boolean;
  readonly queryable: boolean;
  /** Undefined if the bucket's versioning cannot be read. */
  readonly versioned: boolean | undefined;
  readonly objectLock: boolean;
  /** True if the bucket sends its events to EventBridge. */
  readonly eventBridge: boolean;
  readonly architecture?: string;
  readonly memoryMegabytes?: number;
}

export interface Upload {
  /** The key below the run's prefix, for sentences. */
  readonly name: string;
  readonly key: string;
  /** ETag of the uploaded bytes, without quotes. */
  readonly eTag: string;
  readonly versionId?: string;
  readonly startedMs: number;
  readonly expected: Expected;
}

export type PredictionType = 'Image Classified' | 'Image Rejected' | 'Image Skipped';

/** The only outcome that an upload may have, once; `any` if another upload, a deletion or an invocation follows it. */
export type Expected = PredictionType | 'any';

export interface PredictionSeen {
  readonly detailType: string;
  readonly key: string;
  readonly eTag: string;
  /** Time of arrival, as of `performance.now()`. */
  readonly arrivedMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Events {
  /** Why events cannot be received, or undefined. */
  readonly missing: string | undefined;
  readonly all: readonly PredictionSeen[];
  /**
   * Waits for an upload's event.
   *
   * @returns undefined if it does not arrive in time.
   * @throws Untold if events cannot be received.
   */
  readonly about: (
    upload: Pick<Upload, 'key' | 'eTag'>,
    patienceMs: number,
  ) => Promise<PredictionSeen | undefined>;
  /** Waits until none has arrived for a while. */
  readonly settle: (quietMs: number) => Promise<void>;
}
