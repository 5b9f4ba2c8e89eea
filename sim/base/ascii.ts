/**
 * Whether a text consists of printable ASCII characters alone, as nearly all do: whoever looks for others need not, and
 * patterns and tables for the characters of any script take milliseconds to build.
 */
export function isPrintableAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
