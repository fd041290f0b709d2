import type { Context } from '../app.context';

/** What appending takes of the server's parts. */
export type AppendContext = Pick<Context, 'log' | 'notary' | 'tokens' | 'views' | 'streams' | 'clock'>;
