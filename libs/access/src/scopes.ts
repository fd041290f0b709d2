/** What a principal may do. A route names those it needs; nothing else grants anything. */
export const SCOPES = [
  'crises:open',
  'events:append',
  'events:amend',
  'marking:raise',
  'marking:lower',
  'views:read',
  'log:read',
  'log:prove',
  'consumers:use',
  'ops:*',
] as const;

export type Scope = (typeof SCOPES)[number];

export const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

/** Names for sets of scopes, for whoever makes a key. An operator reads no payload, an auditor appends nothing. */
export const ROLES = {
  reporter: ['events:append', 'marking:raise'],
  analyst: ['crises:open', 'events:append', 'events:amend', 'marking:raise', 'marking:lower', 'views:read', 'log:read'],
  reader: ['views:read', 'log:read', 'consumers:use'],
  auditor: ['views:read', 'log:read', 'log:prove', 'consumers:use'],
  operator: ['ops:*'],
} as const satisfies Record<string, readonly Scope[]>;
