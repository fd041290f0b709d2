import { RESOLUTION_DAYS } from './alerts';
import { announcedContacts, channelSentences, groupsOf } from './briefing-channels';
import { commitmentSentences } from './briefing-commitments';
import type { Matter, Sentence } from './briefing-matter';
import { namesOf } from './briefing-names';
import { positionSentences } from './briefing-positions';
import { plain } from './briefing-words';
import { startOfDay, type Minute } from './instant';

const MAX_TRACKS = 4;

/** Where diplomacy could go on: channels, willingness, positions, what was promised, the bodies at work, the next dates. */
export function diplomacySentences(matter: Matter): Sentence[] {
  return [
    ...channelSentences(matter),
    ...nextContacts(matter),
    opportunity(matter),
    ...positionSentences(matter),
    ...commitmentSentences(matter),
    ...tracks(matter),
  ];
}

/** Meetings announced by the last contacts: those ahead, and those of which nothing was heard. */
function nextContacts(matter: Matter): Sentence[] {
  const sentences = announcedContacts(matter)
    .filter(({ time }) => time > matter.at || !hasContactSince(matter, startOfDay(time)))
    .map(({ eventId, time }) => {
      const day = matter.calendar.minute(time);
      const text =
        time > matter.at
          ? `a further contact is announced for ${day}, in the ${matter.mention(eventId)}.`
          : `the contact announced for ${day} in the ${matter.mention(eventId)} has not been reported.`;
      return matter.sentence(text, eventId);
    });
  if (sentences.length > 0) return sentences;
  return [matter.sentence('no date of a further contact is on record.', lastContactOf(matter))];
}

/** Whether anybody met: what was announced as a direct contact may have become a mediated one. */
const hasContactSince = ({ input }: Matter, minute: Minute): boolean =>
  input.events.some(({ facts }) => facts.type === 'MediationContactReported' && facts.instant >= minute);

const lastContactOf = ({ status }: Matter): string | undefined => groupsOf(status.channels)[0]?.[0].lastContact;

function opportunity(matter: Matter): Sentence {
  const { state, events } = matter.risk.alerts.resolutionOpportunity;
  const conditions = `willingness of both sides within ${RESOLUTION_DAYS} days, an active channel`;
  const text = state
    ? `the conditions of a resolution opportunity hold (${conditions}): necessary, not sufficient.`
    : `the conditions of a resolution opportunity do not all hold (${conditions}).`;
  return matter.sentence(text, ...(events.length > 0 ? events.toReversed() : [lastContactOf(matter)]));
}

/** What each body did last, or others towards it, the latest first. */
function tracks(matter: Matter): Sentence[] {
  const { tracks } = matter.status;
  if (tracks.length === 0) return [matter.sentence('no engagement of a multilateral body is on record.')];
  const groups = [...Map.groupBy(tracks, (track) => track.lastEngagement)]
    .map(([lastEngagement, its]) => ({ lastEngagement, its, instant: matter.factsOf(lastEngagement)!.instant }))
    .sort((a, b) => b.instant - a.instant)
    .slice(0, MAX_TRACKS);
  const text = groups.map(({ its, instant }) => {
    const { format } = its[0]!;
    const access = its.find((track) => track.access !== null)?.access?.value;
    const details = [matter.calendar.day(instant), format && plain(format), access && `access ${access}`].filter(
      Boolean,
    );
    return `${namesOf(its.map((track) => track.body))} (${details.join(', ')})`;
  });
  const behind = groups.flatMap(({ lastEngagement, its }) => [
    lastEngagement,
    ...its.map((track) => track.access?.eventId),
  ]);
  return [matter.sentence(`last engagements with multilateral bodies: ${text.join('; ')}.`, ...behind)];
}
