import type { FastifyRequest } from 'fastify';
import type { Level } from '#event-log';

/** Who asks. Every route takes its reader's level from here and nowhere else. */
export interface Principal {
  readonly name: string;
  readonly level: Level;
  /** May see revisions and positions: the plain numbers that reveal how much there is. */
  readonly seesNumbers: boolean;
}

/** The principal of a server without credentials, which binds to loopback only. */
export const OPEN: Principal = Object.freeze({ name: 'open', level: 'RED', seesNumbers: true });

/**
 * Who sent this request, at the level that holds in this crisis. Without a crisis: at the level that holds
 * everywhere. Nobody else may be asked.
 */
export const readerOf = (_request: FastifyRequest, _crisisId?: string): Principal => OPEN;
