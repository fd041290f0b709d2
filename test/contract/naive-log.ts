import { isDeepStrictEqual } from 'node:util';
import { AppendRequest, Level, LEVELS, NewEvent } from '#event-log';

interface Place {
  stream: string;
  revision: number;
  position: number;
}
type Kept = NewEvent & Place & { principal: string };

/** What a log decides, written for clarity alone: the oracle of the model test. Knows neither threads nor columns. */
export class NaiveLog {
  private kept: Kept[] = [];

  places() {
    return this.kept.map(({ stream, revision, id, position }) => ({ stream, revision, id, position }));
  }

  appendEach(request: AppendRequest): unknown {
    return request.events.flatMap((event) => this.append({ ...request, events: [event] }));
  }

  append({ stream, events, expected, writer }: AppendRequest): unknown {
    const own = this.kept.filter((event) => event.stream === stream);
    const head = own.length - 1;
    const sees = (all: Kept[], level: Level) => (event: Kept) => rank(levelOf(event, all)) <= rank(level);
    const refuse = (type: string, index?: number, id?: string, actual?: number) => ({ type, index, id, actual });

    const twice = events.findIndex(({ id }, i) => events.findIndex((other) => other.id === id) < i);
    if (twice >= 0) return refuse('duplicate-id-in-append', twice, events[twice]!.id);

    const isBelowFloor = own.length > 0 && rank(writer.level) < rank(own[0]!.marking as Level);
    const isAsked = expected === 'no_stream' || expected === 'stream_exists' || typeof expected === 'object';
    const isHidden = isBelowFloor && isAsked;
    const isOwn = ({ id }: NewEvent) => own.some((event) => event.id === id && event.principal === writer.principal);
    if (isHidden && !events.every(isOwn)) return refuse('wrong-expected-revision', undefined, undefined, -1);

    const known = events.map(({ id }) => own.find((event) => event.id === id));
    const isTaken = (event: NewEvent, old: Kept | undefined) =>
      old !== undefined &&
      (!isDeepStrictEqual(old.element, event.element) ||
        !(old.principal === writer.principal || sees(own, writer.level)(old)));
    const taken = events.findIndex((event, i) => isTaken(event, known[i]));
    if (taken >= 0 && isHidden) return refuse('wrong-expected-revision', undefined, undefined, -1);
    if (taken >= 0) return refuse('event-id-taken', taken, events[taken]!.id);
    if (known.every((old) => old !== undefined)) return known.map((old) => placeOf(old, true));
    const old = known.findIndex((event) => event !== undefined);
    if (old >= 0) return refuse('event-id-taken', old, events[old]!.id);

    if (typeof expected === 'object') {
      const visible = own.filter(sees(own, expected.level)).map(({ revision }) => revision);
      const last = Math.max(-1, ...visible);
      if (last > expected.seen || expected.seen > head)
        return refuse('wrong-expected-revision', undefined, undefined, last);
    } else if (
      (expected === 'no_stream' && head !== -1) ||
      (expected === 'stream_exists' && head === -1) ||
      (typeof expected === 'number' && expected !== head)
    ) {
      return refuse('wrong-expected-revision', undefined, undefined, head);
    }

    const all = [...own];
    const lowered: { index: number; target: Kept; before: Level }[] = [];
    for (const [index, event] of events.entries()) {
      const proposed = {
        ...event,
        stream,
        revision: all.length,
        position: this.kept.length + index,
        principal: writer.principal,
      };
      for (const { id, types } of event.references) {
        const named = all.find((other) => other.id === id);
        const visible = (other: Kept) => other.revision > head || sees(all, writer.level)(other);
        if (named === undefined || !visible(named)) return refuse('reference-not-found', index, id);
        const counts = all.filter((other) => other.target === id && other.contentType && visible(other));
        const asTypes = [named.type, ...counts.map(({ contentType }) => contentType!)];
        if (types && !asTypes.some((type) => types.includes(type)))
          return refuse('reference-type-not-allowed', index, id);
        if (event.marks) continue;
        const marking = event.marking === 'inherit' ? levelOf(proposed, all) : event.marking;
        if (rank(marking) < rank(levelOf(named, all))) return refuse('marking-too-low', index, id);
      }
      if (event.marks) {
        const target = all.find((other) => other.id === event.target)!;
        lowered.push({ index, target, before: levelOf(target, all) });
      }
      all.push(proposed);
    }
    const seen = new Set<Kept>();
    for (const { index, target, before } of lowered) {
      if (seen.has(target)) continue;
      seen.add(target);
      const after = rank(levelOf(target, all));
      const hidden = all.some(
        (other) =>
          other.target === target.id && !other.marks && isInForce(other, all) && rank(levelOf(other, all)) > after,
      );
      if (after < rank(before) && hidden) return refuse('amendment-hidden', index);
    }

    const added = all.slice(own.length);
    this.kept.push(...added);
    return added.map((event) => placeOf(event, false));
  }
}

const rank = (level: Level) => LEVELS.indexOf(level);

const placeOf = ({ id, revision, position }: Kept, repeated: boolean) => ({ id, revision, position, repeated });

function levelOf(event: Kept, all: Kept[]): Level {
  const target = all.find((other) => other.id === event.target);
  const marks = all.filter((other) => other.marks && other.target === event.id).map((other) => other.marks!);
  const own = event.marks ? 'inherit' : (marks.at(-1) ?? event.marking);
  const levels = [...(own === 'inherit' ? [] : [own]), ...(target ? [levelOf(target, all)] : [])];
  return levels.sort((a, b) => rank(b) - rank(a))[0] ?? 'CLEAR';
}

const isInForce = (amendment: Kept, all: Kept[]): boolean =>
  !all.some((other) => other.target === amendment.id && !other.marks && !other.contentType && isInForce(other, all));
