import { InvalidArgumentError, Option } from 'commander';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Of every command that asks a server. */
export const urlOption = (): Option =>
  new Option('--url <url>', 'the server').env('CRISIS_LOG_URL').default(DEFAULT_URL).argParser(serverUrl);

function serverUrl(text: string): string {
  if (URL.parse(text)?.protocol.match(/^https?:$/)) return text;
  throw new InvalidArgumentError(`a server is named like ${DEFAULT_URL}.`);
}
