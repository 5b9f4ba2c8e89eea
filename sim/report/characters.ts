/** Sets of Unicode characters as ranges, written out: the engine's own tables grow with its version, and a report may not. */

/** Pairs of first and last code point, ascending. */
export type Ranges = readonly (readonly [number, number])[];

/**
 * Characters that act instead of being shown, or are shown as nothing: control characters, soft hyphen, bidirectional
 * marks and overrides, zero-width and other format characters, fillers, line and paragraph separators, halves of
 * surrogate pairs, tags.
 */
export const UNSAFE: Ranges = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xfffe, 0xffff],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/** Marks that combine with the character before, and variation selectors: they take no column of their own. */
export const COMBINING: Ranges = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x0591, 0x05bd],
  [0x0610, 0x061a],
  [0x064b, 0x065f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
];

/** East Asian wide and full-width characters, and emoji: two columns each. */
export const WIDE: Ranges = [
  [0x1100, 0x115e],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Whether a code point lies in one of the ranges. */
export function within(ranges: Ranges, code: number): boolean {
  return ranges.some((range) => range[0] <= code && code <= range[1]);
}
