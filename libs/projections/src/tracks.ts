import type { OwnFields } from './facts';
import type { Incident } from './incidents';
import { DAY, type Minute } from './instant';
import type { Roster } from './parties';
import { isRemembered } from './relevant';

interface Said {
  readonly value: string;
  readonly eventId: string;
}

/** A multilateral body's part in the crisis. */
export interface Track {
  readonly body: string;
  readonly lastEngagement: string;
  readonly lastEngagementAt: string;
  readonly format: string | null;
  /** Engagements within 90 days, the latest first. */
  readonly within90Days: number;
  readonly recent: readonly string[];
  /** The latest word on inspectors' access, and on how an engagement came out. */
  readonly access: Said | null;
  readonly outcome: Said | null;
}

const RECENT = 5;
const COUNT_WITHIN_DAYS = 90;

export const isEngagement = (incident: Incident, at: Minute): boolean =>
  isRemembered(incident, at) && incident.speaker.reach.named.some((member) => member.role === 'body');

/**
 * The bodies that have engaged: by an engagement of their own, or by a contact that names them.
 *
 * @param engagements `isEngagement`s in order
 */
export function tracksOf(engagements: readonly Incident[], roster: Roster, at: Minute): Track[] {
  const byBody = new Map<number, Incident[]>(roster.bodies.map((body) => [body.id, []]));
  for (const engagement of engagements)
    for (const member of engagement.speaker.reach.named) byBody.get(member.id)?.push(engagement);
  return roster.bodies.flatMap((body) => {
    const own = byBody.get(body.id)!;
    return own.length === 0 ? [] : [trackOf(body.code, own, at)];
  });
}

function trackOf(body: string, engagements: readonly Incident[], at: Minute): Track {
  const last = engagements.at(-1)!;
  const within = engagements.filter((engagement) => engagement.facts.instant > at - COUNT_WITHIN_DAYS * DAY);
  return {
    body,
    lastEngagement: last.id,
    lastEngagementAt: last.facts.occurredAt,
    format: last.facts.own?.format ?? null,
    within90Days: within.length,
    recent: within
      .slice(-RECENT)
      .reverse()
      .map((engagement) => engagement.id),
    access: lastSaid(engagements, 'access'),
    outcome: lastSaid(engagements, 'outcome'),
  };
}

function lastSaid(engagements: readonly Incident[], name: keyof OwnFields): Said | null {
  const said = engagements.findLast(({ facts }) => facts.own?.[name] !== undefined);
  return said === undefined ? null : { value: said.facts.own![name] as string, eventId: said.id };
}
