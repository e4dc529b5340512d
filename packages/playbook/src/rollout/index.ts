export { decideRollout, type RolloutPolicy } from "./decide-rollout.ts";
