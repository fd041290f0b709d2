/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /**
   * A bundle or a record is not what it claims to be, or some rows were refused by the server, or could not be sent.
   */
  refused: 1,
  /** The command line is wrong: no such format, file, crisis, or a file of another format. */
  usage: 2,
  /** The server could not be reached, or failed, until the retries were used up. Running it again continues. */
  unreachable: 3,
  /** Ctrl-C, as shells have it: 128 and the number of the signal. */
  interrupted: 130,
} as const;

/** The same for `--help` of every command. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done; verified; consistent
  1    refused, with the reason (import: some rows)
  2    wrong usage, or a question that the server refuses
  3    server unreachable, which says nothing of the record; running it again continues
  130  interrupted`;

/** A wrong command line; the message is one sentence. */
export class UsageError extends Error {}

/** The server gave no definite answer; what it had stored is stored. */
export class ServerUnreachable extends Error {}
