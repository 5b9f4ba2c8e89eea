/** What a step asks of the driver. */
export enum EFFECT {
  none,
  cpu,
  sleep,
  io,
  yield,
  period,
}
