import { changesOf, type Change } from './briefing-ahead';
import { announcedContacts } from './briefing-channels';
import type { Matter, Sentence } from './briefing-matter';
import { namesOf } from './briefing-names';
import { counted, plain, shortened } from './briefing-words';
import type { Facts } from './facts';
import { DAY, minuteOf, type Minute } from './instant';

const MAX_DATES = 6;
const MAX_CHANGES = 5;
const AHEAD_DAYS = 60;
const MAX_JUDGEMENT = 320;

/** What is certain of the time ahead: what silence alone will change, the dates that were set, and the analysts' outlook. */
export function outlookSentences(matter: Matter): Sentence[] {
  return [...nextChange(matter), ...dates(matter), ...analysts(matter)];
}

function nextChange(matter: Matter): Sentence[] {
  const { nextChangeAt } = matter.risk;
  if (nextChangeAt === null) {
    const text = `if nothing more is reported, no band, state or alert changes within ${AHEAD_DAYS} days.`;
    return [matter.sentence(text, matter.lastEvent)];
  }
  const when = matter.calendar.minute(minuteOf(nextChangeAt));
  const changes = changesOf(matter, minuteOf(nextChangeAt)).slice(0, MAX_CHANGES);
  const text = changes.map((change) => change.text).join('; ');
  return [
    matter.sentence(
      `if nothing more is reported, the next change comes on ${when}: ${text}.`,
      ...changes.flatMap((change) => change.events),
    ),
  ];
}

interface Dated extends Change {
  readonly time: Minute;
}

/** Deadlines, measures that run out and contacts announced, within 60 days, the nearest first. */
function dates(matter: Matter): Sentence[] {
  const ahead = [...deadlines(matter), ...expiries(matter), ...contacts(matter)]
    .filter(({ time }) => time > matter.at && time <= matter.at + AHEAD_DAYS * DAY)
    .sort((a, b) => a.time - b.time);
  if (ahead.length === 0)
    return [
      matter.sentence(`no deadline, expiry or meeting is on record for the next ${AHEAD_DAYS} days.`, matter.lastEvent),
    ];
  return ahead
    .slice(0, MAX_DATES)
    .map(({ time, text, events }) => matter.sentence(`${matter.calendar.minute(time)}: ${text}.`, ...events));
}

const deadlines = (matter: Matter): Dated[] =>
  matter.status.demands.flatMap(({ eventId, by, to, deadlineAt }) => {
    if (deadlineAt === null) return [];
    const text = `deadline of ${namesOf(by)} to ${namesOf(to)}, set in the ${matter.mention(eventId)}`;
    return [{ time: minuteOf(deadlineAt), text, events: [eventId] }];
  });

const expiries = (matter: Matter): Dated[] =>
  matter.status.measures.flatMap(({ eventId, by, with: others, measure, expiresAt }) =>
    expiresAt === null
      ? []
      : [
          {
            time: minuteOf(expiresAt),
            text: `the ${plain(measure ?? 'measure')} of ${namesOf([...by, ...others])} runs out`,
            events: [eventId],
          },
        ],
  );

const contacts = (matter: Matter): Dated[] =>
  announcedContacts(matter).map(({ eventId, time }) => ({
    time,
    text: `contact announced in the ${matter.mention(eventId)}`,
    events: [eventId],
  }));

/** The latest assessment, in its own words and with its own doubts. */
function analysts(matter: Matter): Sentence[] {
  const latest = matter.input.events.findLast(({ facts }) => facts.type === 'AnalystAssessmentIssued');
  if (latest === undefined) return [matter.sentence('no analyst has given an outlook.')];
  const { eventId, facts } = latest;
  const { summary, data } = matter.contentOf(eventId) ?? {};
  const said = summary === undefined ? ' is without text' : `: “${shortened(summary, MAX_JUDGEMENT)}”`;
  const head = `the analysts’ outlook of ${matter.calendar.day(facts.instant, facts.timePrecision)}`;
  const basedOn = facts.own?.basedOn ?? [];
  const outlook = matter.sentence(`${head}${reach(matter, facts)}${said}.`, eventId, ...basedOn);
  const dissent = data?.['dissent'];
  if (typeof dissent !== 'string') return [outlook];
  return [outlook, matter.sentence(`dissent among them: “${shortened(dissent, MAX_JUDGEMENT)}”.`, eventId)];
}

/** How sure they are, how far they look, and what it rests on, in brackets. */
function reach({ calendar, at }: Matter, { own, instant }: Facts): string {
  const { likelihood, confidence, horizonDays, basedOn } = own ?? {};
  const ends = horizonDays === undefined ? undefined : instant + horizonDays * DAY;
  const details = [
    likelihood && `likelihood “${plain(likelihood)}”`,
    confidence && `confidence ${confidence}`,
    ends !== undefined && `${ends < at ? 'over since' : 'until'} ${calendar.day(ends)}`,
    basedOn && `based on ${counted(basedOn.length, 'event')}`,
  ].filter(Boolean);
  return details.length === 0 ? '' : ` (${details.join(', ')})`;
}
