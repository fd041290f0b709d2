import { Level, LEVELS, Revision, StoredMarking } from './event-log';

/** What the log knows of an event when it decides: columns, never content. */
export interface EventFacts {
  readonly id: string;
  readonly revision: Revision;
  readonly type: string;
  readonly marking: StoredMarking;
  /** The event this one amends. An amendment with neither `marks` nor `contentType` is a retraction. */
  readonly target?: string | undefined;
  /** The marking it gives its target. */
  readonly marks?: Level | undefined;
  /** The type it corrects its target to. */
  readonly contentType?: string | undefined;
}

export interface History {
  find(id: string): EventFacts | undefined;
  /** The events that target this one, oldest first. */
  amendmentsOf(id: string): readonly EventFacts[];
}

export const rank = (level: Level): number => LEVELS.indexOf(level);

export const isBelow = (a: Level, b: Level): boolean => rank(a) < rank(b);

/**
 * The marking in force: the highest along the chain of targets, where each event counts with the marking last
 * given to it, else with its own. `inherit` adds nothing, and a change of marking is exactly as visible as its target.
 */
export function levelInForce(event: EventFacts, history: History): Level {
  let highest = 0;
  for (let link: EventFacts | undefined = event; link !== undefined;) {
    const own = link.marks === undefined ? lastMarking(link, history) : 'inherit';
    if (own !== 'inherit') highest = Math.max(highest, rank(own));
    if (link.target === undefined) return LEVELS[highest]!;
    link = history.find(link.target);
  }
  return 'RED'; // A chain that ends nowhere: nobody knows, so almost nobody sees.
}

const lastMarking = (event: EventFacts, history: History): StoredMarking =>
  history.amendmentsOf(event.id).findLast((amendment) => amendment.marks !== undefined)?.marks ?? event.marking;

/** Which way an event's own marking would move. No change counts as raising: nobody new would see the event. */
export function directionOf(given: Level, target: EventFacts, history: History): 'raise' | 'lower' {
  const own = lastMarking(target, history);
  return own !== 'inherit' && isBelow(given, own) ? 'lower' : 'raise';
}

export const isRetraction = ({ target, marks, contentType }: EventFacts): boolean =>
  target !== undefined && marks === undefined && contentType === undefined;

/** An amendment is in force unless a retraction in force targets it. */
export function isInForce(amendment: EventFacts, history: History): boolean {
  const chain = [amendment];
  for (const event of chain) chain.push(...history.amendmentsOf(event.id).filter(isRetraction));
  const retracted = new Set<string | undefined>();
  // A retraction comes after what it retracts, so going backwards each is decided before it is needed.
  for (const event of chain.reverse()) if (!retracted.has(event.id)) retracted.add(event.target);
  return !retracted.has(amendment.id);
}
