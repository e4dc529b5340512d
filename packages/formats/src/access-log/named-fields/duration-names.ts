/** What operators call a duration without its unit, in the spelling of `FieldReader`. */
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
