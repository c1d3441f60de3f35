/** The Lambda entry point: opens configuration, clients and network once, and handles invocations with them. */

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
export function handler(event: unknown, context: LambdaContext): Promise<InvocationResponse> {
  return respond(event, context, { ...clients, config, classifier });
}
