import { cameo } from '#catalogue';

/** The English of a briefing: pure functions of numbers and of words of the vocabularies. */

/** `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A word of a vocabulary as one reads it: `roughly_even_chance`, `air_or_drone_strike`. */
export const plain = (word: string): string => word.replaceAll('_', ' ');

export const one = (value: number): string => (Math.round(value * 10) / 10).toFixed(1);

/** How a number came to be what it is: `rose from 1.0 to 2.0`. */
export function moved(from: number, to: number): string {
  if (one(from) === one(to)) return `stayed at ${one(to)}`;
  return `${to > from ? 'rose' : 'fell'} from ${one(from)} to ${one(to)}`;
}

export const counted = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${count === 0 ? 'no' : count} ${count === 1 ? noun : nouns}`;

export const awaiting = (legs: number): string =>
  `${legs === 0 ? 'no strike waits' : counted(legs, 'strike waits', 'strikes wait')} for an answer`;

const NOUNS: Readonly<Record<string, string>> = {
  StrikeReported: 'strike',
  RetaliationReported: 'retaliation',
  MediationContactReported: 'contact',
  SanctionsStatementIssued: 'sanctions statement',
  MultilateralEngagementReported: 'multilateral engagement',
  ConfidenceBuildingMeasureReported: 'confidence-building measure',
  OfficialStatementIssued: 'statement',
  AnalystAssessmentIssued: 'assessment',
};

/** What to call one event. Shows of force and detentions are filed with the strikes, and are none. */
export function nounOf(type: string, code: string | undefined): string {
  const entry = code === undefined || type !== 'StrikeReported' ? undefined : cameo(code);
  return entry?.kinetic === false ? plain(entry.subType) : (NOUNS[type] ?? 'event');
}

/** What a code says where nobody has said it in words. */
export const deedOf = (code: string): string => `${plain(cameo(code)?.subType ?? 'event')} (CAMEO ${code})`;

const HEADLINE = 140;

/** The first sentence of a text, in one line and without its full stop, since it will be quoted. */
export function headline(text: string): string {
  const line = oneLine(text);
  const end = /[\p{Ll}\d)”’"'%][.!?](?= +[\p{Lu}“"])/u.exec(line);
  return shortened(end === null ? line : line.slice(0, end.index + 2), HEADLINE);
}

/** Cut at a word where it is too long. */
export function shortened(text: string, most: number): string {
  const line = oneLine(text);
  if (line.length <= most) return line.replace(/\.$/, '');
  const space = line.lastIndexOf(' ', most - 1);
  return `${line.slice(0, space > 0 ? space : most - 1).replace(/(?<!\p{Lu})[,;:.]$/u, '')}…`;
}

/** What others wrote must not break the line, nor turn the direction of what stands after it. */
export const oneLine = (text: string): string =>
  text.replace(/[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
