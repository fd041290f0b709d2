import type { Incident } from './incidents';
import { DAY, HOUR, type Moment, type Minute } from './instant';
import type { Member, Parties } from './parties';

/** Section 6 of the model. 90th percentile and longest gap of Iran-Oman contact days in 2014. */
const STALLED_AFTER = 28 * DAY;
const CLOSED_AFTER = 55 * DAY;

export type ChannelState = 'active' | 'stalled' | 'closed';

export interface Channel {
  readonly kind: 'mediated' | 'direct';
  /** A mediator and a party, or two parties of different sides. */
  readonly parties: readonly [string, string];
  readonly state: ChannelState;
  readonly contacts: number;
  readonly lastContact: string;
  readonly lastContactAt: string;
  readonly silenceHours: number;
  readonly lastOutcome: string | null;
  /** The last contacts, the latest first. */
  readonly recent: readonly string[];
}

/** A channel with what its state follows from. */
export interface Line {
  readonly kind: Channel['kind'];
  readonly parties: readonly [Member, Member];
  readonly contacts: readonly Incident[];
}

const RECENT = 5;
const BROKEN_OFF: ReadonlySet<string> = new Set(['164', '165']);
const REFUSED: ReadonlySet<string> = new Set(['125', '126', '127']);

/** The outcome given, else what the code says by itself. */
export function outcomeOf({ facts }: Incident): string | null {
  if (facts.own?.outcome !== undefined) return facts.own.outcome;
  if (BROKEN_OFF.has(facts.code)) return 'broken_off';
  return REFUSED.has(facts.code) ? 'refused' : null;
}

/**
 * The channels that have had a contact: each mediator with each party, then the direct ones (verified contacts only).
 *
 * @param contacts in order
 */
export function linesOf(contacts: readonly Incident[], parties: Parties, at: Minute): Line[] {
  const mediated = new Map<number, Incident[]>();
  const direct = new Map<number, Incident[]>();
  for (const contact of contacts) {
    const { reach } = contact.speaker;
    for (const key of reach.mediated) append(mediated, key, contact);
    if (contact.verified) for (const key of reach.direct) append(direct, key, contact);
  }
  const line = (kind: Channel['kind'], pair: [Member, Member]): Line[] => {
    const list = (kind === 'direct' ? direct : mediated).get(parties.unorderedKey(...pair));
    return list === undefined ? [] : [{ kind, parties: pair, contacts: list }];
  };
  const roster = parties.at(at);
  return [
    ...roster.mediators.flatMap((mediator) =>
      roster.sides.flat().flatMap((party) => line('mediated', [mediator, party])),
    ),
    ...[...roster.opponents()].flatMap((pair) => line('direct', pair)),
  ];
}

function append(lists: Map<number, Incident[]>, key: number, incident: Incident): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [incident]);
  else list.push(incident);
}

/** A later contact reopens; silence stalls, then closes. */
export function stateOf({ contacts }: Line, at: Moment): ChannelState {
  const last = contacts.at(-1)!;
  const silence = at.ceiling - last.facts.instant;
  if (last.facts.code === '126' || BROKEN_OFF.has(last.facts.code) || outcomeOf(last) === 'broken_off') return 'closed';
  if (silence > CLOSED_AFTER) return 'closed';
  const fruitless = contacts.length >= 2 && contacts.slice(-2).every(isFruitless);
  return silence > STALLED_AFTER || fruitless ? 'stalled' : 'active';
}

const isFruitless = (contact: Incident): boolean => {
  const outcome = outcomeOf(contact);
  return outcome === 'no_progress' || outcome === 'refused';
};

/** The next minute at which silence alone changes the state; undefined when the channel is closed. */
export function nextStateChange(line: Line, at: Moment): Minute | undefined {
  const last = line.contacts.at(-1)!.facts.instant;
  switch (stateOf(line, at)) {
    case 'active':
      return last + STALLED_AFTER + 1;
    case 'stalled':
      return last + CLOSED_AFTER + 1;
    case 'closed':
      return undefined;
  }
}

export function channelOf(line: Line, at: Moment): Channel {
  const last = line.contacts.at(-1)!;
  return {
    kind: line.kind,
    parties: [line.parties[0].code, line.parties[1].code],
    state: stateOf(line, at),
    contacts: line.contacts.length,
    lastContact: last.id,
    lastContactAt: last.facts.occurredAt,
    silenceHours: Math.floor((at.minute - last.facts.instant) / HOUR),
    lastOutcome: outcomeOf(last),
    recent: line.contacts
      .slice(-RECENT)
      .reverse()
      .map((contact) => contact.id),
  };
}
