/*
 * The scanned bytes and the counts: the buffer, the events for JavaScript, the shapes of paths and their counts, and counts over time. Part
 * of scan.c.
 */
#define BUFFER_BYTES (4 << 20)
/* Longer lines are left to the parsers, unless they are of the scanner's own format. */
#define MAX_LINE 16384
#define MAX_SHAPES 16384
#define TABLE (MAX_SHAPES * 4)
#define CLASSES 8
#define LATENCY 62
#define MAX_EVENTS 8192
#define EXPORT(name) __attribute__((export_name(name)))
/*
 * For code that a log of the combined format never needs. Kept out of the functions that it does need, it lets V8 compile them in half the
 * time.
 */
#define SELDOM static __attribute__((noinline))
/* For code that every line of the combined format needs. It is inlined, however often it is used. */
#define ALWAYS static inline __attribute__((always_inline))

/* The failing lines that the full parsers read as well, as in scanner.ts. */
#define FIRST_LOOKS 500
#define LOOK_EVERY 256
#define FIRST_OF_SHAPE 3
#define MAX_FAILURES 1024
#define FAILURE_TABLE (MAX_FAILURES * 4)
#define STEPS 96
#define SAMPLE 256

/* For a new shape, `start` has a bit for each segment that is a value because its place is crowded. */
typedef struct {
  uint32_t kind, start, end, path, path_end, method, shape, status;
  int32_t duration_ms;
  uint32_t method_end;
  double time_ms;
} event;

/* CHECK is a line that was read and that the parsers shall read as well. PEER names who answered, in the order of `peers`. */
enum { OTHER = 1, FAILURE = 2, SHAPE = 3, CHECK = 4, PEER = 5 };

/* A Series of series.ts: counts in buckets of one width, which doubles. */
typedef struct {
  double width_ms;
  int64_t first;
  uint32_t total, counts[STEPS];
} series;

/* The server errors of one shape with one status. The durations are a Sample of sample.ts. */
typedef struct {
  int32_t shape, status;
  uint32_t count, sampled, seen, stride;
  double first_ms, last_ms;
  int32_t values[SAMPLE + 1];
  series over_time;
} failure;

/* After the bytes that are read there is room for a line taken out of its wrapper, and for what is read past the end of either. */
#define COPY_AT (BUFFER_BYTES + 64)
static unsigned char buffer[COPY_AT + MAX_LINE + 128];
static event events[MAX_EVENTS];
/*
 * The number of shapes that fill the table at first. It is small because a full table shows which places are crowded, and that keeps later
 * shapes few.
 */
#define FIRST_SHAPES 4096
static uint32_t event_count, shape_count, shape_limit;
static int32_t slots[TABLE];
/* For each shape, the hash of its path, and hashes of the first value and of the other values of its last path. */
static struct { uint32_t hash_a, hash_b, first_value, other_values; } shapes[MAX_SHAPES];
static unsigned char varied_from[MAX_SHAPES];
static uint32_t classes[MAX_SHAPES * CLASSES], latency[MAX_SHAPES * LATENCY];
static unsigned char time_bytes[26];
static double time_ms, from_ms, to_ms;
static int time_valid;
static uint32_t pending, pending_errors, counted, timed, outside, full;
static failure failures[MAX_FAILURES];
static int32_t failure_slots[FAILURE_TABLE];
static uint32_t failure_count, failing_lines, failing_of[MAX_SHAPES];
static series traffic, errors;
static double first_ms, last_ms;

EXPORT("bufferAt") uint32_t buffer_at(void) { return (uint32_t)buffer; }
EXPORT("eventsAt") uint32_t events_at(void) { return (uint32_t)events; }
EXPORT("classesAt") uint32_t classes_at(void) { return (uint32_t)classes; }
EXPORT("latencyAt") uint32_t latency_at(void) { return (uint32_t)latency; }
EXPORT("variedAt") uint32_t varied_at(void) { return (uint32_t)varied_from; }
EXPORT("failuresAt") uint32_t failures_at(void) { return (uint32_t)failures; }
EXPORT("failureCount") uint32_t get_failure_count(void) { return failure_count; }
EXPORT("trafficAt") uint32_t traffic_at(void) { return (uint32_t)&traffic; }
EXPORT("errorsAt") uint32_t errors_at(void) { return (uint32_t)&errors; }
EXPORT("firstMs") double get_first_ms(void) { return first_ms; }
EXPORT("lastMs") double get_last_ms(void) { return last_ms; }
EXPORT("eventCount") uint32_t get_event_count(void) { return event_count; }
EXPORT("countedLines") uint32_t get_counted(void) { return counted; }
EXPORT("timedLines") uint32_t get_timed(void) { return timed; }
EXPORT("outsideLines") uint32_t get_outside(void) { return outside; }
EXPORT("isFull") uint32_t is_full(void) { return full; }

static event *push(uint32_t kind) {
  event *e = &events[event_count++];
  e->kind = kind;
  return e;
}

static void clear_series(series *s) {
  s->width_ms = 1000;
  s->first = s->total = 0;
  for (int i = 0; i < STEPS; i++) s->counts[i] = 0;
}

static int64_t floor_half(int64_t value) { return value >= 0 ? value / 2 : -((1 - value) / 2); }

static void widen(series *s) {
  uint32_t wide[STEPS];
  int64_t first = floor_half(s->first);
  for (int i = 0; i < STEPS; i++) wide[i] = 0;
  for (int i = 0; i < STEPS; i++) if (s->counts[i]) wide[floor_half(s->first + i) - first] += s->counts[i];
  for (int i = 0; i < STEPS; i++) s->counts[i] = wide[i];
  s->first = first;
  s->width_ms *= 2;
}

/* Moves the start back if the bucket lies before it; 0 if the span is too long for the width. */
static int make_room(series *s, int64_t index) {
  int64_t shift = s->first - index;
  if (shift <= 0) return index - s->first < STEPS;
  int last = STEPS - 1;
  while (last >= 0 && s->counts[last] == 0) last--;
  if (last + shift >= STEPS) return 0;
  for (int i = STEPS - 1; i >= 0; i--) s->counts[i] = i >= shift ? s->counts[i - shift] : 0;
  s->first = index;
  return 1;
}

static void add_to_series(series *s, double at_ms, uint32_t count) {
  int64_t index = (int64_t)__builtin_floor(at_ms / s->width_ms);
  if (s->total == 0) s->first = index;
  while (!make_room(s, index)) {
    widen(s);
    index = (int64_t)__builtin_floor(at_ms / s->width_ms);
  }
  s->counts[index - s->first] += count;
  s->total += count;
}

static void flush_time(void) {
  if (pending == 0) return;
  add_to_series(&traffic, time_ms, pending);
  if (pending_errors) add_to_series(&errors, time_ms, pending_errors);
  if (time_ms < first_ms) first_ms = time_ms;
  if (time_ms > last_ms) last_ms = time_ms;
  pending = pending_errors = 0;
}

/* Counts what is pending. */
EXPORT("settle") void settle(void) { event_count = 0; flush_time(); }
