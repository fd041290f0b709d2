import { CrisisLog, type Patience } from '#client';

/**
 * The client that every command uses. The credential comes from the environment, never from an argument, which other
 * users of the machine could see.
 */
export const clientOf = (url: string, patience?: Patience): CrisisLog =>
  new CrisisLog(url, {
    key: process.env['CRISIS_LOG_KEY'] || undefined,
    ...(patience && { patience }),
    onTrouble: ({ message }) => console.error(`crisis-log: ${message}; trying again`),
  });
