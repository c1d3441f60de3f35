/** The Lambda entry point: opens configuration, clients and network once, and handles invocations with them. */

import v8 from 'node:v8';
import { createClients } from './clients.ts';
import { readConfig } from './config.ts';
import { createClassifier } from './network/classifier.ts';
import { type InvocationResponse, type LambdaContext, respond } from './respond.ts';

const config = readConfig(process.env);
const clients = createClients();
const classifier = createClassifier(config.modelDir, config.classifier);
// Invocations await the model and report that it cannot be loaded; the rejection must not end the process before.
classifier.catch(() => {});

/** Handles an invocation; see `respond`. */
export async function handler(event: unknown, context: LambdaContext): Promise<InvocationResponse> {
  try {
    return await respond(event, context, { ...clients, config, classifier });
  } finally {
    letHeapGrow();
  }
}

/**
 * Buffers count as growth, and by default one image's are enough for a garbage collection (docs/decisions/garbage.md). Called after
 * an invocation, because V8 compiles Node.js's own modules anew if it loads them after a change of its options.
 */
function letHeapGrow(): void {
  v8.setFlagsFromString('--heap-growing-percent=200');
}
