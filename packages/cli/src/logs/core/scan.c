/*
 * The fast path's core, compiled to WebAssembly with SIMD: the same reading of a line as scanner.ts, byte for byte, which stays the
 * oracle and the way without WebAssembly. Build: see build-core.ts. Freestanding: no library, no allocation, fixed tables.
 */
#include <stdint.h>
#include <wasm_simd128.h>

#define BUFFER_BYTES (4 << 20)
/* Longer lines are for the parsers, but for those of the scanner's own format. */
#define MAX_LINE 16384
#define MAX_SHAPES 16384
#define TABLE (MAX_SHAPES * 4)
#define CLASSES 8
#define LATENCY 62
#define MAX_EVENTS 8192
#define EXPORT(name) __attribute__((export_name(name)))
/* What a log of the combined format never needs stays out of the functions that it does, which V8 then compiles in half of the time. */
#define SELDOM static __attribute__((noinline))
/* What every line of it needs is built in, however often it stands in the source. */
#define ALWAYS static inline __attribute__((always_inline))

/* Failing lines that are shown to the full parsers, as in scanner.ts. */
#define FIRST_LOOKS 500
#define LOOK_EVERY 256
#define FIRST_OF_SHAPE 3
#define MAX_FAILURES 1024
#define FAILURE_TABLE (MAX_FAILURES * 4)
#define STEPS 96
#define SAMPLE 256

/* Of a new shape, `start` has a bit for each segment that is a value because its place is crowded. */
typedef struct {
  uint32_t kind, start, end, path, path_end, method, shape, status;
  int32_t duration_ms;
  uint32_t method_end;
  double time_ms;
} event;

/* CHECK is a line that was read, and shall be read by the parsers as well; PEER names who answered, in the order of `peers`. */
enum { OTHER = 1, FAILURE = 2, SHAPE = 3, CHECK = 4, PEER = 5 };

/* A Series of series.ts: counts in buckets of one width that doubles. */
typedef struct {
  double width_ms;
  int64_t first;
  uint32_t total, counts[STEPS];
} series;

/* The server errors of one shape with one status; the durations are a Sample of sample.ts. */
typedef struct {
  int32_t shape, status;
  uint32_t count, sampled, seen, stride;
  double first_ms, last_ms;
  int32_t values[SAMPLE + 1];
  series over_time;
} failure;

/* Behind what is read lies room for a line that is taken out of its wrapper, and for what is looked at behind either. */
#define COPY_AT (BUFFER_BYTES + 64)
static unsigned char buffer[COPY_AT + MAX_LINE + 128];
static event events[MAX_EVENTS];
/* How many shapes fill the table: few at first, as what they show of crowded places may make the next ones fewer. */
#define FIRST_SHAPES 4096
static uint32_t event_count, shape_count, shape_limit;
static int32_t slots[TABLE];
/* Of a shape's paths: their hash, and hashes of the first value and of the others of the last one. */
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

/*
 * Crowded places: where so many values were seen that new words are values at once. JavaScript names them after a look at what was counted
 * (RouteTrie.findCrowds), with what is kept apart there; a word that comes often lately is no value (RecentWords). A place is the state of
 * the hash of the path that leads to it; the set holds places, and places mixed with the name or suffix that is kept.
 */
#define MAX_DEPTH 23
#define KEPT 16384
#define RECENT (1 << 17)
#define INPUT_BYTES 1024
enum { PLACE = 1, PLACE_OF_ANY_SUFFIX = 2, NAME = 3, WORD_SUFFIX = 4, VALUE_SUFFIX = 5 };
#define VALUE 0x1b873593u
static uint64_t kept[KEPT];
static unsigned char kept_kinds[KEPT], recent[RECENT], input[INPUT_BYTES + 16];
static uint32_t kept_count, place_count, recent_seen, often, h_crowded;
static uint64_t place;

/* Hostile requests invent methods; real ones are few, and those that come first have their own routes. */
#define MAX_METHODS 24
static uint32_t methods[MAX_METHODS], method_count, get_seed;
/* GET and the space behind it; what most requests begin with. */
#define GET 0x20544547

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

/* Moves the start back when the bucket lies before it; 0 when the span is too long for the width. */
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

static void fill_tables(void);
static void fill_token_tables(void);
static void reset_taught(void);
void set_taught(uint32_t count);
void forget_places(uint32_t often_enough);

/* Empties the tables and goes on; limits are Unix ms, infinite when there are none. */
EXPORT("reset") void reset(double from, double to) {
  __builtin_memset(slots, -1, sizeof slots);
  __builtin_memset(classes, 0, shape_count * CLASSES * sizeof *classes);
  __builtin_memset(latency, 0, shape_count * LATENCY * sizeof *latency);
  __builtin_memset(failing_of, 0, shape_count * sizeof *failing_of);
  __builtin_memset(failure_slots, -1, sizeof failure_slots);
  reset_taught();
  clear_series(&traffic);
  clear_series(&errors);
  if (shape_count == shape_limit && shape_limit < MAX_SHAPES) shape_limit *= 2;
  failure_count = 0;
  first_ms = __builtin_inf();
  last_ms = -__builtin_inf();
  shape_count = counted = timed = outside = full = 0;
  from_ms = from;
  to_ms = to;
}

/* Forgets all that was counted. */
EXPORT("begin") void begin(double from, double to) {
  pending = pending_errors = failing_lines = recent_seen = method_count = get_seed = 0;
  __builtin_memset(recent, 0, sizeof recent);
  fill_tables();
  fill_token_tables();
  forget_places(0);
  set_taught(0);
  reset(from, to);
  shape_limit = FIRST_SHAPES;
}

/* Counts what is pending. */
EXPORT("settle") void settle(void) { event_count = 0; flush_time(); }

static inline int is_digit(unsigned c) { return c - '0' < 10; }
static inline int is_alpha(unsigned c) { return (c | 32) - 'a' < 26; }
enum { DIGIT = 1, HEX = 2, LETTER = 4, UPPER = 8, DASH = 16, DOT = 32, UNDERSCORE = 64, COLON = 128, ELSE = 256 };
#define ALPHABET (HEX | LETTER | UPPER)

/* What a byte is to a segment, to a path (1 plain, 2 digit, 4 @, 8 end of a segment, 16 foreign) and to a client's name. */
static uint16_t kinds[256];
static unsigned char path_kinds[256], client_bytes[256];

static int classify(unsigned c) {
  if (is_digit(c)) return DIGIT;
  if (c - 'a' < 26) return c <= 'f' ? HEX : LETTER;
  if (c - 'A' < 26) return (c <= 'F' ? HEX : LETTER) | UPPER;
  return c == '-' ? DASH : c == '.' ? DOT : c == '_' ? UNDERSCORE : c == ':' ? COLON : ELSE;
}

static void fill_tables(void) {
  for (unsigned c = 0; c < 256; c++) {
    kinds[c] = classify(c);
    int end = c == '/' || c == ' ' || c == '?';
    int foreign = c < 32 || c == '"' || c == '\\' || c == '#' || c == ';';
    path_kinds[c] = end ? 8 : foreign ? 16 : is_digit(c) ? 2 : c == '@' ? 4 : 1;
    client_bytes[c] = is_digit(c) || is_alpha(c) || c == '_' || c == '.' || c == ':' || c == '*' || c == '%' || c == '-';
  }
}

static inline int kind_of(unsigned c) { return kinds[c]; }

/* So many digits beside a single letter are no part of a name, as in 2026-W47; v20260101 is a version. */
#define LETTERED_DIGITS 5

/* Of a name's one number: getOffice365ActiveUserDetail. */
#define NAME_DIGITS 4

/* True for words that each start with a capital: capitals, and no two of them together. */
SELDOM int is_compound(const unsigned char *from, const unsigned char *to) {
  int capitals = 0;
  for (const unsigned char *at = from; at < to; at++) {
    if (!(kind_of(*at) & UPPER)) continue;
    if (at > from && kind_of(at[-1]) & UPPER) return 0;
    capitals++;
  }
  return capitals > 1;
}

static int is_id(const unsigned char *from, const unsigned char *to) {
  const unsigned char *start = from;
  int mask = 0, digits = 0, dashes = 0, dots = 0, turns = 0, letters = 0, last = 0, length = to - from, first = *from;
  for (; from < to; from++) {
    int kind = kind_of(*from);
    mask |= kind;
    if (kind == DIGIT) digits++;
    else if (kind == DASH) dashes++;
    else if (kind == DOT) dots++;
    else if (kind & ALPHABET) letters++;
    int side = kind == DIGIT ? 1 : (kind & ALPHABET) == 0 ? last : 2;
    if (side != last && last != 0) turns++;
    last = side;
  }
  if (digits == 0) return 0;
  if (!(mask & ALPHABET)) return 1;
  if (letters + digits == length && turns == 2 && digits <= NAME_DIGITS && is_compound(start, to)) return 0;
  if (letters == 1 && digits >= LETTERED_DIGITS && digits + letters + dashes == length && (first | 32) != 'v') return 1;
  int hex = !(mask & ~(DIGIT | HEX | UPPER | DASH));
  if (hex && (dashes == 0 ? length >= 8 : length == 36 && dashes == 4)) return 1;
  if (digits >= 3 && turns >= 3 && length >= 8) return 1;
  if (digits >= 2 && length >= 16 && dashes <= 1) return 1;
  return digits >= 8 && dashes + dots >= 2 && turns <= 4;
}

static const unsigned char *find_suffix(const unsigned char *from, const unsigned char *to) {
  int most = 63;
  for (const unsigned char *at = to - 1; at > from && to - at <= most; at--) {
    int kind = kind_of(*at);
    if (kind == COLON) return to - at > 2 ? at : to;
    if (kind == DOT) {
      if (to - at <= 1 || to - at > 6 || !(kind_of(at[1]) & ALPHABET)) return to;
      return at - 4 > from && at[-4] == '.' && at[-3] == 't' && at[-2] == 'a' && at[-1] == 'r' ? at - 4 : at;
    }
    if (kind == DIGIT) most = 12;
    else if (!(kind & ALPHABET)) return to;
  }
  return to;
}

/* Where the suffix starts of a segment that ends at `to`: behind a folder stand others, and it has none, but for a repository's. */
static inline const unsigned char *cut_folder(const unsigned char *stem, const unsigned char *to) {
  return *to == '/' && stem && !(to - stem == 4 && stem[1] == 'g' && stem[2] == 'i' && stem[3] == 't') ? to : stem;
}

/* Where a value's fixed suffix starts; 0 for a word. An e-mail address has its @ inside and no suffix; a key in brackets stands behind a name. */
static const unsigned char *value_end(const unsigned char *from, const unsigned char *to) {
  for (const unsigned char *at = from + 1; at < to - 1; at++) if (*at == '@') return to;
  if (to[-1] == ')') return 0;
  const unsigned char *stem = find_suffix(from, to);
  return is_id(from, stem) ? stem : 0;
}

static inline v128_t load(const unsigned char *at) { return wasm_v128_load(at); }
static inline v128_t is_byte(v128_t bytes, char c) { return wasm_i8x16_eq(bytes, wasm_i8x16_splat(c)); }
static inline v128_t any(v128_t a, v128_t b) { return wasm_v128_or(a, b); }
/* At most `c`. Processors compare signed bytes alone, so that what is asked of others is said by a difference that does not go below 0. */
static inline v128_t up_to(v128_t bytes, unsigned char c) {
  return wasm_i8x16_eq(wasm_u8x16_sub_sat(bytes, wasm_u8x16_splat(c)), wasm_i8x16_splat(0));
}
/* Bytes from `first` on, `count` of them: moved to where the least signed ones are. */
static inline v128_t in_range(v128_t bytes, unsigned char first, unsigned char count) {
  return wasm_i8x16_lt(wasm_i8x16_add(bytes, wasm_u8x16_splat(128 - first)), wasm_i8x16_splat((int8_t)(count - 128)));
}

/* What 64 bytes are to a path, a bit a byte: ends of segments (and bytes that no plain path holds, but for quotes; a ; is one), digits, @. */
typedef struct { const unsigned char *at; uint64_t ends, digits, ats; } window;

static inline window look(const unsigned char *at) {
  window w = { at, 0, 0, 0 };
  for (int i = 0; i < 4; i++) {
    v128_t bytes = load(at + 16 * i);
    /* / and ? differ in one bit. */
    v128_t ends = any(any(up_to(bytes, 32), any(is_byte(bytes, '#'), is_byte(bytes, ';'))), is_byte(any(bytes, wasm_u8x16_splat(16)), '?'));
    w.ends |= (uint64_t)wasm_i8x16_bitmask(ends) << (16 * i);
    w.digits |= (uint64_t)wasm_i8x16_bitmask(in_range(bytes, '0', 10)) << (16 * i);
    w.ats |= (uint64_t)wasm_i8x16_bitmask(is_byte(bytes, '@')) << (16 * i);
  }
  return w;
}

static inline uint64_t word_at(const unsigned char *at) {
  uint64_t word;
  __builtin_memcpy(&word, at, 8);
  return word;
}

#define PRIME 0x9e3779b97f4a7c15ull
static inline uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * PRIME;
  return hash ^ (hash >> 32);
}

static inline uint64_t hash_bytes(const unsigned char *at, uint32_t length) {
  uint64_t hash = mix(length, 0x2545f4914f6cdd1dull);
  for (; length > 8; at += 8, length -= 8) hash = mix(hash, word_at(at));
  return mix(hash, length == 0 ? 0 : word_at(at) << (64 - 8 * length));
}

/* From 32 bytes before its middle so many bytes stay of what it is laid over as lie between. */
static const unsigned char kept_bytes[64] = {
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

static inline uint64_t turn(uint64_t word, int by) { return word << by | word >> (64 - by); }
/* The last bytes of a word reach no more than the last bytes of its product: so they are put to the first ones, too. */
static inline uint64_t spread(uint64_t word) { return (word ^ word >> 32) * PRIME; }

/* 32 bytes as one word: no product waits for another. */
static inline uint64_t weigh(const unsigned char *at, const unsigned char *kept) {
  uint64_t a = spread(word_at(at) & word_at(kept)), b = spread(word_at(at + 8) & word_at(kept + 8));
  uint64_t c = spread(word_at(at + 16) & word_at(kept + 16)), d = spread(word_at(at + 24) & word_at(kept + 24));
  return a ^ turn(b, 16) ^ turn(c, 32) ^ turn(d, 48);
}

/* Hashes what stands between the values of a path: without a question up to 32 bytes, as lengths cannot be foreseen. */
static inline uint64_t hash_run(const unsigned char *at, uint32_t length) {
  uint64_t hash = length;
  for (; length > 32; at += 32, length -= 32) hash = mix(hash, weigh(at, kept_bytes));
  return mix(hash, weigh(at, kept_bytes + 32 - length));
}

#include "cut.h"

/* True for a UUID, or eight and more hex digits, without looking at it byte by byte; false says nothing. */
SELDOM int is_plain_id(const unsigned char *from, uint32_t length) {
  if (length < 8 || length > 64) return 0;
  uint64_t others = 0, dashes = 0;
  for (uint32_t i = 0; i < length; i += 16) {
    v128_t bytes = load(from + i);
    v128_t hex = any(in_range(bytes, '0', 10), in_range(any(bytes, wasm_u8x16_splat(32)), 'a', 6));
    others |= (uint64_t)(uint16_t)~wasm_i8x16_bitmask(hex) << i;
    dashes |= (uint64_t)wasm_i8x16_bitmask(is_byte(bytes, '-')) << i;
  }
  if (length < 64) others &= (1ull << length) - 1;
  return others == 0 || (length == 36 && (others & ~dashes) == 0 && __builtin_popcountll(others) == 4);
}

/* The version of an API as the first segment of a path: 2, 1.1, 12.0. */
SELDOM int is_version(const unsigned char *from, uint32_t length) {
  uint32_t major = 0, minor = 0;
  while (major < length && is_digit(from[major])) major++;
  if (major == length) return major <= 2;
  if (from[major] != '.' || major < 1 || major > 2) return 0;
  while (major + 1 + minor < length && is_digit(from[major + 1 + minor])) minor++;
  return major + 1 + minor == length && minor >= 1 && minor <= 2;
}

/* A date as the first segment of a path, which may be the version of an API as well: 2015-03-31. */
SELDOM int is_date(const unsigned char *from, uint32_t length) {
  if (length != 10 || from[4] != '-' || from[7] != '-') return 0;
  static const unsigned char places[] = { 0, 1, 2, 3, 5, 6, 8, 9 };
  for (int i = 0; i < 8; i++) if (!is_digit(from[places[i]])) return 0;
  int century = (from[0] - '0') * 10 + from[1] - '0', month = (from[5] - '0') * 10 + from[6] - '0', day = (from[8] - '0') * 10 + from[9] - '0';
  return (century == 19 || century == 20) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

EXPORT("inputAt") uint32_t input_at(void) { return (uint32_t)input; }

/* Forgets the places; words that come `often_enough` lately are none of their values, with 256 none are. */
EXPORT("forgetPlaces") void forget_places(uint32_t often_enough) {
  __builtin_memset(kept_kinds, 0, sizeof kept_kinds);
  kept_count = place_count = 0;
  often = often_enough;
}

static inline uint64_t keep_key(uint64_t at, uint64_t hash, int kind) { return kind <= PLACE_OF_ANY_SUFFIX ? at : mix(at ^ (uint64_t)kind << 56, hash); }

static int find_kept(uint64_t key, int least, int most) {
  for (uint32_t slot = (uint32_t)(key >> 20) & (KEPT - 1); kept_kinds[slot]; slot = (slot + 1) & (KEPT - 1))
    if (kept[slot] == key && kept_kinds[slot] >= least && kept_kinds[slot] <= most) return kept_kinds[slot];
  return 0;
}

static int is_kept(uint64_t at, uint64_t hash, int kind) { return find_kept(keep_key(at, hash, kind), kind, kind); }

/* A method's seed; the first ones have their own, as in Tally, all others share one. */
static uint32_t seed_of(uint32_t method) {
  for (uint32_t i = 0; i < method_count; i++) if (methods[i] == method) return method;
  if (method_count == MAX_METHODS) return 0;
  return methods[method_count++] = method;
}

/* Walks to a place: from a method, by the words or the suffixes of values in `input`. */
EXPORT("startPlace") void start_place(uint32_t length) {
  place = mix(seed_of(hash_run(input, length)), 0x9e3779b9u);
}
EXPORT("enterName") void enter_name(uint32_t length) { place = mix(place, hash_bytes(input, length)); }
EXPORT("enterValue") void enter_value(uint32_t length) { place = mix(place, length ? hash_bytes(input, length) ^ VALUE : VALUE); }

/* Keeps the place itself, or a name or suffix at it; 0 when there is no more room. */
EXPORT("keep") uint32_t keep(uint32_t length, uint32_t kind) {
  if (kept_count >= KEPT / 2) return 0;
  uint64_t key = keep_key(place, hash_bytes(input, length), kind);
  uint32_t slot = (uint32_t)(key >> 20) & (KEPT - 1);
  for (; kept_kinds[slot]; slot = (slot + 1) & (KEPT - 1));
  kept[slot] = key;
  kept_kinds[slot] = kind;
  kept_count++;
  if (kind <= PLACE_OF_ANY_SUFFIX) place_count++;
  return 1;
}

/* True for a word that came often lately. */
static int is_frequent(uint64_t at, uint64_t hash) {
  if (recent_seen++ == RECENT / 2) {
    __builtin_memset(recent, 0, sizeof recent);
    recent_seen = 0;
  }
  unsigned char *count = &recent[(mix(at, hash) >> 24) & (RECENT - 1)];
  if (*count < 255) ++*count;
  return *count >= often;
}

/* What a segment at a crowded place counts as: the hash of a value with or without a suffix, or 0 for a word. */
static uint64_t crowd_value(uint64_t at, int crowd, const unsigned char *from, const unsigned char *to) {
  uint64_t hash = hash_bytes(from, to - from);
  if (*from == '@' || is_kept(at, hash, NAME)) return 0;
  const unsigned char *stem = cut_folder(find_suffix(from, to), to);
  uint64_t suffix = hash_bytes(stem, to - stem), value = stem < to ? suffix ^ VALUE : VALUE;
  if (!is_kept(at, suffix, WORD_SUFFIX)) {
    if (stem == to || crowd != PLACE_OF_ANY_SUFFIX || !is_kept(at, hash_bytes(to, 0), WORD_SUFFIX)) return 0;
    value = VALUE;
  }
  return is_frequent(at, hash) ? 0 : value;
}

static uint32_t h_a, h_b, h_first, h_others;

/*
 * The same as `hash_path` for a path of less than 64 bytes without an @, while no place is crowded: only what stands between the values is
 * hashed, and not each segment by itself. The two hash differently: a route whose paths are of both lengths is of two shapes, which the trie
 * of paths makes one. 0 when `hash_path` must look.
 */
static const unsigned char *hash_short_path(const unsigned char *path, const unsigned char *stop, uint32_t seed) {
  uint64_t stops = 0, slashes = 0, digits = 0;
  for (int i = 0; i < 4; i++) {
    v128_t bytes = load(path + 16 * i), slash = is_byte(bytes, '/');
    v128_t other = any(any(up_to(bytes, 32), any(is_byte(bytes, ';'), is_byte(bytes, '@'))), any(is_byte(bytes, '#'), is_byte(bytes, '?')));
    stops |= (uint64_t)wasm_i8x16_bitmask(other) << (16 * i);
    slashes |= (uint64_t)wasm_i8x16_bitmask(slash) << (16 * i);
    digits |= (uint64_t)wasm_i8x16_bitmask(in_range(bytes, '0', 10)) << (16 * i);
  }
  if (!stops) return 0;
  uint32_t length = __builtin_ctzll(stops);
  uint64_t inside = (1ull << length) - 1;
  const unsigned char *end = path + length;
  if (end >= stop || (*end != ' ' && *end != '?') || __builtin_popcountll(slashes & inside) > MAX_DEPTH) return 0;
  uint64_t state = mix(seed, 0x9e3779b9u), ends = slashes | stops;
  uint32_t first = 0, others = 0;
  const unsigned char *run = path;
  for (digits &= inside; digits;) {
    uint32_t digit = __builtin_ctzll(digits), from = 64 - __builtin_clzll(slashes & ((1ull << digit) - 1)), to = digit + __builtin_ctzll(ends >> digit);
    uint32_t digits_end = digit + __builtin_ctzll(~(digits >> digit));
    digits &= ~0ull << to;
    const unsigned char *segment = path + from, *segment_end = path + to, *stem = segment_end;
    if (from == 1 && (is_version(segment, to - from) || is_date(segment, to - from))) continue;
    if (digits_end != to || digit != from) {
      /* As most of these are, and no value is (is_id): v1. */
      if (digits_end == to && digit == from + 1 && (*segment | 32) == 'v' && to - from < 8) continue;
      if (!is_plain_id(segment, to - from) && !(stem = cut_folder(value_end(segment, segment_end), segment_end))) continue;
    }
    uint32_t hash = (uint32_t)hash_run(segment, to - from);
    if (first == 0) first = hash | 1;
    else others = (others ^ hash) * 0x85ebca6bu + 1;
    state = mix(state, hash_run(run, segment - run));
    run = stem;
  }
  state = mix(state, hash_run(run, end - run));
  h_a = (uint32_t)state;
  h_b = (uint32_t)(state >> 32) ^ (uint32_t)(state * 0x85ebca77u >> 32);
  h_first = first;
  h_others = others;
  h_crowded = 0;
  return end;
}

/* Hashes the path, every value in it as one and the same, and returns where it ends; 0 when it needs the full parser. No quote and no backslash stands before `stop`. */
static const unsigned char *hash_path(const unsigned char *path, const unsigned char *stop, uint32_t seed) {
  uint64_t state = mix(seed, 0x9e3779b9u);
  uint32_t first = 0, others = 0, depth = 0;
  const unsigned char *segment = path + 1, *end;
  window w = look(segment);
  h_crowded = 0;
  for (;; segment = end + 1, depth++) {
    uint32_t shift = segment - w.at;
    if (shift > 0 && (shift >= 64 || w.ends >> shift == 0)) {
      w = look(segment);
      shift = 0;
    }
    uint64_t digits, ats, all;
    uint32_t length;
    if (w.ends >> shift) {
      length = __builtin_ctzll(w.ends >> shift);
      all = (1ull << length) - 1;
      digits = (w.digits >> shift) & all;
      ats = (w.ats >> shift) & all;
      end = segment + length;
    } else {
      digits = ats = 0;
      for (end = segment; path_kinds[*end] < 8; end++) {
        if (is_digit(*end)) digits = 1;
        if (*end == '@') ats = 1;
      }
      length = end - segment;
      all = 0;
    }
    if (end >= stop || path_kinds[*end] == 16) return 0;
    /* What lies deeper is not told apart. */
    if (depth >= MAX_DEPTH) {
      if (*end != '/') break;
      continue;
    }
    uint64_t hash = hash_bytes(segment, length), value = 0;
    int crowd = place_count ? find_kept(state, PLACE, PLACE_OF_ANY_SUFFIX) : 0;
    if ((digits | ats) && !(segment == path + 1 && (is_version(segment, length) || (!crowd && is_date(segment, length))))) {
      /* Only a segment with a digit or an @ can be a value by itself; one of nothing but digits always is. */
      const unsigned char *stem = digits == all || (ats == 0 && is_plain_id(segment, length)) ? end : cut_folder(value_end(segment, end), end);
      if (stem) {
        uint64_t suffix = stem < end ? hash_bytes(stem, end - stem) : 0;
        value = stem < end && (crowd != PLACE_OF_ANY_SUFFIX || is_kept(state, suffix, VALUE_SUFFIX)) ? suffix ^ VALUE : VALUE;
      }
    }
    if (crowd && !value && (value = crowd_value(state, crowd, segment, end))) h_crowded |= 1u << depth;
    if (value) {
      if (first == 0) first = (uint32_t)hash | 1;
      else others = (others ^ (uint32_t)hash) * 0x85ebca6bu + 1;
      hash = value;
    }
    state = mix(state, hash);
    if (*end != '/') break;
  }
  h_a = (uint32_t)state;
  h_b = (uint32_t)(state >> 32) ^ (uint32_t)(state * 0x85ebca77u >> 32);
  h_first = first;
  h_others = others;
  return end;
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

SELDOM int read_new_time(const unsigned char *at) {
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

/* `25/Oct/2016:14:49:33 +0200`, as clock.ts reads it. Neighbours mostly share it. */
ALWAYS int read_time(const unsigned char *at) {
  v128_t first = wasm_v128_xor(load(at), load(time_bytes)), last = wasm_v128_xor(load(at + 10), load(time_bytes + 10));
  return wasm_v128_any_true(any(first, last)) ? read_new_time(at) : time_valid;
}

/*
 * Quotes, backslashes and line breaks of what is scanned, in their order: a line of the format has two or six quotes and nothing else of
 * these, so it is known by them alone, and its fields are found without a search for each.
 */
#define TILE 8192
#define LOOKAHEAD 8
/* A line that Docker wrapped has so many at most: those of its members, of the line in it, and of the escapes before these. */
#define DOCKER_MARKS 32
static uint32_t marks[TILE + 64 + DOCKER_MARKS + 2 * LOOKAHEAD];
static uint32_t mark_at, mark_end;
static const unsigned char *marked;

/* Keeps what is left of the marks and adds those of the next bytes, until there are some or `stop` is reached. Behind the last come copies of it. */
static void mark_more(const unsigned char *stop) {
  uint32_t *to = marks;
#pragma clang loop unroll(disable)
  for (uint32_t i = mark_at; i < mark_end; i++) *to++ = marks[i];
  const unsigned char *at = marked;
  for (const unsigned char *end = at + TILE; at < stop && (at < end || to - marks < LOOKAHEAD); at += 64) {
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
      v128_t bytes = load(at + 16 * i);
      v128_t found = any(any(is_byte(bytes, '"'), is_byte(bytes, '\n')), is_byte(bytes, '\\'));
      bits |= (uint64_t)wasm_i8x16_bitmask(found) << (16 * i);
    }
    uint32_t base = at - buffer, count = __builtin_popcountll(bits);
    /* Four at a time without a question; most blocks have no more. */
    for (uint32_t i = 0; i < 4; i++, bits &= bits - 1) to[i] = base + __builtin_ctzll(bits);
#pragma clang loop unroll(disable)
    for (uint32_t i = 4; i < count; i++, bits &= bits - 1) to[i] = base + __builtin_ctzll(bits);
    to += count;
  }
  /* What lies behind the last line was of an earlier read. */
  while (to > marks && buffer + to[-1] >= stop) to--;
  marked = at;
  mark_at = 0;
  mark_end = to - marks;
  if (mark_end) for (uint32_t i = 0; i < LOOKAHEAD; i++) to[i] = to[-1];
}

/* The line break that ends the line at hand; the marks up to it are used up. */
static const unsigned char *skip_marks(const unsigned char *stop) {
  for (;; mark_at++) {
    if (mark_at == mark_end) mark_more(stop);
    if (buffer[marks[mark_at]] == '\n') return buffer + marks[mark_at++];
  }
}

static int32_t duration_ms;

/* Reads what stands between the fourth quote of the tail and the end of the line: nothing, or a time in seconds. */
SELDOM int read_any_duration(const unsigned char *at, const unsigned char *end) {
  duration_ms = -1;
  if (at == end) return 1;
  if (*at != ' ') return 0;
  const unsigned char *from = at++;
  int32_t whole = 0;
  for (; is_digit(*at) && at - from < 9; at++) whole = whole * 10 + (*at - '0');
  const unsigned char *dot = at;
  if (*dot != '.' || dot == from + 1 || dot - from > 8) return 0;
  /* nginx writes three decimals. */
  int thousandths = dot + 4 == end ? number(dot + 1, 3) : -1;
  if (thousandths >= 0 && whole < 1000000) {
    duration_ms = whole * 1000 + thousandths;
    return 1;
  }
  double seconds = whole, fraction = 0, scale = 100;
  for (at++; is_digit(*at); at++) {
    fraction += (*at - '0') * scale;
    scale /= 10;
  }
  if (at == dot + 1 || at - dot > 7 || at != end) return 0;
  /* Math.round rounds halves up. */
  duration_ms = (int32_t)__builtin_floor(seconds * 1000 + fraction + 0.5);
  return 1;
}

/* The same, and at once what nginx writes of less than ten seconds. */
ALWAYS int read_duration(const unsigned char *at, const unsigned char *end) {
  uint64_t digits = (word_at(at) ^ 0x3030302e3020) & 0xffffffffffff;
  if (end - at != 6 || ((digits | (digits + 0x060606000600)) & 0xf0f0f0fff0ff)) return read_any_duration(at, end);
  duration_ms = (int32_t)((digits >> 8 & 15) * 1000 + (digits >> 24 & 15) * 100 + (digits >> 32 & 15) * 10 + (digits >> 40));
  return 1;
}

/* True for digits alone, or a -, between two places; sizes have at most 16. */
ALWAYS int is_size(const unsigned char *from, const unsigned char *to) {
  uint32_t length = to - from;
  if (length == 0) return 0;
  if (length == 1 && *from == '-') return 1;
  for (; length > 16; from += 16, length -= 16)
    if (!wasm_i8x16_all_true(in_range(load(from), '0', 10))) return 0;
  return (~wasm_i8x16_bitmask(in_range(load(from), '0', 10)) & ((1u << length) - 1)) == 0;
}

/* How far in front of its copy the path of a line stands that is taken out of its wrapper. */
static int32_t moved_by;

/* Notes of a shape which of its values are not always the same. */
ALWAYS int32_t vary_shape(int32_t shape) {
  if (shapes[shape].first_value != h_first) varied_from[shape] = 0;
  else if (shapes[shape].other_values != h_others && varied_from[shape] == 2) varied_from[shape] = 1;
  return shape;
}

SELDOM int32_t find_any_shape(const unsigned char *method, const unsigned char *method_end, const unsigned char *path, const unsigned char *path_end) {
  uint32_t slot = (h_a ^ (h_b >> 7)) & (TABLE - 1);
  for (int32_t shape; (shape = slots[slot]) != -1; slot = (slot + 1) & (TABLE - 1)) {
    if (shapes[shape].hash_a == h_a && shapes[shape].hash_b == h_b) return vary_shape(shape);
  }
  if (shape_count >= shape_limit) return -1;
  int32_t shape = slots[slot] = shape_count++;
  shapes[shape].hash_a = h_a;
  shapes[shape].hash_b = h_b;
  shapes[shape].first_value = h_first;
  shapes[shape].other_values = h_others;
  varied_from[shape] = 2;
  event *e = push(SHAPE);
  e->start = h_crowded;
  e->shape = shape;
  e->method = method - buffer + moved_by;
  e->method_end = method_end - buffer + moved_by;
  e->path = path - buffer + moved_by;
  e->path_end = path_end - buffer + moved_by;
  return shape;
}

/* Mostly the first slot is its own. */
ALWAYS int32_t find_shape(const unsigned char *method, const unsigned char *method_end, const unsigned char *path, const unsigned char *path_end) {
  int32_t shape = slots[(h_a ^ (h_b >> 7)) & (TABLE - 1)];
  if (shape != -1 && shapes[shape].hash_a == h_a && shapes[shape].hash_b == h_b) return vary_shape(shape);
  return find_any_shape(method, method_end, path, path_end);
}

/* Of lines that JavaScript has taught, every so many-th is for the parsers as well. */
#define CHECK_EVERY 128
#include "wrapped.h"
#include "taught.h"
#include "message.h"
#include "template.h"

/* The slot of the server errors of a shape with a status; -1 when all are taken. */
static int32_t find_failure(int32_t shape, int32_t status) {
  uint32_t at = ((uint32_t)shape * 0x9e3779b1u + (uint32_t)status * 0x85ebca6bu) >> 20;
  for (int32_t slot; (slot = failure_slots[at &= FAILURE_TABLE - 1]) != -1; at++)
    if (failures[slot].shape == shape && failures[slot].status == status) return slot;
  if (failure_count >= MAX_FAILURES) return -1;
  failure *f = &failures[failure_slots[at] = failure_count++];
  f->shape = shape;
  f->status = status;
  f->count = f->sampled = f->seen = 0;
  f->stride = 1;
  f->first_ms = f->last_ms = time_ms;
  clear_series(&f->over_time);
  return failure_count - 1;
}

static void add_failure(failure *f, int32_t shape) {
  failing_lines++;
  failing_of[shape]++;
  f->count++;
  if (time_ms < f->first_ms) f->first_ms = time_ms;
  if (time_ms > f->last_ms) f->last_ms = time_ms;
  add_to_series(&f->over_time, time_ms, 1);
  if (duration_ms < 0) return;
  if (f->seen++ % f->stride == 0) f->values[f->sampled++] = duration_ms;
  if (f->sampled <= SAMPLE) return;
  for (uint32_t i = 0; i < f->sampled; i += 2) f->values[i / 2] = f->values[i];
  f->sampled = (f->sampled + 1) / 2;
  f->stride *= 2;
}

static inline uint32_t either(v128_t near, v128_t far) { return wasm_i8x16_bitmask(near) | wasm_i8x16_bitmask(far) << 16; }
/*
 * What bytes are to the names in front of a time, by their two halves: `rows` says for each low half in which rows, of sixteen bytes each,
 * the byte may stand, `row` which row a high half is. Rows 0 and 1, and those of no ASCII, are in none.
 */
static inline v128_t fits(v128_t bytes, v128_t rows) {
  v128_t low = wasm_v128_and(bytes, wasm_u8x16_splat(15)), high = wasm_u8x16_shr(bytes, 4);
  v128_t row = wasm_i8x16_swizzle(wasm_u8x16_const(0, 0, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0), high);
  return wasm_v128_and(wasm_i8x16_swizzle(rows, low), row);
}

/* A bit for each byte that does not fit. */
static inline uint64_t without(v128_t near, v128_t far, v128_t rows) {
  v128_t none = wasm_i8x16_splat(0);
  return either(wasm_i8x16_eq(fits(near, rows), none), wasm_i8x16_eq(fits(far, rows), none));
}

/* True for three plain words and a space behind each, of which the first is a client's name, between two places. */
SELDOM int is_any_names(const unsigned char *from, const unsigned char *to) {
  uint32_t length = to - from;
  if (length <= 32) {
    v128_t near = load(from), far = load(from + 16);
    uint64_t all = (1ull << length) - 1, gaps = either(is_byte(near, ' '), is_byte(far, ' ')) & all;
    /* Printable and no [; a client's name has letters, digits and % * - . : _ */
    v128_t printable = wasm_u8x16_const(252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 220, 252, 252, 252, 124);
    v128_t named = wasm_u8x16_const(168, 248, 248, 248, 248, 252, 248, 248, 248, 248, 252, 80, 80, 84, 84, 112);
    if ((without(near, far, printable) & all) || gaps == 0 || to[-1] != ' ') return 0;
    uint64_t client = (1ull << __builtin_ctzll(gaps)) - 1;
    return (without(near, far, named) & client) == 0 && __builtin_popcountll(gaps) == 3;
  }
  int spaces = 0;
  if (length >= 256) return 0;
  for (const unsigned char *at = from; at < to; at++) {
    if (*at == ' ') spaces++;
    else if (*at < 32 || *at > 126 || *at == '[' || (spaces == 0 && !client_bytes[*at])) return 0;
  }
  return spaces == 3 && to[-1] == ' ';
}

ALWAYS int is_names(const unsigned char *from, const unsigned char *to) {
  uint32_t length = to - from;
  /* A client's name has letters, digits and % * - . : _ */
  v128_t named = wasm_u8x16_const(168, 248, 248, 248, 248, 252, 248, 248, 248, 248, 252, 80, 80, 84, 84, 112);
  /* Most often nobody is named but a client of a few bytes. */
  if (length - 5 <= 16 && (word_at(to - 8) >> 24) == 0x202d202d20)
    return (wasm_i8x16_bitmask(wasm_i8x16_eq(fits(load(from), named), wasm_i8x16_splat(0))) & ((1u << (length - 5)) - 1)) == 0;
  return is_any_names(from, to);
}

/* The length of a method of capitals, with a space behind it; 0 for anything else. */
SELDOM uint32_t measure_method(const unsigned char *method) {
  v128_t bytes = load(method);
  uint32_t gaps = wasm_i8x16_bitmask(is_byte(bytes, ' ')) | 1 << 16, length = __builtin_ctz(gaps);
  return method[length] != ' ' || (~wasm_i8x16_bitmask(in_range(bytes, 'A', 26)) & ((1u << length) - 1)) ? 0 : length;
}

/* Three digits between two spaces, behind a quote; -1 for anything else. */
ALWAYS int read_status(const unsigned char *quote) {
  uint64_t digits = ((word_at(quote) >> 8) ^ 0x2030303020) & 0xffffffffff;
  if ((digits | (digits + 0x06060600)) & 0xfff0f0f0ff) return -1;
  return (int)((digits >> 8 & 15) * 100 + (digits >> 16 & 15) * 10 + (digits >> 24 & 15));
}

/*
 * Counts a line and returns where the next starts; 0 when it is not of the scanner's shape, -1 as a pointer when the tables are full. Of a
 * line in a wrapper, `start` is what it wraps: only what does not fail is counted, as of a shape that is taught.
 */
ALWAYS const unsigned char *scan_line(const unsigned char *start, const uint32_t *mark, int is_wrapped) {
  const unsigned char *method = buffer + mark[0] + 1, *quote = buffer + mark[1], *last = buffer + mark[2], *tail = 0;
  if (method[-1] != '"' || *quote != '"') return 0;
  if (*last == '"') {
    tail = buffer + mark[5] + 1;
    if (buffer[mark[3]] != '"' || buffer[mark[4]] != '"' || tail[-1] != '"') return 0;
    /* A quote opens behind a space and nothing else. */
    if (last[-1] != ' ' || buffer[mark[4]-1] != ' ' || mark[4] != mark[3] + 2) return 0;
  }
  /* The common format has another name, and a shape of its own. */
  if (is_wrapped && !tail) return 0;
  const unsigned char *line_break = tail ? buffer + mark[6] : last;
  if (*line_break != '\n') return 0;
  const unsigned char *end = line_break[-1] == '\r' ? line_break - 1 : line_break;
  const unsigned char *open = method - 30;
  if (open < start || open[0] != '[' || open[3] != '/' || open[7] != '/' || open[21] != ' ' || open[27] != ']' || open[28] != ' ') return 0;
  if (!is_names(start, open)) return 0;
  int is_get = (uint32_t)word_at(method) == GET;
  uint32_t length = is_get ? 3 : measure_method(method);
  const unsigned char *at = method + length, *path = at + 1;
  if (length == 0 || *path != '/') return 0;
  uint32_t seed = is_get && get_seed ? get_seed : seed_of(hash_run(method, length));
  if (is_get) get_seed = seed;
  const unsigned char *path_end = place_count == 0 ? hash_short_path(path, quote, seed) : 0;
  if (!path_end) path_end = hash_path(path, quote, seed);
  if (!path_end) return 0;
  at = path_end;
  if (*at != ' ') {
    for (uint32_t mask; (mask = wasm_i8x16_bitmask(up_to(load(at), 32))) == 0;) at += 16;
    for (; *at > 32;) at++;
    if (*at != ' ' || at >= quote) return 0;
  }
  if (word_at(at) != 0x2e312f5054544820 || quote != at + 9 || !is_digit(at[8])) {
    if (at[1] != 'H' || at[2] != 'T' || at[3] != 'T' || at[4] != 'P' || at[5] != '/') return 0;
    const unsigned char *version = at + 6;
    if (quote <= version || quote - version > 6) return 0;
    for (at = version; at < quote; at++) if (*at != '.' && !is_digit(*at)) return 0;
  }
  int status = read_status(quote);
  if (status < 100 || (is_wrapped && status >= 500)) return 0;
  if (!is_size(quote + 6, tail ? last - 1 : end)) return 0;
  duration_ms = -1;
  if (tail && !read_duration(tail, end)) return 0;
  /* A finer time is not rounded where a shape is taught, and long lines are for the parsers (line-shapes.ts). */
  if (is_wrapped && ((end - tail > 4 && end[-4] != '.') || end - start > 16384)) return 0;
  if (!read_time(open + 1)) return 0;
  if (is_wrapped && is_to_be_checked()) return 0;
  const unsigned char *next = line_break + 1;
  if (mark == marks + mark_at) mark_at += tail ? 7 : 3;
  if (time_ms < from_ms || time_ms >= to_ms) {
    outside++;
    if (is_wrapped) taught[unwrapping - 1].accepted++;
    return next;
  }
  int32_t shape = find_shape(method, path - 1, path, path_end);
  int32_t slot = shape >= 0 && status >= 500 && status < 600 ? find_failure(shape, status) : 0;
  if (shape < 0 || slot < 0) return (const unsigned char *)-1;
  pending++;
  if (is_wrapped) {
    taught[unwrapping - 1].accepted++;
    wrapped++;
  } else {
    counted++;
    if (duration_ms >= 0) timed++;
  }
  if (status >= 500 && status < 600) {
    pending_errors++;
    add_failure(&failures[slot], shape);
    if (failing_lines <= FIRST_LOOKS || failing_lines % LOOK_EVERY == 0 || failing_of[shape] <= FIRST_OF_SHAPE) {
      event *e = push(FAILURE);
      e->start = start - buffer;
      e->end = end - buffer;
      e->path = path - buffer;
      e->path_end = path_end - buffer;
      e->method = method - buffer;
      e->shape = shape;
      e->status = status;
      e->duration_ms = duration_ms;
      e->time_ms = time_ms;
    }
    return next;
  }
  classes[shape * CLASSES + (status < 800 ? status / 100 : 0)]++;
  if (duration_ms >= 0) {
    uint32_t value = (uint32_t)duration_ms | 1, octave = 31 - __builtin_clz(value);
    latency[shape * LATENCY + 2 * octave + (octave ? (value >> (octave - 1)) & 1 : 0)]++;
  }
  return next;
}

SELDOM const unsigned char *scan_wrapped(const unsigned char *start, const uint32_t *mark) { return scan_line(start, mark, 1); }

/* Counts what a line of Docker's json-file holds, from a copy without its escapes; as `scan_line`, and where the next line starts. */
SELDOM const unsigned char *scan_docker(const unsigned char *at, const unsigned char *stop) {
  uint32_t copied[DOCKER_MARKS];
  if (mark_end - mark_at < DOCKER_MARKS && marked < stop) mark_more(stop);
  uint32_t used = unwrap_docker(at, copied);
  if (used == 0) return 0;
  moved_by = at + 9 - (buffer + COPY_AT);
  const unsigned char *next = scan_wrapped(buffer + COPY_AT, copied);
  moved_by = 0;
  if (next == 0 || next == (const unsigned char *)-1) return next;
  next = buffer + marks[mark_at + used - 1] + 1;
  mark_at += used;
  return next;
}

/*
 * Counts lines from `from` up to `limit`, which lies behind a line break; stops when the events or the tables are full, and, where shapes are
 * taught, behind each line that is left to JavaScript, as it may teach another. `is_next` says that the scan before stopped at `from`, in the
 * same bytes.
 */
EXPORT("scan") uint32_t scan(uint32_t from, uint32_t limit, uint32_t is_next) {
  const unsigned char *at = buffer + from, *stop = buffer + limit;
  if (!is_next || !marked) {
    marked = at;
    mark_at = mark_end = 0;
  }
  event_count = full = 0;
  while (at < stop && event_count < MAX_EVENTS - 4) {
    if (has_templates | is_behind | message_count) {
      at = scan_known(at, stop);
      if (at == stop || has_paused) break;
    }
    if (mark_end - mark_at < LOOKAHEAD && marked < stop) mark_more(stop);
    const unsigned char *next = 0, *inner = unwrapping && *at != '{' ? skip_wrapper(at) : 0;
    must_check = 0;
    if (inner) next = scan_wrapped(inner, marks + mark_at);
    else if (unwrapping && *at == '{') next = scan_docker(at, stop);
    if (!next && !must_check) next = scan_line(at, marks + mark_at, 0);
    if (next == (const unsigned char *)-1) {
      full = 1;
      marked = 0;
      break;
    }
    if (next) {
      at = next;
      continue;
    }
    const unsigned char *line_break = skip_marks(stop), *end = line_break > at && line_break[-1] == '\r' ? line_break - 1 : line_break;
    int how = must_check ? TO_BE_CHECKED : taught_count ? scan_taught(at, end) : NOT_TAUGHT;
    if (how == NO_ROOM) {
      full = 1;
      marked = 0;
      break;
    }
    if (how != COUNTED) {
      event *e = push(how == TO_BE_CHECKED ? CHECK : OTHER);
      e->start = at - buffer;
      e->end = end - buffer;
    }
    at = line_break + 1;
    if (how != COUNTED && taught_count) break;
  }
  return at - buffer;
}
