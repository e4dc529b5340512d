/*
 * Cuts a line of any format into words, quoted texts and separators, with the same bounds and kinds of characters as line-tokens.ts.
 * Signatures and hashes have other values, but are equal in the same cases. Part of scan.c, whose buffer it reads.
 */
#define MAX_TOKENS 160
enum {
  T_DIGIT = 1, T_LETTER = 2, T_DASH = 4, T_DOT = 8, T_COLON = 16, T_SLASH = 32, T_COMMA = 64, T_UNDERSCORE = 128, T_GAP = 256, T_OTHER = 512,
  T_ABSENT = 1024
};
#define T_NAME (T_LETTER | T_UNDERSCORE | T_DASH | T_DOT)

/* The separators of words: in text, in JSON, and in the text or JSON that Docker wraps into JSON. */
enum { TEXT_LINE, JSON_LINE, DOCKER_LINE, DOCKER_JSON_LINE };
static const char *const separators[] = { " \t[]", " \t[]{},:", " \t[]{}\"\\", " \t[]{}\"\\,:" };
static unsigned char is_separator[4][256];

/*
 * A bit for each byte of a line of at most MAX_LINE: where a word may end (at a separator, a quote, =, or a byte that is never read here),
 * and where a quoted text may end.
 */
static uint64_t word_stops[MAX_LINE / 64 + 2], text_stops[MAX_LINE / 64 + 2];
static struct { int32_t starts[MAX_TOKENS], ends[MAX_TOKENS], classes[MAX_TOKENS], hashes[MAX_TOKENS]; } tokens;
static uint32_t token_count, signature;

EXPORT("tokensAt") uint32_t tokens_at(void) { return (uint32_t)&tokens; }
EXPORT("signature") int32_t get_signature(void) { return signature; }

static void fill_token_tables(void) {
  for (int way = TEXT_LINE; way <= DOCKER_JSON_LINE; way++)
    for (const char *c = separators[way]; *c; c++) is_separator[way][(unsigned char)*c] = 1;
}

/*
 * The separators for each way of cutting, and =. A byte's two halves are looked up separately; for each low half, the bits say in which
 * rows of sixteen the byte is a separator.
 */
static inline v128_t separator_rows(int way) {
  v128_t text = wasm_u8x16_const(4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 32, 0, 32 | 8, 0, 0);
  v128_t json = wasm_u8x16_const(4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 8, 32 | 128, 4, 32 | 128 | 8, 0, 0);
  v128_t docker = wasm_u8x16_const(4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 32 | 128, 0, 32 | 128 | 8, 0, 0);
  return way == TEXT_LINE ? text : way == DOCKER_LINE ? docker : json;
}

/* Marks the stops of a line and of the line break after it. */
static void mark_stops(const unsigned char *from, const unsigned char *end, int way) {
  v128_t rows = separator_rows(way), row = wasm_u8x16_const(1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);
  for (uint32_t block = 0; from <= end; from += 64, block++) {
    uint64_t words = 0, texts = 0;
    for (int i = 0; i < 4; i++) {
      v128_t bytes = load(from + 16 * i);
      /* Control characters, and, because they are negative, all bytes outside of ASCII. */
      v128_t foreign = any(wasm_i8x16_lt(bytes, wasm_i8x16_splat(32)), is_byte(bytes, 127));
      v128_t text = any(foreign, any(is_byte(bytes, '"'), is_byte(bytes, '\\')));
      v128_t found = wasm_v128_and(wasm_i8x16_swizzle(rows, wasm_v128_and(bytes, wasm_u8x16_splat(15))), wasm_i8x16_swizzle(row, wasm_u8x16_shr(bytes, 4)));
      texts |= (uint64_t)wasm_i8x16_bitmask(text) << (16 * i);
      words |= (uint64_t)wasm_i8x16_bitmask(wasm_i8x16_ne(found, wasm_i8x16_splat(0))) << (16 * i);
    }
    text_stops[block] = texts;
    word_stops[block] = words | texts;
  }
}

/* The first stop from `at` on, in a line that starts at `from`. */
static inline const unsigned char *next_stop(const uint64_t *stops, const unsigned char *from, const unsigned char *at) {
  uint32_t index = at - from, block = index >> 6;
  uint64_t bits = stops[block] >> (index & 63);
  if (bits) return at + __builtin_ctzll(bits);
  while (!(bits = stops[++block]));
  return from + (block << 6) + __builtin_ctzll(bits);
}

/* The kinds of characters between two places; T_OTHER stands for all the rest. */
static inline int find_classes(const unsigned char *from, const unsigned char *to) {
  /* A bit each for digits, letters of even rows, letters of odd rows, - . : / , and further below for _ and gaps. */
  const v128_t low = wasm_u8x16_const(5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 38, 2, 130, 10, 18, 66);
  const v128_t high = wasm_u8x16_const(0, 0, 216, 33, 2, 4, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0);
  const v128_t more_low = wasm_u8x16_const(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  const v128_t more_high = wasm_u8x16_const(0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const v128_t places = wasm_u8x16_const(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), none = wasm_i8x16_splat(0);
  v128_t all = none, all_more = none;
  for (; from < to; from += 16) {
    v128_t bytes = load(from), near = wasm_v128_and(bytes, wasm_u8x16_splat(15)), far = wasm_u8x16_shr(bytes, 4);
    v128_t is_inside = wasm_u8x16_lt(places, wasm_u8x16_splat(to - from < 16 ? to - from : 16));
    v128_t kinds_of = wasm_v128_and(wasm_i8x16_swizzle(low, near), wasm_i8x16_swizzle(high, far));
    v128_t more = wasm_v128_and(wasm_i8x16_swizzle(more_low, near), wasm_i8x16_swizzle(more_high, far));
    more = any(more, wasm_v128_and(wasm_i8x16_eq(any(kinds_of, more), none), wasm_u8x16_splat(4)));
    all = any(all, wasm_v128_and(kinds_of, is_inside));
    all_more = any(all_more, wasm_v128_and(more, is_inside));
  }
  uint64_t a = wasm_i64x2_extract_lane(all, 0) | wasm_i64x2_extract_lane(all, 1);
  uint64_t b = wasm_i64x2_extract_lane(all_more, 0) | wasm_i64x2_extract_lane(all_more, 1);
  uint64_t both = (uint32_t)(a | a >> 32) | (b | b << 32) >> 32 << 32;
  both |= both >> 16;
  both |= both >> 8;
  uint32_t bits = both & 255, further = both >> 32 & 255;
  return (bits & 1) | (bits >> 1 & 2) | (bits & 2) | bits >> 3 << 2 | further << 7;
}

static inline void put_token(const unsigned char *from, const unsigned char *to, int classes) {
  int is_absent = from == to || (to == from + 1 && classes == T_DASH);
  uint64_t hash = hash_run(from, to - from);
  tokens.starts[token_count] = from - buffer;
  tokens.ends[token_count] = to - buffer;
  tokens.classes[token_count] = is_absent ? T_ABSENT : classes;
  tokens.hashes[token_count++] = (uint32_t)hash;
}

static inline int is_dockers(int way) { return way >= DOCKER_LINE; }

/* How to cut a line, up to the end of a wrapper's text. */
static int find_way(const unsigned char *line) {
  if (word_at(line) == 0x223a22676f6c227bull) return line[8] == '{' ? DOCKER_JSON_LINE : DOCKER_LINE;
  return *line == '{' ? JSON_LINE : TEXT_LINE;
}

/* True if a line of text continues as JSON up to its end, after a wrapper that JavaScript recognises too. */
static inline int is_json_at(const unsigned char *line, const unsigned char *at) { return at[0] == '{' && at[1] == '"' && skip_wrapper(line) == at; }

static inline void sign(uint32_t value) { signature = (signature ^ value) * 0x01000193u; }

/*
 * Cuts a quoted text, starting after its opening quote. Returns the position after the closing quote, or 0 for what is never read here: a
 * bare quote in Docker's text, or a text that the end of the line cuts off.
 */
static const unsigned char *cut_text(const unsigned char *line, const unsigned char *from, const unsigned char *end, int way) {
  const unsigned char *to = next_stop(text_stops, line, from);
  if (to >= end || (is_dockers(way) ? *to != '\\' || to[1] != '"' : *to != '"')) return 0;
  put_token(from, to, find_classes(from, to));
  sign('"');
  return to + (is_dockers(way) ? 2 : 1);
}

/* Cuts a word, or a name and the = after it. Returns the position after it, or 0 for what is never read here. */
static const unsigned char *cut_word(const unsigned char *line, const unsigned char *from, const unsigned char *end, int way) {
  const unsigned char *to = from;
  for (;; to++) {
    to = next_stop(word_stops, line, to);
    if (to >= end || is_separator[way][*to]) break;
    if (*to == '=' && to > from) {
      int classes = find_classes(from, to);
      if ((classes & ~T_NAME) == 0) {
        put_token(from, to, classes);
        sign(tokens.hashes[token_count - 1]);
        return to + 1;
      }
    }
    if (*to != '=' && *to != '"') return 0;
  }
  put_token(from, to, find_classes(from, to));
  sign(1);
  return to;
}

/*
 * Cuts the text between two places of the buffer, which a line break or carriage return follows. -1 if it is too long, has too many tokens,
 * or contains what is never read here.
 */
EXPORT("cut") int32_t cut(uint32_t from, uint32_t to) {
  const unsigned char *line = buffer + from, *at = line, *end = buffer + to;
  int way = find_way(line);
  token_count = 0;
  signature = 0x811c9dc5u ^ way;
  if (to - from > MAX_LINE) return -1;
  mark_stops(line, end, way);
  while (at < end) {
    unsigned c = *at;
    int is_quote = is_dockers(way) ? c == '\\' && at[1] == '"' : c == '"';
    if (way == TEXT_LINE && is_json_at(line, at)) mark_stops(line, end, way = JSON_LINE);
    if (!is_quote && is_separator[way][c]) {
      sign(c);
      /* The token before it is the name of a member. Docker's own time has colons too. */
      if ((way & JSON_LINE) && c == ':' && token_count > 0 && (!is_dockers(way) || at[-1] == '"')) signature ^= tokens.hashes[token_count - 1];
      at++;
      continue;
    }
    if (token_count == MAX_TOKENS) return -1;
    at = is_quote ? cut_text(line, at + (is_dockers(way) ? 2 : 1), end, way) : cut_word(line, at, end, way);
    if (!at) return -1;
  }
  return token_count;
}
