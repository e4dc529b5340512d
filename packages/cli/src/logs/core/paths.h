/* The paths of requests, hashed without their values, and the shape of each. Part of scan.c. */

/*
 * Crowded places have had so many values that new words in them are values at once. JavaScript names them by the counts so far
 * (RouteTrie.findCrowds), with the names and suffixes that are kept apart there. A word that was frequent lately is not a value
 * (RecentWords). A place is the state of the hash of the path that leads to it. The set holds places, and places mixed with a kept name or
 * suffix.
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

/* Hostile requests invent methods; the real ones are few. The first ones have routes of their own. */
#define MAX_METHODS 24
static uint32_t methods[MAX_METHODS], method_count, get_seed;
/* GET and the space after it, with which most requests begin. */
#define GET 0x20544547

enum { DIGIT = 1, HEX = 2, LETTER = 4, UPPER = 8, DASH = 16, DOT = 32, UNDERSCORE = 64, COLON = 128, ELSE = 256 };
#define ALPHABET (HEX | LETTER | UPPER)

/* The class of a byte in a segment, in a path (1 plain, 2 digit, 4 @, 8 end of a segment, 16 foreign), and in a client's name. */
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

/* This many digits beside a single letter are no part of a name, as in 2026-W47. But v20260101 is a version. */
#define LETTERED_DIGITS 5

/* The most digits in a name that has one number: getOffice365ActiveUserDetail. */
#define NAME_DIGITS 4

/* True for at least two words that each start with a capital, and no two capitals next to each other. */
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

/* The start of the suffix of a segment that ends at `to`. A folder has no suffix, except for a repository's .git. */
static inline const unsigned char *cut_folder(const unsigned char *stem, const unsigned char *to) {
  return *to == '/' && stem && !(to - stem == 4 && stem[1] == 'g' && stem[2] == 'i' && stem[3] == 't') ? to : stem;
}

/*
 * The start of a value's fixed suffix; 0 for a word. An e-mail address contains an @ and has no suffix. A key in brackets follows a name.
 */
static const unsigned char *value_end(const unsigned char *from, const unsigned char *to) {
  for (const unsigned char *at = from + 1; at < to - 1; at++) if (*at == '@') return to;
  if (to[-1] == ')') return 0;
  const unsigned char *stem = find_suffix(from, to);
  return is_id(from, stem) ? stem : 0;
}

/*
 * 64 bytes of a path, as one bit per byte: ends of segments, digits, and @. Bytes that no plain path contains are ends too, except for
 * quotes; a ; is one of them.
 */
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

/* True for a UUID or at least eight hex digits, without looking at single bytes. False is no proof of the contrary. */
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

/* An API's version as the first segment of a path: 2, 1.1, 12.0. */
SELDOM int is_version(const unsigned char *from, uint32_t length) {
  uint32_t major = 0, minor = 0;
  while (major < length && is_digit(from[major])) major++;
  if (major == length) return major <= 2;
  if (from[major] != '.' || major < 1 || major > 2) return 0;
  while (major + 1 + minor < length && is_digit(from[major + 1 + minor])) minor++;
  return major + 1 + minor == length && minor >= 1 && minor <= 2;
}

/* A date as the first segment of a path, which may be an API's version as well: 2015-03-31. */
SELDOM int is_date(const unsigned char *from, uint32_t length) {
  if (length != 10 || from[4] != '-' || from[7] != '-') return 0;
  static const unsigned char places[] = { 0, 1, 2, 3, 5, 6, 8, 9 };
  for (int i = 0; i < 8; i++) if (!is_digit(from[places[i]])) return 0;
  int century = (from[0] - '0') * 10 + from[1] - '0', month = (from[5] - '0') * 10 + from[6] - '0', day = (from[8] - '0') * 10 + from[9] - '0';
  return (century == 19 || century == 20) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

EXPORT("inputAt") uint32_t input_at(void) { return (uint32_t)input; }

/* Forgets the places. Words seen `often_enough` times lately are not values there; with 256, no word is excepted. */
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

/* A method's seed. The first methods have their own, as in Tally, and all others share one. */
static uint32_t seed_of(uint32_t method) {
  for (uint32_t i = 0; i < method_count; i++) if (methods[i] == method) return method;
  if (method_count == MAX_METHODS) return 0;
  return methods[method_count++] = method;
}

/* Walks to a place: from a method, along the words or the suffixes of values in `input`. */
EXPORT("startPlace") void start_place(uint32_t length) {
  place = mix(seed_of(hash_run(input, length)), 0x9e3779b9u);
}
EXPORT("enterName") void enter_name(uint32_t length) { place = mix(place, hash_bytes(input, length)); }
EXPORT("enterValue") void enter_value(uint32_t length) { place = mix(place, length ? hash_bytes(input, length) ^ VALUE : VALUE); }

/* Keeps the place itself, or a name or suffix at it; 0 if there is no room left. */
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

/* True for a word that was frequent lately. */
static int is_frequent(uint64_t at, uint64_t hash) {
  if (recent_seen++ == RECENT / 2) {
    __builtin_memset(recent, 0, sizeof recent);
    recent_seen = 0;
  }
  unsigned char *count = &recent[(mix(at, hash) >> 24) & (RECENT - 1)];
  if (*count < 255) ++*count;
  return *count >= often;
}

/* The meaning of a segment at a crowded place: the hash of a value, with or without a suffix, or 0 for a word. */
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
 * Like `hash_path`, for a path of less than 64 bytes without an @ while no place is crowded. It hashes the text between the values in one
 * go instead of each segment. The two hashes differ: a route with paths of both lengths has two shapes, which the trie of paths joins. 0 if
 * `hash_path` must be used.
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
      /* The most common segment with a digit is a version like v1, which is never a value (is_id). */
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

/*
 * Hashes the path, with all values hashed alike, and returns its end; 0 if the path needs the full parser. There is no quote and no
 * backslash before `stop`.
 */
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
    /* Deeper segments are not told apart. */
    if (depth >= MAX_DEPTH) {
      if (*end != '/') break;
      continue;
    }
    uint64_t hash = hash_bytes(segment, length), value = 0;
    int crowd = place_count ? find_kept(state, PLACE, PLACE_OF_ANY_SUFFIX) : 0;
    if ((digits | ats) && !(segment == path + 1 && (is_version(segment, length) || (!crowd && is_date(segment, length))))) {
      /* Only a segment with a digit or an @ can be a value by itself. A segment of digits always is one. */
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

/* For a line taken out of its wrapper, the distance from its copy back to where its path is in the buffer. */
static int32_t moved_by;

/* Notes which values of a shape vary. */
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

/* Usually the first slot is the right one. */
ALWAYS int32_t find_shape(const unsigned char *method, const unsigned char *method_end, const unsigned char *path, const unsigned char *path_end) {
  int32_t shape = slots[(h_a ^ (h_b >> 7)) & (TABLE - 1)];
  if (shape != -1 && shapes[shape].hash_a == h_a && shapes[shape].hash_b == h_b) return vary_shape(shape);
  return find_any_shape(method, method_end, path, path_end);
}
