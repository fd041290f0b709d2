import { InvalidArgumentError, Option } from 'commander';
import { isCrisisId } from '#catalogue';

export const crisisOption = (what: string): Option => new Option('--crisis <id>', what).argParser(crisisId);

function crisisId(text: string): string {
  if (isCrisisId(text)) return text;
  throw new InvalidArgumentError('a crisis id is a slug such as us-iran.');
}
