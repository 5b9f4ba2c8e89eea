/** Words that other languages and textbooks have for statements of this one. */

const WORDS: ReadonlyMap<string, string> = new Map([
  ...["lock", "p", "down", "enter", "mutex_lock"].map((word) => [word, "'acquire'"] as const),
  ...["unlock", "v", "up", "leave", "mutex_unlock", "post"].map((word) => [word, "'release'"] as const),
  ["signal", "'release' for a semaphore, 'notify' for a condition, 'set' for an event"],
  ...["notifyall", "broadcast", "signal_all", "signalall"].map((word) => [word, "'notify_all'"] as const),
  ...["fork", "spawn", "go", "run"].map((word) => [word, "'start'"] as const),
  ...["kill", "stop", "cancel"].map((word) => [word, "'terminate'"] as const),
  ...["throw", "error"].map((word) => [word, "'raise'"] as const),
  ...["delay", "pause"].map((word) => [word, "'sleep'"] as const),
  ...["log", "echo", "printf", "println"].map((word) => [word, "'print'"] as const),
  ...["await", "wait_until", "until"].map(
    (word) => [word, "'when' for a condition, 'join' for the end of a process"] as const,
  ),
  ...["send", "enqueue", "push"].map((word) => [word, "'put' for a queue"] as const),
  ...["receive", "dequeue"].map((word) => [word, "'get' for a queue"] as const),
  ["synchronized", "'with' for a lock, 'atomic' for a single step"],
  ["else", "'else' beside the 'then' of an 'if'"],
  ["elif", "an 'if' under 'else'"],
  ["do", "'loop' for what is repeated for ever"],
]);

/** What to write for such a word, or for a statement whose condition stands in its key; null if it is neither. */
export function inOurWords(key: string): string | null {
  const headed = /^(if|while|when|repeat|for|assert)\s+(\S.*)$/.exec(key);
  if (headed !== null) {
    const [, word, rest] = headed;
    const below =
      word === "if" ? ", and below it 'then:'" : word === "when" || word === "assert" ? "" : ", and below it 'do:'";
    return `write '${word}: ${rest}'${below}`;
  }
  const word = WORDS.get(key.toLowerCase());
  return word === undefined ? null : `here that is ${word}`;
}
