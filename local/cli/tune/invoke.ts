/** Invocations of the deployed function, one at a time, and their reports. */
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { type LambdaReport, readReport } from './lambda-report.ts';

/** The function failed, or answered something else than a label. */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';
}

/** Lambda does not give the function this much memory in this account. */
export class MemoryRefused extends Error {
  override readonly name = 'MemoryRefused';
}

export interface Invocation {
  /** `classified`, or `rejected` for a file that is no image. */
  readonly status: string;
  readonly report: LambdaReport;
}

/**
 * Labels an object by a direct invocation.
 *
 * @throws InvocationFailed
 */
export async function labelOnce(
  lambda: LambdaClient,
  functionName: string,
  object: { readonly bucket: string; readonly key: string },
): Promise<Invocation> {
  const { FunctionError, Payload, LogResult } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(object), LogType: 'Tail' }),
  );
  const answer = Payload?.transformToString() ?? '';
  if (FunctionError) throw new InvocationFailed(`the function failed with ${object.key}: ${answer}`);
  const [status] = JSON.parse(answer) as string[];
  if (status === undefined) throw new InvocationFailed(`the function did not label ${object.key}: ${answer}`);
  return { status, report: readReport(LogResult ?? '') };
}

/**
 * Sets the memory size, and makes the next invocation a cold start.
 *
 * @throws MemoryRefused
 */
export async function restart(lambda: LambdaClient, functionName: string, memoryMb: number): Promise<void> {
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  const { [startVariable]: starts = '0', ...others } = Environment?.Variables ?? {};
  await lambda
    .send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: functionName,
        MemorySize: memoryMb,
        Environment: { Variables: { ...others, [startVariable]: String(Number(starts) + 1) } },
      }),
    )
    .catch((error: Error) => {
      throw /memory/i.test(error.message)
        ? new MemoryRefused(`AWS refuses ${memoryMb} MB: ${error.message}`)
        : error;
    });
  await waitUntilFunctionUpdatedV2(
    { client: lambda, maxWaitTime: 120, minDelay: 1, maxDelay: 3 },
    { FunctionName: functionName },
  );
}

/** Lambda keeps environments until their variables change. */
const startVariable = 'TUNE_STARTS';
