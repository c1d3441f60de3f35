/** The Lambda entry: configuration, clients and session once, when it starts; then an event in, an answer out. */

import { createClients } from './clients.ts';
import { readConfig } from './config.ts';
import { createClassifier } from './network/classifier.ts';
import { type Answer, type LambdaContext, respond } from './respond.ts';

const config = readConfig(process.env);
const clients = createClients();
const classifier = createClassifier(config.modelDir, config.classifier);
// A model that cannot be loaded is reported by the invocations, which await it, not by the end of the process.
classifier.catch(() => {});

/** Answers an invocation, see `respond`. */
export function handler(event: unknown, context: LambdaContext): Promise<Answer> {
  return respond(event, context, { ...clients, config, classifier });
}
