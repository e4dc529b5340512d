/** Operators' names for a duration without a unit, spelled as `FieldReader` folds them. */
export const DURATION_NAMES = [
  "request_time",
  "req_time",
  "request_rt",
  "response_time",
  "duration",
  "request_duration",
  "latency",
  "elapsed",
  "elapsed_time",
  "time_taken",
  "total_time",
  "took",
  "rt",
];
