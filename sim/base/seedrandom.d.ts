declare module "seedrandom/lib/alea.js" {
  interface AleaState {
    readonly s0: number;
    readonly s1: number;
    readonly s2: number;
    readonly c: number;
  }
  /** Baagøe's Alea generator: uniform in [0, 1), from additions and multiplications that IEEE 754 fixes. */
  function alea(seed: string): () => number;
  function alea(seed: string, options: { readonly state: true }): (() => number) & { state(): AleaState };
  export default alea;
}
