import { EventLogError } from '#event-log';
import { FaultyRecord } from './audit/notary-engine';
import { InvalidConfig } from './environment';

/**
 * Why the server did not start, in one line for its operator: what is wrong with its surroundings, and what to do.
 * Undefined for a fault of the program itself, whose stack trace is worth showing.
 */
export function whyNotStarted(error: unknown): string | undefined {
  if (error instanceof InvalidConfig) return error.message;
  if (error instanceof FaultyRecord && error.fault.kind !== 'key')
    return `The crisis log does not serve: ${error.message}. ${NEXT[error.fault.kind]}`;
  const reason =
    error instanceof EventLogError || error instanceof FaultyRecord
      ? error.message
      : ofTheSystem(error as Partial<SystemError>);
  return reason && `The crisis log cannot start: ${reason}.`;
}

const NEXT = {
  record: 'Keep DATA_DIR as it is and restore a backup elsewhere.',
  'split-view': 'Keep everything as it is, and see "A split view" in docs/audit.md.',
};

interface SystemError extends Error {
  readonly code: string;
  readonly path: string;
  readonly address: string;
  readonly port: number;
}

function ofTheSystem({ code, path, address, port, message }: Partial<SystemError>): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `another program listens on ${address}:${port}; stop it, or set PORT (0 takes a free one)`;
    case 'EACCES':
      if (port !== undefined) return `port ${port} needs privileges; set PORT to 1024 or above`;
      return `${path} may not be written; set DATA_DIR to a folder of your own`;
    case 'EADDRNOTAVAIL':
      return `${address} is no address of this machine; set HOST`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path} is not a folder; set DATA_DIR to one`;
    case 'EPERM':
    case 'EROFS':
      return `${path} cannot be written; set DATA_DIR to a folder of your own`;
    case 'ENOSPC':
      return 'the disk is full';
    case 'ERR_SQLITE_ERROR':
      return `the record in DATA_DIR cannot be opened (${message})`;
    default:
      return undefined;
  }
}
