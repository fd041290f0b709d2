/** The parties of a crisis: actor codes that are matched as prefixes. */
export interface Frame {
  readonly sides: readonly { readonly members: readonly string[] }[];
  readonly mediators: readonly string[];
  readonly bodies: readonly string[];
}

type Role =
  { readonly kind: 'side'; readonly side: number } | { readonly kind: 'mediator' } | { readonly kind: 'body' };

interface Member {
  readonly code: string;
  readonly role: Role;
}

/** Which rows belong to a crisis. */
export interface Fit {
  /** Whether one of the codes is of a party that the import is about. */
  isAbout(codes: readonly string[]): boolean;
  /**
   * Whether some ordered pair of different members, one from each end, lies on different sides, or on one side and
   * with a mediator or body (docs of the risk model, section 1). An empty target end is the source end.
   */
  hasPair(source: readonly string[], target: readonly string[]): boolean;
  isMediator(code: string): boolean;
}

/** `about`: actor codes, matched as prefixes; by default the members of the first side. */
export const fitTo = (frame: Frame, about: readonly string[] = frame.sides[0]?.members ?? []): Fit => {
  const members = membersOf(frame);
  const memberOf = (code: string) => members.find((member) => code.startsWith(member.code));
  const present = (codes: readonly string[]) =>
    codes.map(memberOf).filter((member): member is Member => member !== undefined);
  return {
    isAbout: (codes) => codes.some((code) => about.some((party) => code.startsWith(party))),
    hasPair: (source, target) => {
      const targets = present(target.length > 0 ? target : source);
      return present(source).some((a) => targets.some((b) => a !== b && counts(a.role, b.role)));
    },
    isMediator: (code) => memberOf(code)?.role.kind === 'mediator',
  };
};

/** Longest code first, so that the first prefix found is the longest; a code listed twice keeps its first role. */
const membersOf = ({ sides, mediators, bodies }: Frame): Member[] => {
  const listed: Member[] = [
    ...sides.flatMap(({ members }, side) => members.map((code) => ({ code, role: { kind: 'side', side } as const }))),
    ...mediators.map((code) => ({ code, role: { kind: 'mediator' } as const })),
    ...bodies.map((code) => ({ code, role: { kind: 'body' } as const })),
  ];
  const first = new Map(listed.toReversed().map((member) => [member.code, member]));
  return [...first.values()].sort((a, b) => b.code.length - a.code.length);
};

const counts = (a: Role, b: Role): boolean =>
  a.kind === 'side' && b.kind === 'side' ? a.side !== b.side : (a.kind === 'side') !== (b.kind === 'side');
