import { play } from "./testing/make.ts";
import { describePublished } from "./testing/published.ts";

describePublished("published schedules", play);
