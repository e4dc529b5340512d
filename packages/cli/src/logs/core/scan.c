/*
 * The core of the fast path, compiled to WebAssembly with SIMD. It reads a line in exactly the same way as scanner.ts, which remains the
 * oracle, and the replacement where WebAssembly is missing. To build it, see build-core.ts. Freestanding: no library, no allocation, fixed
 * tables. Each part follows the parts that it uses, and knows nothing of later parts.
 */
#include <stdint.h>
#include <wasm_simd128.h>
#include "tables.h"
#include "bytes.h"
#include "paths.h"
#include "marks.h"
#include "wrapped.h"
#include "cut.h"

/* Of the lines that JavaScript has taught, the parsers read every n-th as well. */
#define CHECK_EVERY 128
#include "taught.h"
#include "message.h"
#include "template.h"

/* Empties the tables and continues. Limits are Unix ms, infinite if there are none. */
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

/* Forgets all counts. */
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

/* `25/Oct/2016:14:49:33 +0200`, read as clock.ts reads it. Neighbouring lines mostly share it. */
ALWAYS int read_time(const unsigned char *at) {
  v128_t first = wasm_v128_xor(load(at), load(time_bytes)), last = wasm_v128_xor(load(at + 10), load(time_bytes + 10));
  return wasm_v128_any_true(any(first, last)) ? read_new_time(at) : time_valid;
}

static int32_t duration_ms;

/* Reads the text from the tail's fourth quote to the end of the line: nothing, or a time in seconds. */
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
  /* Like Math.round, which rounds halves up. */
  duration_ms = (int32_t)__builtin_floor(seconds * 1000 + fraction + 0.5);
  return 1;
}

/* The same, with a shortcut for what nginx writes for less than ten seconds. */
ALWAYS int read_duration(const unsigned char *at, const unsigned char *end) {
  uint64_t digits = (word_at(at) ^ 0x3030302e3020) & 0xffffffffffff;
  if (end - at != 6 || ((digits | (digits + 0x060606000600)) & 0xf0f0f0fff0ff)) return read_any_duration(at, end);
  duration_ms = (int32_t)((digits >> 8 & 15) * 1000 + (digits >> 24 & 15) * 100 + (digits >> 32 & 15) * 10 + (digits >> 40));
  return 1;
}

/* True for digits, or for a single -, between two places. Sizes have at most 16 digits. */
ALWAYS int is_size(const unsigned char *from, const unsigned char *to) {
  uint32_t length = to - from;
  if (length == 0) return 0;
  if (length == 1 && *from == '-') return 1;
  for (; length > 16; from += 16, length -= 16)
    if (!wasm_i8x16_all_true(in_range(load(from), '0', 10))) return 0;
  return (~wasm_i8x16_bitmask(in_range(load(from), '0', 10)) & ((1u << length) - 1)) == 0;
}

/* The slot for a shape's server errors with a status; -1 if all slots are taken. */
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
 * Tests bytes against the names before a time, by the two halves of each byte: `rows` says for each low half in which rows of sixteen the
 * byte is allowed, and `row` which row a high half is. Rows 0 and 1, and the rows outside of ASCII, are never allowed.
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

/* True if the text between two places is three plain words, each followed by a space, of which the first is a client's name. */
SELDOM int is_any_names(const unsigned char *from, const unsigned char *to) {
  uint32_t length = to - from;
  if (length <= 32) {
    v128_t near = load(from), far = load(from + 16);
    uint64_t all = (1ull << length) - 1, gaps = either(is_byte(near, ' '), is_byte(far, ' ')) & all;
    /* Printable characters except [; a client's name has letters, digits and % * - . : _ */
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
  /* Usually only the client is named, in a few bytes. */
  if (length - 5 <= 16 && (word_at(to - 8) >> 24) == 0x202d202d20)
    return (wasm_i8x16_bitmask(wasm_i8x16_eq(fits(load(from), named), wasm_i8x16_splat(0))) & ((1u << (length - 5)) - 1)) == 0;
  return is_any_names(from, to);
}

/* The length of a method in capitals that a space follows; 0 for anything else. */
SELDOM uint32_t measure_method(const unsigned char *method) {
  v128_t bytes = load(method);
  uint32_t gaps = wasm_i8x16_bitmask(is_byte(bytes, ' ')) | 1 << 16, length = __builtin_ctz(gaps);
  return method[length] != ' ' || (~wasm_i8x16_bitmask(in_range(bytes, 'A', 26)) & ((1u << length) - 1)) ? 0 : length;
}

/* Three digits between two spaces, after a quote; -1 for anything else. */
ALWAYS int read_status(const unsigned char *quote) {
  uint64_t digits = ((word_at(quote) >> 8) ^ 0x2030303020) & 0xffffffffff;
  if ((digits | (digits + 0x06060600)) & 0xfff0f0f0ff) return -1;
  return (int)((digits >> 8 & 15) * 100 + (digits >> 16 & 15) * 10 + (digits >> 24 & 15));
}

/*
 * Counts a line and returns the start of the next; 0 if the line is not of the scanner's format, -1 as a pointer if the tables are full.
 * For a line in a wrapper, `start` is the start of the wrapped line. Of these, as of taught shapes, only lines that do not fail are
 * counted.
 */
ALWAYS const unsigned char *scan_line(const unsigned char *start, const uint32_t *mark, int is_wrapped) {
  const unsigned char *method = buffer + mark[0] + 1, *quote = buffer + mark[1], *last = buffer + mark[2], *tail = 0;
  if (method[-1] != '"' || *quote != '"') return 0;
  if (*last == '"') {
    tail = buffer + mark[5] + 1;
    if (buffer[mark[3]] != '"' || buffer[mark[4]] != '"' || tail[-1] != '"') return 0;
    /* An opening quote follows a single space. */
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
  /* Where a shape is taught, times finer than a millisecond are not rounded, and long lines are left to the parsers (line-shapes.ts). */
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

/*
 * Counts the line in a line of Docker's json-file, from a copy without its escapes. Returns what `scan_line` does, or the start of the next
 * line.
 */
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
 * Counts lines from `from` up to `limit`, which follows a line break. It stops if the events or the tables are full, and, if shapes are
 * taught, after each line that is left to JavaScript, because JavaScript may then teach another shape. `is_next` says that the previous
 * scan stopped at `from`, in the same bytes.
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
