import type { Chapter, Frame } from './frame';
import type { Minute } from './instant';

/** A member of the crisis, in one chapter of it. */
export interface Member {
  /** The same for one code in all chapters of a frame. */
  readonly id: number;
  readonly code: string;
  readonly role: 'side' | 'mediator' | 'body';
  /** Index in `sides`; -1 for mediators and bodies. */
  readonly side: number;
}

/** An ordered pair of members that counts: across sides, or a side's member and a mediator or body. */
export interface Pair {
  readonly key: number;
  readonly from: Member;
  readonly to: Member;
  /** The two are on different sides. */
  readonly adversarial: boolean;
}

/** Whom an event connects: the members at each of its ends, once each and in order, and the pairs that count. */
export interface Reach {
  readonly source: readonly Member[];
  readonly target: readonly Member[];
  readonly named: readonly Member[];
  readonly pairs: readonly Pair[];
  readonly adversarial: readonly Pair[];
  /**
   * Unordered keys of the channels that a contact between them belongs to: of a mediator with every party named, else
   * of the parties directly.
   */
  readonly mediated: readonly number[];
  readonly direct: readonly number[];
}

/** The members of a frame, chapter by chapter. Compiled once per view; lookups are cached by the codes named. */
export class Parties {
  private readonly ids = new Map<string, number>();
  private readonly rosters: Roster[];
  private readonly size: number;

  constructor(frame: Frame) {
    const all = frame.chapters.flatMap((c) => [...c.sides.flatMap((s) => s.members), ...c.mediators, ...c.bodies]);
    for (const code of all) if (!this.ids.has(code)) this.ids.set(code, this.ids.size);
    this.size = this.ids.size;
    this.rosters = frame.chapters.map((chapter) => new Roster(chapter, this.ids));
  }

  /** The chapter in force at an instant: the last that has begun. */
  at(instant: Minute): Roster {
    let i = this.rosters.length - 1;
    while (i > 0 && this.rosters[i]!.from > instant) i--;
    return this.rosters[i]!;
  }

  /** The key of the ordered pair (from, to); keys are dense enough to index by. */
  pairKey(from: Member, to: Member): number {
    return from.id * this.size + to.id;
  }

  unorderedKey(a: Member, b: Member): number {
    return a.id < b.id ? this.pairKey(a, b) : this.pairKey(b, a);
  }

  /** Whom the codes `between` (as in `Facts`) connect at an instant. */
  reach(between: string, instant: Minute): Reach {
    const roster = this.at(instant);
    let reach = roster.reaches.get(between);
    if (reach === undefined) roster.reaches.set(between, (reach = this.connect(roster, between)));
    return reach;
  }

  private connect(roster: Roster, between: string): Reach {
    const [sourceCodes, targetCodes] = between.split('>') as [string, string];
    const source = roster.membersOf(sourceCodes);
    const target = targetCodes === '' ? source : roster.membersOf(targetCodes);
    const pairs: Pair[] = [];
    for (const from of source)
      for (const to of target)
        if (from.side !== to.side)
          pairs.push({ key: this.pairKey(from, to), from, to, adversarial: from.side >= 0 && to.side >= 0 });
    const named = [...new Set([...source, ...target])];
    const adversarial = pairs.filter((pair) => pair.adversarial);
    const mediators = named.filter((member) => member.role === 'mediator');
    const opponents = new Set(adversarial.map(({ from, to }) => this.unorderedKey(from, to)));
    return {
      source,
      target,
      named,
      pairs,
      adversarial,
      mediated: mediators.flatMap((mediator) =>
        named.filter((member) => member.role === 'side').map((party) => this.unorderedKey(mediator, party)),
      ),
      direct: mediators.length > 0 ? [] : [...opponents],
    };
  }
}

/** Who is who in one chapter. A code listed twice has its first role in the order sides, mediators, bodies. */
export class Roster {
  readonly from: Minute;
  /** Members of the sides, side by side. */
  readonly sides: readonly (readonly Member[])[];
  readonly mediators: readonly Member[];
  readonly bodies: readonly Member[];
  readonly issues: readonly string[];
  readonly reaches = new Map<string, Reach>();
  private readonly members = new Map<string, Member>();

  constructor(chapter: Chapter, ids: ReadonlyMap<string, number>) {
    const join = (role: Member['role'], side: number) => (code: string) =>
      this.members.has(code) ? [] : [this.enrol({ id: ids.get(code)!, code, role, side })];
    this.from = chapter.from;
    this.sides = chapter.sides.map(({ members }, side) => members.flatMap(join('side', side)));
    this.mediators = chapter.mediators.flatMap(join('mediator', -1));
    this.bodies = chapter.bodies.flatMap(join('body', -1));
    this.issues = chapter.issues;
  }

  private enrol(member: Member): Member {
    this.members.set(member.code, member);
    return member;
  }

  /** The member that an actor code belongs to: the longest member code that is a prefix of it. */
  memberOf(code: string): Member | undefined {
    for (let length = code.length; length > 0; length--) {
      const member = this.members.get(code.slice(0, length));
      if (member !== undefined) return member;
    }
    return undefined;
  }

  /** The members behind comma-separated actor codes, each once, in the order in which they are named. */
  membersOf(codes: string): Member[] {
    const members = new Set<Member>();
    for (const code of codes.split(',')) {
      const member = this.memberOf(code);
      if (member !== undefined) members.add(member);
    }
    return [...members];
  }

  /** Pairs of parties on different sides, in the order of the lists. */
  *opponents(): Iterable<[Member, Member]> {
    for (const [i, side] of this.sides.entries())
      for (const a of side) for (const other of this.sides.slice(i + 1)) for (const b of other) yield [a, b];
  }
}
