/** CAMEO: 3 to 15 capital letters, country first, then role. */
export const ACTOR_CODE_PATTERN = '^[A-Z]{3,15}$';

const ACTOR_CODE = new RegExp(ACTOR_CODE_PATTERN);

export const isActorCode = (text: unknown): text is string => typeof text === 'string' && ACTOR_CODE.test(text);
