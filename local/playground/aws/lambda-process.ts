/** The process started by `lambda.ts`: loads the bundle and invokes it with one event after another. */
import { createRequire } from 'node:module';

export interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** The result of an invocation, or of loading the bundle. */
export interface InvocationResult {
  readonly error?: string;
}

function answer(message: InvocationResult) {
  return process.send!(message);
}
function describe(error: unknown): InvocationResult {
  return {
    error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  };
}

// Ctrl-C reaches every process of the terminal; the playground ends this one.
process.on('SIGINT', () => {});
// The function ends with the playground, however that ends.
process.on('disconnect', () => process.exit());

try {
  const { handler } = createRequire(import.meta.url)(process.argv[2]!);
  process.on('message', async ({ event, requestId, deadline }: Invocation) => {
    const context = {
      awsRequestId: requestId,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    try {
      await handler(event, context);
      answer({});
    } catch (error) {
      answer(describe(error));
    }
  });
  answer({});
} catch (error) {
  answer(describe(error));
}
