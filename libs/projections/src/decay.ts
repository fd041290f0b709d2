import { HOUR, type Minute } from './instant';

/**
 * T[r] = round(2^26 * 2^(-r/168)), r whole hours within a week: what is left of 2^26 with a half-life of
 * seven days. A literal, because powers differ in the last bit between machines; the spec proves every
 * entry by integer powers.
 */
// prettier-ignore
export const DECAY: readonly number[] = [
  67108864, 66832552, 66557377, 66283335, 66010422, 65738632, 65467961, 65198405, 64929959, 64662617,
  64396377, 64131233, 63867181, 63604215, 63342333, 63081529, 62821798, 62563137, 62305541, 62049006,
  61793527, 61539100, 61285720, 61033384, 60782086, 60531823, 60282591, 60034385, 59787201, 59541035,
  59295882, 59051738, 58808600, 58566463, 58325323, 58085175, 57846017, 57607843, 57370650, 57134433,
  56899189, 56664914, 56431603, 56199253, 55967860, 55737419, 55507927, 55279380, 55051774, 54825105,
  54599369, 54374563, 54150683, 53927724, 53705683, 53484557, 53264341, 53045031, 52826625, 52609118,
  52392506, 52176787, 51961955, 51748008, 51534942, 51322753, 51111438, 50900993, 50691415, 50482699,
  50274843, 50067842, 49861694, 49656395, 49451941, 49248329, 49045555, 48843616, 48642508, 48442229,
  48242774, 48044140, 47846324, 47649323, 47453133, 47257750, 47063172, 46869396, 46676417, 46484232,
  46292839, 46102234, 45912414, 45723375, 45535115, 45347630, 45160916, 44974972, 44789793, 44605377,
  44421720, 44238819, 44056671, 43875273, 43694622, 43514715, 43335548, 43157119, 42979425, 42802463,
  42626229, 42450721, 42275935, 42101869, 41928520, 41755885, 41583960, 41412743, 41242231, 41072421,
  40903311, 40734896, 40567176, 40400145, 40233803, 40068145, 39903169, 39738873, 39575253, 39412307,
  39250032, 39088424, 38927483, 38767204, 38607584, 38448622, 38290315, 38132659, 37975653, 37819293,
  37663576, 37508501, 37354065, 37200264, 37047097, 36894560, 36742651, 36591368, 36440707, 36290667,
  36141245, 35992438, 35844243, 35696659, 35549682, 35403311, 35257542, 35112374, 34967803, 34823827,
  34680444, 34537652, 34395447, 34253828, 34112792, 33972337, 33832460, 33693159,
];

export const ONE = 2 ** 26;
export const HALF_LIFE_HOURS = 168;

/** Contributions are zero from this age on: the greatest weight, 7,200, times 2^26 lies below 2^39. */
export const FORGOTTEN_AFTER_WEEKS = 39;

/** Whole hours between two minutes. */
export const ageHours = (from: Minute, to: Minute): number => Math.floor((to - from) / HOUR);

const HALVED: readonly number[] = Array.from({ length: FORGOTTEN_AFTER_WEEKS }, (_, weeks) => 2 ** weeks);

/** What is left of a weight after `hours`, in units of 1 / (80 * 2^26) points: an integer below 2^39. */
export function contribution(weight: number, hours: number): number {
  const halvings = Math.floor(hours / HALF_LIFE_HOURS);
  if (halvings >= FORGOTTEN_AFTER_WEEKS) return 0;
  return Math.floor((weight * DECAY[hours - halvings * HALF_LIFE_HOURS]!) / HALVED[halvings]!);
}

/** The printed decay: what is left of 1 after `hours`. */
export function decayOf(hours: number): number {
  const halvings = Math.floor(hours / HALF_LIFE_HOURS);
  return DECAY[hours - halvings * HALF_LIFE_HOURS]! / ONE / 2 ** halvings;
}
