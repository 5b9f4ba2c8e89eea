/** What the JavaScript peers share: timing, peak memory and the one line of JSON that bench/run.mjs reads. */

/**
 * Runs `simulate`, which returns { check, …extra }, and prints the line.
 * @param {() => { check: number }} simulate one whole simulation
 * @param {number} events how many events of the model that is (the same number for every engine)
 */
export function measure(simulate, events) {
  const start = performance.now();
  const result = simulate();
  const seconds = (performance.now() - start) / 1000;
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ events, seconds, peakRssMb, ...result }));
}
