import { BrokenChain } from '#access';
import { EventLogError } from '#event-log';
import { Refusal } from '#ledger';
import { RecordFault } from '#notary';
import { EXIT } from '../exit-codes';

interface Form {
  readonly json: boolean;
}

/** Prints a result for people, or as JSON with hashes in base64. */
export function report<T extends object>({ json }: Form, result: T, print: (result: T) => string): void {
  console.log(json ? JSON.stringify(result, hashesAsText, 2) : print(result));
}

/** Does the work; a refusal of a bundle, a record or a log of reads is reported as its result, with exit code 1. */
export async function refusing(form: Form, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRefused(error)) throw error;
    report(form, refusalOf(error), () => `REFUSED: ${error.message}`);
    process.exitCode = EXIT.refused;
  }
}

type Refused = Refusal | RecordFault | BrokenChain | EventLogError;

const isRefused = (error: unknown): error is Refused =>
  [Refusal, RecordFault, BrokenChain, EventLogError].some((kind) => error instanceof kind);

function refusalOf(error: Refused): object {
  if (error instanceof Refusal) return { refused: error.reason, detail: error.detail, ...error.where };
  if (error instanceof BrokenChain) return { refused: 'broken-chain', detail: error.message, line: error.line };
  if (error instanceof EventLogError) return { refused: error.type, detail: error.message };
  return { refused: error.kind, detail: error.detail, position: error.position, to: error.to };
}

const hashesAsText = (_name: string, value: unknown): unknown => {
  const bytes =
    (value as { type?: string; data?: number[] } | null)?.type === 'Buffer'
      ? (value as { data: number[] }).data
      : value;
  return bytes !== value || value instanceof Uint8Array ? Buffer.from(bytes as number[]).toString('base64') : value;
};
