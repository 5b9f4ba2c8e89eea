/** What a step asks of the driver. */
export const EFFECT = { none: 0, cpu: 1, sleep: 2, io: 3, yield: 4, period: 5 } as const;
export type Effect = (typeof EFFECT)[keyof typeof EFFECT];
