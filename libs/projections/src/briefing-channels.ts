import type { Matter, Sentence } from './briefing-matter';
import { nameOf, namesOf } from './briefing-names';
import { plain } from './briefing-words';
import type { Channel, ChannelState } from './channels';
import { minuteOf, type Minute } from './instant';

const MAX_CHANNELS = 5;

/** Channels of one mediator whose last contact was the same are told together. */
export type ChannelGroup = readonly [Channel, ...Channel[]];

/** The one last used first. */
export function groupsOf(channels: readonly Channel[]): ChannelGroup[] {
  const key = ({ kind, parties, lastContact }: Channel): string => `${kind} ${parties[0]} ${lastContact}`;
  const groups = [...Map.groupBy(channels, key).values()] as unknown as ChannelGroup[];
  return groups.sort(([a], [b]) => a.silenceHours - b.silenceHours);
}

export function between(group: ChannelGroup): string {
  const [{ kind, parties }] = group;
  const others = namesOf(group.map((channel) => channel.parties[1]));
  return kind === 'mediated'
    ? `through ${nameOf(parties[0])} with ${others}`
    : `directly between ${nameOf(parties[0])} and ${others}`;
}

/** Every channel by its state, with its last contact and what came of it. */
export function channelSentences(matter: Matter): Sentence[] {
  const { channels } = matter.status;
  const states: readonly ChannelState[] = ['active', 'stalled', 'closed'];
  const sentences = states.flatMap((state) => {
    const groups = groupsOf(channels.filter((channel) => channel.state === state));
    if (groups.length === 0) return [];
    const shown = groups.slice(0, MAX_CHANNELS).map((group) => `${between(group)} (${lastOf(matter, group[0])})`);
    const text = `${state}: ${shown.join('; ')}${groups.length > MAX_CHANNELS ? '; and others' : ''}.`;
    return [matter.sentence(text, ...groups.map(([channel]) => channel.lastContact))];
  });
  if (channels.some((channel) => channel.state === 'active')) return sentences;
  return [matter.sentence('no channel is active now.', groupsOf(channels)[0]?.[0].lastContact), ...sentences];
}

function lastOf(matter: Matter, { lastContact, lastOutcome }: Channel): string {
  const { instant, timePrecision } = matter.factsOf(lastContact)!;
  const outcome = lastOutcome === null ? '' : `, ${plain(lastOutcome)}`;
  return `${matter.calendar.day(instant, timePrecision)}${outcome}`;
}

/** When the last contact of a channel that is not closed said there would be another. */
export function announcedContacts(matter: Matter): { readonly eventId: string; readonly time: Minute }[] {
  const open = matter.status.channels
    .filter((channel) => channel.state !== 'closed')
    .map((channel) => channel.lastContact);
  return [...new Set(open)].flatMap((eventId) => {
    const time = matter.factsOf(eventId)?.own?.nextContactAt;
    return time === undefined ? [] : [{ eventId, time: minuteOf(time) }];
  });
}
