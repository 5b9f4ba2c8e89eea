/** What a machine is to keep beside its state. */
export interface MachineOptions {
  /** keep `reads` and `writes` of each step */
  readonly recording?: boolean;
  /** keep the incremental hash */
  readonly hashing?: boolean;
  /** grains in one unit of time; only a timed driver needs it */
  readonly grainsPerUnit?: number;
  /** after so many steps generated functions take over (see generate.ts), with the same results; Infinity: never */
  readonly hot?: number;
}
