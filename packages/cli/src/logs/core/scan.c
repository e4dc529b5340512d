/*
 * The fast path's core, compiled to WebAssembly with SIMD: the same reading of a line as scanner.ts, byte for byte, which stays the
 * oracle and the way without WebAssembly. Build: see build-core.ts. Freestanding: no library, no allocation, fixed tables.
 */
#include <stdint.h>
#include <wasm_simd128.h>

#define BUFFER_BYTES (4 << 20)
#define MAX_SHAPES 16384
#define TABLE (MAX_SHAPES * 4)
#define CLASSES 8
#define LATENCY 62
#define MAX_EVENTS 8192
#define EXPORT(name) __attribute__((export_name(name)))

typedef struct {
  uint32_t kind, start, end, path, path_end, method, shape;
  int32_t status;
  double time_ms, value;
} event;

enum { OTHER = 1, FAILURE = 2, SHAPE = 3, TIME = 4 };

static unsigned char buffer[BUFFER_BYTES + 64];
static event events[MAX_EVENTS];
static uint32_t event_count, shape_count;
static int32_t slots[TABLE];
static uint32_t hash_a[MAX_SHAPES], hash_b[MAX_SHAPES], first_value[MAX_SHAPES], other_values[MAX_SHAPES];
static unsigned char varied_from[MAX_SHAPES];
static uint32_t classes[MAX_SHAPES * CLASSES], latency[MAX_SHAPES * LATENCY];
static unsigned char time_bytes[26];
static double time_ms, from_ms, to_ms;
static int time_valid;
static uint32_t pending, pending_errors, counted, timed, full;

EXPORT("bufferAt") uint32_t buffer_at(void) { return (uint32_t)buffer; }
EXPORT("eventsAt") uint32_t events_at(void) { return (uint32_t)events; }
EXPORT("classesAt") uint32_t classes_at(void) { return (uint32_t)classes; }
EXPORT("latencyAt") uint32_t latency_at(void) { return (uint32_t)latency; }
EXPORT("variedAt") uint32_t varied_at(void) { return (uint32_t)varied_from; }
EXPORT("eventCount") uint32_t get_event_count(void) { return event_count; }
EXPORT("countedLines") uint32_t get_counted(void) { return counted; }
EXPORT("timedLines") uint32_t get_timed(void) { return timed; }
EXPORT("isFull") uint32_t is_full(void) { return full; }

static event *push(uint32_t kind) {
  event *e = &events[event_count++];
  e->kind = kind;
  return e;
}

static void flush_time(void) {
  if (pending == 0) return;
  event *e = push(TIME);
  e->time_ms = time_ms;
  e->start = pending;
  e->end = pending_errors;
  pending = pending_errors = 0;
}

static void fill_tables(void);

/* Empties the tables; limits are Unix ms, infinite when there are none. */
EXPORT("reset") void reset(double from, double to) {
  fill_tables();
  for (int i = 0; i < TABLE; i++) slots[i] = -1;
  for (uint32_t i = 0; i < shape_count * CLASSES; i++) classes[i] = 0;
  for (uint32_t i = 0; i < shape_count * LATENCY; i++) latency[i] = 0;
  shape_count = counted = timed = full = 0;
  from_ms = from;
  to_ms = to;
}

/* Puts what is pending into the events. */
EXPORT("settle") void settle(void) { event_count = 0; flush_time(); }

static inline int is_digit(unsigned c) { return c - '0' < 10; }
static inline int is_alpha(unsigned c) { return (c | 32) - 'a' < 26; }
enum { DIGIT = 1, HEX = 2, LETTER = 4, UPPER = 8, DASH = 16, DOT = 32, UNDERSCORE = 64, COLON = 128, AT = 256, ELSE = 512 };
#define ALPHABET (HEX | LETTER | UPPER)

/* What a byte is to a segment, to a path (1 plain, 2 digit, 4 @, 8 end of a segment, 16 foreign) and to a client's name. */
static uint16_t kinds[256];
static unsigned char path_kinds[256], client_bytes[256];

static int classify(unsigned c) {
  if (is_digit(c)) return DIGIT;
  if (c - 'a' < 26) return c <= 'f' ? HEX : LETTER;
  if (c - 'A' < 26) return (c <= 'F' ? HEX : LETTER) | UPPER;
  return c == '-' ? DASH : c == '.' ? DOT : c == '_' ? UNDERSCORE : c == ':' ? COLON : c == '@' ? AT : ELSE;
}

static void fill_tables(void) {
  for (unsigned c = 0; c < 256; c++) {
    kinds[c] = classify(c);
    int end = c == '/' || c == ' ' || c == '?';
    int foreign = c < 32 || c == '"' || c == '\\' || c == '#';
    path_kinds[c] = end ? 8 : foreign ? 16 : is_digit(c) ? 2 : c == '@' ? 4 : 1;
    client_bytes[c] = is_digit(c) || is_alpha(c) || c == '_' || c == '.' || c == ':' || c == '*' || c == '%' || c == '-';
  }
}

static inline int kind_of(unsigned c) { return kinds[c]; }

static int is_id(const unsigned char *from, const unsigned char *to) {
  int mask = 0, digits = 0, dashes = 0, turns = 0, last = 0, length = to - from;
  for (; from < to; from++) {
    int kind = kind_of(*from);
    mask |= kind;
    if (kind == DIGIT) digits++;
    else if (kind == DASH) dashes++;
    int side = kind == DIGIT ? 1 : (kind & ALPHABET) == 0 ? last : 2;
    if (side != last && last != 0) turns++;
    last = side;
  }
  if ((mask & AT) && length > 2) return 1;
  if (digits == 0) return 0;
  if (!(mask & ALPHABET)) return 1;
  int hex = !(mask & ~(DIGIT | HEX | UPPER | DASH));
  if (hex && (dashes == 0 ? length >= 8 : length == 36 && dashes == 4)) return 1;
  if (digits >= 3 && turns >= 3 && length >= 8) return 1;
  if (digits >= 2 && length >= 16 && dashes <= 1) return 1;
  return digits >= 8 && dashes >= 2 && turns <= 4;
}

static const unsigned char *find_suffix(const unsigned char *from, const unsigned char *to) {
  for (const unsigned char *at = to - 1; at > from && to - at <= 12; at--) {
    int kind = kind_of(*at);
    if (kind == COLON) return to - at > 2 ? at : to;
    if (kind == DOT) return to - at > 1 && to - at <= 6 && (kind_of(at[1]) & ALPHABET) ? at : to;
    if (!(kind & (ALPHABET | DIGIT))) return to;
  }
  return to;
}

/* Where a value's fixed suffix starts; 0 for a word. */
static const unsigned char *value_end(const unsigned char *from, const unsigned char *to) {
  const unsigned char *stem = find_suffix(from, to);
  if (stem < to) {
    if (is_id(from, stem)) return stem;
    if (!is_id(from, to)) return 0;
    for (const unsigned char *at = from; at < to; at++) if (*at == '@') return to;
    return 0;
  }
  return is_id(from, to) ? to : 0;
}

static uint32_t h_a, h_b, h_first, h_others;

static const unsigned char *hash_path(const unsigned char *path, uint32_t seed) {
  uint32_t a = seed, b = 0x9e3779b9u ^ seed, first = 0, others = 0, hash = 0x811c9dc5u;
  const unsigned char *at = path + 1, *segment = at;
  int seen = 0;
  for (;; at++) {
    unsigned c = *at, kind = path_kinds[c];
    if (kind < 8) {
      seen |= kind;
      hash = (hash ^ c) * 0x01000193u;
      continue;
    }
    if (kind == 16) return 0;
    const unsigned char *end = seen == 2 ? at : (seen & 6) ? value_end(segment, at) : 0;
    if (end) {
      if (first == 0) first = hash | 1;
      else others = (others ^ hash) * 0x85ebca6bu + 1;
      hash = 0x1b873593u;
      for (; end < at; end++) hash = (hash ^ *end) * 0x01000193u;
    }
    a = (a ^ hash) * 0x01000193u + 0x165667b1u;
    b = ((b + hash) * 0x85ebca77u) ^ (b >> 13);
    if (c != '/') break;
    segment = at + 1;
    seen = 0;
    hash = 0x811c9dc5u;
  }
  h_a = a; h_b = b; h_first = first; h_others = others;
  return at;
}

static int number(const unsigned char *at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; i++) {
    if (!is_digit(at[i])) return -1;
    value = value * 10 + at[i] - '0';
  }
  return value;
}

static int month_of(const unsigned char *at) {
  static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  for (int m = 0; m < 12; m++)
    if ((at[0] | 32) == names[m * 3] && (at[1] | 32) == names[m * 3 + 1] && (at[2] | 32) == names[m * 3 + 2]) return m + 1;
  return 0;
}

/* `25/Oct/2016:14:49:33 +0200`, as clock.ts reads it. */
static int read_time(const unsigned char *at) {
  v128_t first = wasm_i8x16_eq(wasm_v128_load(at), wasm_v128_load(time_bytes));
  v128_t last = wasm_i8x16_eq(wasm_v128_load(at + 10), wasm_v128_load(time_bytes + 10));
  if (wasm_i8x16_all_true(wasm_v128_and(first, last))) return time_valid;
  flush_time();
  for (int i = 0; i < 26; i++) time_bytes[i] = at[i];
  time_valid = 0;
  int day = number(at, 2), month = month_of(at + 3), year = number(at + 7, 4), hour = number(at + 12, 2), minute = number(at + 15, 2), second = number(at + 18, 2), zh = number(at + 22, 2), zm = number(at + 24, 2);
  for (int i = 3; i < 6; i++) if (!is_alpha(at[i])) return 0;
  if (at[11] != ':' && at[11] != ' ') return 0;
  if (at[14] != ':' || at[17] != ':' || (at[21] != '+' && at[21] != '-') || zh < 0 || zm < 0) return 0;
  if (day < 1 || day > 31 || month < 1 || year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return 0;
  int shifted = month <= 2 ? year - 1 : year;
  int era = shifted >= 0 ? shifted / 400 : -1;
  int of_era = shifted - era * 400;
  int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  int offset = (zh * 60 + zm) * (at[21] == '-' ? -1 : 1);
  time_ms = days * 86400000.0 + (hour * 60 + minute - offset) * 60000.0 + second * 1000.0;
  time_valid = 1;
  return 1;
}

static int line_end(const unsigned char *at) { return *at == '\n' || (*at == '\r' && at[1] == '\n'); }

static const unsigned char *skip_quoted(const unsigned char *at) {
  if (at[0] != ' ' || at[1] != '"') return 0;
  const v128_t quote = wasm_i8x16_splat('"'), newline = wasm_i8x16_splat('\n'), back = wasm_i8x16_splat('\\');
  for (at += 2;; at += 16) {
    v128_t bytes = wasm_v128_load(at);
    uint32_t mask = wasm_i8x16_bitmask(wasm_v128_or(wasm_i8x16_eq(bytes, quote), wasm_v128_or(wasm_i8x16_eq(bytes, newline), wasm_i8x16_eq(bytes, back))));
    if (mask) {
      at += __builtin_ctz(mask);
      return *at == '"' ? at + 1 : 0;
    }
  }
}

static int32_t duration_ms;

static const unsigned char *read_tail(const unsigned char *at) {
  duration_ms = -1;
  if (line_end(at)) return at;
  if (!(at = skip_quoted(at)) || !(at = skip_quoted(at))) return 0;
  if (line_end(at)) return at;
  if (*at != ' ') return 0;
  const unsigned char *from = at++;
  double seconds = 0, fraction = 0, scale = 100;
  for (; is_digit(*at); at++) seconds = seconds * 10 + (*at - '0');
  const unsigned char *dot = at;
  if (*dot != '.' || dot == from + 1 || dot - from > 8) return 0;
  for (at++; is_digit(*at); at++) {
    fraction += (*at - '0') * scale;
    scale /= 10;
  }
  if (at == dot + 1 || at - dot > 7 || !line_end(at)) return 0;
  /* Math.round rounds halves up. */
  duration_ms = (int32_t)__builtin_floor(seconds * 1000 + fraction + 0.5);
  return at;
}

static int32_t find_shape(const unsigned char *method, const unsigned char *path, const unsigned char *path_end) {
  uint32_t slot = (h_a ^ (h_b >> 7)) & (TABLE - 1);
  for (int32_t shape; (shape = slots[slot]) != -1; slot = (slot + 1) & (TABLE - 1)) {
    if (hash_a[shape] != h_a || hash_b[shape] != h_b) continue;
    if (first_value[shape] != h_first) varied_from[shape] = 0;
    else if (other_values[shape] != h_others && varied_from[shape] == 2) varied_from[shape] = 1;
    return shape;
  }
  if (shape_count >= MAX_SHAPES) return -1;
  int32_t shape = slots[slot] = shape_count++;
  hash_a[shape] = h_a;
  hash_b[shape] = h_b;
  first_value[shape] = h_first;
  other_values[shape] = h_others;
  varied_from[shape] = 2;
  event *e = push(SHAPE);
  e->shape = shape;
  e->method = method - buffer;
  e->path = path - buffer;
  e->path_end = path_end - buffer;
  return shape;
}

/* Counts a line and returns where the next starts; 0 when it is not of the scanner's shape, -1 as a pointer when the tables are full. */
static const unsigned char *scan_line(const unsigned char *start) {
  const unsigned char *at = start, *limit = start + 256;
  int spaces = 0;
  for (;; at++) {
    unsigned c = *at;
    if (at >= limit) return 0;
    if (c == '[') break;
    if (c == ' ') spaces++;
    else if (c < 32 || c == '"' || c > 126 || (spaces == 0 && !client_bytes[c])) return 0;
  }
  if (spaces != 3 || at[-1] != ' ' || at[3] != '/' || at[7] != '/' || at[21] != ' ') return 0;
  const unsigned char *open = at;
  /* Offsets count from the bracket, so the time's own start one later. */
  if (at[27] != ']' || at[28] != ' ' || at[29] != '"') return 0;
  const unsigned char *method = at = open + 30;
  uint32_t seed = 0x811c9dc5u;
  for (; *at != ' '; at++) {
    if (*at - 'A' >= 26u || at - method > 16) return 0;
    seed = (seed ^ *at) * 0x01000193u;
  }
  const unsigned char *path = at + 1;
  if (*path != '/' || at == method) return 0;
  const unsigned char *path_end = hash_path(path, seed);
  if (!path_end) return 0;
  for (at = path_end; *at != ' '; at++) if (*at == '"' || *at == '\\' || *at < 32) return 0;
  if (at[1] != 'H' || at[2] != 'T' || at[3] != 'T' || at[4] != 'P' || at[5] != '/') return 0;
  const unsigned char *quote = at + 6;
  for (; *quote != '"'; quote++) if ((*quote != '.' && !is_digit(*quote)) || quote - at > 11) return 0;
  if (quote[1] != ' ' || quote == at + 6) return 0;
  int status = number(quote + 2, 3);
  if (status < 100 || quote[5] != ' ') return 0;
  at = quote + 6;
  if (*at == '-') at++;
  else {
    const unsigned char *size = at;
    while (is_digit(*at)) at++;
    if (at == size) return 0;
  }
  const unsigned char *end = read_tail(at);
  if (!end || !read_time(open + 1)) return 0;
  const unsigned char *next = *end == '\r' ? end + 2 : end + 1;
  if (time_ms < from_ms || time_ms >= to_ms) return next;
  int32_t shape = find_shape(method, path, path_end);
  if (shape < 0) return (const unsigned char *)-1;
  pending++;
  counted++;
  if (duration_ms >= 0) timed++;
  if (status >= 500 && status < 600) {
    pending_errors++;
    event *e = push(FAILURE);
    e->start = start - buffer;
    e->end = end - buffer;
    e->shape = shape;
    e->status = status;
    e->time_ms = time_ms;
    e->value = duration_ms;
    return next;
  }
  classes[shape * CLASSES + (status < 800 ? status / 100 : 0)]++;
  if (duration_ms >= 0) {
    uint32_t value = (uint32_t)duration_ms | 1, octave = 31 - __builtin_clz(value);
    latency[shape * LATENCY + 2 * octave + (octave ? (value >> (octave - 1)) & 1 : 0)]++;
  }
  return next;
}

/* Counts lines from `from` up to `limit`, which lies behind a line break; stops when the events or the tables are full. */
EXPORT("scan") uint32_t scan(uint32_t from, uint32_t limit) {
  event_count = 0;
  full = 0;
  const unsigned char *at = buffer + from, *stop = buffer + limit;
  while (at < stop && event_count < MAX_EVENTS - 4) {
    const unsigned char *next = scan_line(at);
    if (next == (const unsigned char *)-1) {
      full = 1;
      break;
    }
    if (!next) {
      const unsigned char *end = at;
      while (*end != '\n') end++;
      event *e = push(OTHER);
      e->start = at - buffer;
      e->end = (end > at && end[-1] == '\r' ? end - 1 : end) - buffer;
      next = end + 1;
    }
    at = next;
  }
  return at - buffer;
}
