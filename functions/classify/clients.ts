/** Clients of S3 and EventBridge, with timeouts so that a hung socket is retried. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { Crc64Nvme } from './crc64-nvme.ts';

export interface Timeouts {
  readonly connectionMs: number;
  /** Maximum idle time between bytes, not the total response time. */
  readonly silenceMs: number;
}

export interface Clients {
  readonly s3: S3Client;
  readonly eventBridge: EventBridgeClient;
}

// Three attempts (AWS_MAX_ATTEMPTS) fit into the function's 60 s. A copy of 50 MB is silent for a second or two.
const defaultTimeouts: Timeouts = { connectionMs: 2000, silenceMs: 10_000 };

export function createClients({ connectionMs, silenceMs }: Timeouts = defaultTimeouts): Clients {
  const requestHandler = { connectionTimeout: connectionMs, socketTimeout: silenceMs };
  return {
    s3: new S3Client({ requestHandler, checksumAlgorithms: { CRC64NVME: Crc64Nvme } }),
    eventBridge: new EventBridgeClient({ requestHandler }),
  };
}
