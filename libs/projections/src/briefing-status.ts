import { intensityOfAct, LEVEL_DAYS } from './alerts';
import { between, groupsOf } from './briefing-channels';
import type { Matter, Sentence } from './briefing-matter';
import { awaiting, listed, one } from './briefing-words';
import type { Channel } from './channels';
import { DAY } from './instant';
import { MOVEMENT_DAYS } from './present';
import { VERIFIED_FROM } from './weights';

/** Where things stand: the gauges, their balance, the level, the window, the channels, and the analysts' own words. */
export function statusSentences(matter: Matter): Sentence[] {
  return [
    ...closure(matter),
    gauges(matter),
    balance(matter),
    level(matter),
    window(matter),
    channels(matter),
    analysts(matter),
  ];
}

function closure(matter: Matter): Sentence[] {
  const { closed } = matter.status;
  if (closed === null) return [];
  return [matter.sentence(`the crisis was closed on ${matter.calendar.dayOf(closed.occurredAt)}.`, closed.eventId)];
}

function gauges(matter: Matter): Sentence {
  const { risk, band, escalation, diplomacyGauge, diplomacy } = matter.risk;
  const r = `risk R is ${one(risk)} of 100 (${band})`;
  const j = `diplomacy J is ${one(diplomacyGauge)}`;
  const text =
    escalation.movement === 'quiet'
      ? `${r}, ${j}; both are quiet: nothing with weight was reported in ${MOVEMENT_DAYS} days, which is silence and not improvement.`
      : `${r}, escalation ${escalation.movement} over ${MOVEMENT_DAYS} days; ${j}, ${diplomacy.movement}.`;
  return matter.sentence(text, ...matter.drivers(3), ...matter.reliefs(3));
}

/** Rounded as the percentage is: `toFixed` alone makes 0.61 of 0.615. */
const two = (value: number): string => (Math.round(value * 100) / 100).toFixed(2);

function balance(matter: Matter): Sentence {
  const { omega, omegaChange7, outpaces, openLegs } = matter.risk;
  const behind = [...matter.drivers(1), ...matter.reliefs(1)];
  if (omega === null) return matter.sentence('too little weighs on either side for a balance of the two.', ...behind);
  const week = omegaChange7 === null ? '' : `, a week ago ${two(omega - omegaChange7)}`;
  const held = omega > 0.5 && !outpaces ? `, as ${awaiting(openLegs.length)}` : '';
  const verdict = outpaces ? 'diplomacy outpaces escalation' : `diplomacy does not outpace escalation${held}`;
  const text = `of all that weighs, ${Math.round(omega * 100)}% is cooperative (omega ${two(omega)}${week}): ${verdict}.`;
  return matter.sentence(text, ...behind, ...(held === '' ? [] : openLegs));
}

/** In the words of the level. */
const INTENSITIES = [
  'nothing with weight',
  'words and acts short of threats',
  'threats, military postures or sanctions',
  'force',
];

function level(matter: Matter): Sentence {
  const { level, levelReported } = matter.risk;
  const more =
    levelReported === level ? '' : `; with unverified ones ${levelReported} (${INTENSITIES[levelReported]!})`;
  const text = `by verified incidents the level over ${LEVEL_DAYS} days is ${level} of 3 (${INTENSITIES[level]!})${more}.`;
  return matter.sentence(
    text,
    latestOfLevel(matter, level, true),
    more === '' ? undefined : latestOfLevel(matter, levelReported, false),
  );
}

/** The latest report of a level within its days, else a state that still lasts. */
function latestOfLevel({ input, at }: Matter, level: number, verified: boolean): string | undefined {
  const { parties } = input.now;
  const its = input.events.filter(
    ({ facts }) =>
      facts.counts &&
      facts.weight !== 0 &&
      intensityOfAct(facts) === level &&
      facts.eightQ >= VERIFIED_FROM === verified &&
      parties.reach(facts.between, facts.instant).pairs.length > 0,
  );
  return (
    its.findLast(({ facts }) => facts.instant > at - LEVEL_DAYS * DAY) ?? its.findLast(({ facts }) => facts.state)
  )?.eventId;
}

function window(matter: Matter): Sentence {
  const { state, conditions } = matter.status.window;
  if (state === 'unknown') return matter.sentence('the window for diplomacy is unknown: nothing has been reported.');
  const { omega, activeChannel, openLegs } = conditions;
  const share =
    omega === null ? 'there is no balance to tell from' : `omega is ${omega ? 'at least' : 'below'} one half`;
  const active = activeChannel.length === 0 ? 'no channel is active' : 'a channel is active';
  const text = `the window for diplomacy is ${state}: ${share}, ${active}, ${awaiting(openLegs.length)}.`;
  return matter.sentence(text, ...activeChannel, ...openLegs, ...matter.drivers(1));
}

function channels(matter: Matter): Sentence {
  const { channels } = matter.status;
  const last = groupsOf(channels)[0];
  if (last === undefined) return matter.sentence('no contact between the parties or through a mediator is on record.');
  const [active, stalled, closed] = (['active', 'stalled', 'closed'] as const).map((state) =>
    channels.filter((channel) => channel.state === state),
  ) as [Channel[], Channel[], Channel[]];
  const counts = `${groupsOf(active).length} active, ${groupsOf(stalled).length} stalled, ${groupsOf(closed).length} closed`;
  const { lastContact } = last[0];
  const latest = `latest the ${matter.mention(lastContact)}, ${between(last)}`;
  const behind = [...active, ...stalled].map((channel) => channel.lastContact);
  return matter.sentence(`channels used so far: ${counts}; ${latest}.`, lastContact, ...behind);
}

/** Shown as they say it: no word of theirs is computed, and no gauge rests on one. */
function analysts(matter: Matter): Sentence {
  const { trend, hiikLevel, confidence } = matter.status.analysts;
  const day = (issuedAt: string): string => matter.calendar.dayOf(issuedAt);
  const sure = confidence === null ? '' : `, confidence ${confidence}`;
  const said = [
    trend && `the trend ${trend.value} (${day(trend.issuedAt)}${sure})`,
    hiikLevel && `the intensity HIIK ${hiikLevel.value} of 5 (${day(hiikLevel.issuedAt)})`,
  ].filter((judgement) => judgement !== null);
  if (said.length === 0) return matter.sentence('no analyst has named a trend or an intensity.');
  return matter.sentence(`analysts call ${listed(said)}.`, trend?.eventId, hiikLevel?.eventId);
}
