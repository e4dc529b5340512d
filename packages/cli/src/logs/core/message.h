/*
 * Messages of programs, which are only counted: lines that differ from one that the parsers read as a message only in a time of day, or in
 * numbers and ids that no reader looks at. JavaScript says which messages these are. Part of scan.c.
 */
#define MAX_MESSAGES 16384
#define MESSAGE_TABLE (MAX_MESSAGES * 4)
#define MAX_MESSAGE_FORMATS 32
/* Shorter numbers must be equal: status codes, levels, years, small ports. */
#define LONG_NUMBER 5

static uint64_t message_keys[MESSAGE_TABLE];
/* One more than the format of each message; 0 for an empty slot. */
static unsigned char message_formats[MESSAGE_TABLE];
static uint32_t message_counts[MAX_MESSAGE_FORMATS], message_count, messages_seen;

EXPORT("messageCountsAt") uint32_t message_counts_at(void) { return (uint32_t)message_counts; }

/* Forgets all messages. */
EXPORT("forgetMessages") void forget_messages(void) {
  if (message_count) __builtin_memset(message_formats, 0, sizeof message_formats);
  message_count = 0;
}

/* The first byte from `at` on that is a digit, or, without `is_wanted`, that is none; `to` if there is no such byte. */
static const unsigned char *find_digit(const unsigned char *at, const unsigned char *to, int is_wanted) {
  for (; at < to; at += 16) {
    uint32_t digits = wasm_i8x16_bitmask(in_range(load(at), '0', 10)), found = is_wanted ? digits : ~digits & 0xffff;
    if (found) return at + __builtin_ctz(found) < to ? at + __builtin_ctz(found) : to;
  }
  return to;
}

static int is_below(const unsigned char *at, int limit) {
  int value = number(at, 2);
  return value >= 0 && value < limit;
}

/* The end of `10:00:00` or `10:00:00.123`, at a number of two digits; 0 if there is no time. */
static const unsigned char *skip_clock(const unsigned char *at, const unsigned char *to) {
  if (to - at < 8 || at[2] != ':' || at[5] != ':' || !is_below(at, 24) || !is_below(at + 3, 60) || !is_below(at + 6, 60)) return 0;
  if (to - at == 8 || (at[8] != '.' && at[8] != ',')) return at + 8;
  const unsigned char *end = find_digit(at + 9, to, 0);
  return end == at + 9 ? at + 8 : end;
}

static int is_hex(unsigned c) { return is_digit(c) || c - 'a' < 6; }

/* The number of hex digits from `at` on. */
static uint32_t count_hex(const unsigned char *at, const unsigned char *to) {
  const unsigned char *from = at;
  while (at < to && is_hex(*at)) at++;
  return at - from;
}

/* The end of a UUID, or of a trace's or span's id, at the start of a word; 0 if there is none. */
static const unsigned char *skip_id(const unsigned char *at, const unsigned char *to) {
  static const unsigned char groups[] = { 8, 4, 4, 4, 12 };
  uint32_t length = count_hex(at, to);
  const unsigned char *end = at + length;
  if (length == 8) {
    for (int i = 1; i < 5; i++) {
      if (end >= to || *end != '-' || count_hex(end + 1, to) != groups[i]) return 0;
      end += 1 + groups[i];
    }
  } else if (length != 16 && length != 32) return 0;
  return end == to || !(is_alpha(*end) || *end == '_' || *end == '-') ? end : 0;
}

/* The key of a line, which is equal for lines that differ only in their times of day, long numbers and ids. */
static uint64_t find_message_key(const unsigned char *from, const unsigned char *to) {
  uint64_t key = to - from;
  const unsigned char *run = from;
  for (const unsigned char *at = find_digit(from, to, 1); at < to; at = find_digit(at, to, 1)) {
    const unsigned char *word = at, *number_end = find_digit(at, to, 0), *end;
    while (word > run && word[-1] - 'a' < 6u) word--;
    uint32_t length = number_end - at, kind = 0;
    int starts = word == from || !(is_digit(word[-1]) || is_alpha(word[-1]) || word[-1] == '_' || word[-1] == '-');
    if (starts && (end = skip_id(word, to))) at = word, kind = 1;
    else if (length == 2 && (end = skip_clock(at, to))) kind = 2;
    else if (length >= LONG_NUMBER && *at != '0') kind = 3, end = number_end;
    if (kind) {
      key = mix(mix(key, hash_run(run, at - run)), kind << 16 | (uint32_t)(end - at));
      run = end;
    } else end = number_end;
    at = end;
  }
  return mix(key, hash_run(run, to - run));
}

static uint32_t find_message(uint64_t key) {
  uint32_t slot = (uint32_t)(key >> 24) & (MESSAGE_TABLE - 1);
  while (message_formats[slot] && message_keys[slot] != key) slot = (slot + 1) & (MESSAGE_TABLE - 1);
  return slot;
}

/* The format of a known line, or -1 for an unknown one. */
EXPORT("messageFormat") int32_t message_format(uint32_t from, uint32_t to) {
  return message_count ? message_formats[find_message(find_message_key(buffer + from, buffer + to))] - 1 : -1;
}

/* Adds a line to the known ones. */
EXPORT("keepMessage") void keep_message(uint32_t from, uint32_t to, uint32_t format) {
  if (message_count >= MAX_MESSAGES || to - from > MAX_LINE) return;
  uint64_t key = find_message_key(buffer + from, buffer + to);
  uint32_t slot = find_message(key);
  if (!message_formats[slot]) message_count++;
  message_keys[slot] = key;
  message_formats[slot] = format + 1;
}

/* Counts a known line, except for every n-th, which the parsers shall read as well. */
static int count_message(const unsigned char *line, const unsigned char *end) {
  uint32_t format = end - line > MAX_LINE ? 0 : message_formats[find_message(find_message_key(line, end))];
  if (format == 0) return UNKNOWN;
  if (++messages_seen % CHECK_EVERY == 0) return TO_BE_CHECKED;
  message_counts[format - 1]++;
  return COUNTED;
}

/* The same for JavaScript, which takes in many lines at once while the first ones are being read. */
EXPORT("countMessage") uint32_t count_message_of(uint32_t from, uint32_t to) { return message_count && count_message(buffer + from, buffer + to) == COUNTED; }

/* The first line break from a place on. */
static const unsigned char *find_line_break(const unsigned char *at) {
  for (;; at += 16) {
    uint32_t found = wasm_i8x16_bitmask(is_byte(load(at), '\n'));
    if (found) return at + __builtin_ctz(found);
  }
}

static int scan_message(const unsigned char *line, const unsigned char **line_end) {
  const unsigned char *end = find_line_break(line);
  if (end > line && end[-1] == '\r') end--;
  *line_end = end;
  return count_message(line, end);
}
