import { CrisisLogClient, PATIENCE, type Patience } from './crisis-log-client';

/** From the environment, never an argument: others see those. */
export const credential = (): Readonly<Record<string, string>> => {
  const key = process.env['CRISIS_LOG_KEY'];
  return key === undefined || key === '' ? {} : { authorization: `Bearer ${key}` };
};

/** The server as every command has it, with the credential of CRISIS_LOG_KEY. */
export const clientOf = (url: string, patience: Patience = PATIENCE): CrisisLogClient =>
  new CrisisLogClient(url, (text) => console.error(`crisis-log: ${text}`), patience, credential());
