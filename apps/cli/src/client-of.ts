import { CrisisLog, type Patience } from '#client';

/**
 * The server as every command has it. The credential comes from the environment, never from an argument: others see
 * those.
 */
export const clientOf = (url: string, patience?: Patience): CrisisLog =>
  new CrisisLog(url, {
    key: process.env['CRISIS_LOG_KEY'] || undefined,
    ...(patience && { patience }),
    onTrouble: ({ message }) => console.error(`crisis-log: ${message}; trying again`),
  });
