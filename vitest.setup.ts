/** CI judges the commit and not the luck of a draw: its property tests have a fixed seed. On a desk they try new programs each time. */
import * as fc from "fast-check";

const CI_SEED = 20261120;

if (process.env.CI !== undefined) fc.configureGlobal({ seed: CI_SEED });
