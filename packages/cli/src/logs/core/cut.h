/*
 * Cuts a line of any format into words, quoted texts and what separates them, as line-tokens.ts does: the same bounds and kinds of
 * character. Signatures and hashes are others, and compare in the same way. Part of scan.c, whose buffer it reads.
 */
#define MAX_TOKENS 160
enum {
  T_DIGIT = 1, T_LETTER = 2, T_DASH = 4, T_DOT = 8, T_COLON = 16, T_SLASH = 32, T_COMMA = 64, T_UNDERSCORE = 128, T_GAP = 256, T_OTHER = 512,
  T_ABSENT = 1024, T_SEPARATOR = 1 << 14, T_STOP = 1 << 15
};
#define T_NAME (T_LETTER | T_UNDERSCORE | T_DASH | T_DOT)

/* What separates words: in text, in JSON, and in the text that Docker puts into JSON. */
enum { TEXT_LINE, JSON_LINE, DOCKER_LINE };
static const char *const separators[] = { " \t[]", " \t[]{},:", " \t[]{}\"\\" };

/* What ends a word, of each way to cut: a separator, = and what is never read here; and what ends a text in quotes. */
static uint16_t word_kinds[3][256], text_kinds[3][256];
static struct { int32_t starts[MAX_TOKENS], ends[MAX_TOKENS], classes[MAX_TOKENS], hashes[MAX_TOKENS]; } tokens;
static uint32_t token_count, signature;

EXPORT("tokensAt") uint32_t tokens_at(void) { return (uint32_t)&tokens; }
EXPORT("signature") int32_t get_signature(void) { return signature; }

static int token_kind(unsigned c) {
  static const char plain[] = "-.:/,_ ";
  if (c < 32 || c > 126 || c == '\\') return T_STOP;
  if (is_digit(c)) return T_DIGIT;
  if (is_alpha(c)) return T_LETTER;
  for (int i = 0; i < 7; i++) if (plain[i] == (char)c) return T_DASH << i;
  return T_OTHER;
}

static void fill_token_tables(void) {
    for (int way = TEXT_LINE; way <= DOCKER_LINE; way++) {
    for (unsigned c = 0; c < 256; c++) text_kinds[way][c] = word_kinds[way][c] = token_kind(c);
    if (way != DOCKER_LINE) text_kinds[way]['"'] = T_STOP;
    for (const char *c = separators[way]; *c; c++) word_kinds[way][(unsigned char)*c] = T_STOP | T_SEPARATOR;
    word_kinds[way]['='] = T_STOP;
  }
}

static inline void put_token(const unsigned char *from, const unsigned char *to, int classes) {
  int is_absent = from == to || (to == from + 1 && classes == T_DASH);
  uint64_t hash = hash_bytes(from, to - from);
  tokens.starts[token_count] = from - buffer;
  tokens.ends[token_count] = to - buffer;
  tokens.classes[token_count] = is_absent ? T_ABSENT : classes;
  tokens.hashes[token_count++] = (uint32_t)hash;
}

static inline void sign(uint32_t value) { signature = (signature ^ value) * 0x01000193u; }

/* A text in quotes, from behind the first; returns where it goes on behind the last, 0 for what is never read here. */
static const unsigned char *cut_text(const unsigned char *from, const unsigned char *end, int way) {
  const unsigned char *to = from;
  int classes = 0, kind;
  for (; !((kind = text_kinds[way][*to]) & T_STOP); to++) classes |= kind;
  if (to < end && (way == DOCKER_LINE ? *to != '\\' || to[1] != '"' : *to != '"')) return 0;
  put_token(from, to, classes);
  sign('"');
  return to + (way == DOCKER_LINE ? 2 : 1);
}

/* A word, or a name and the = behind it; returns where it goes on, 0 for what is never read here. */
static const unsigned char *cut_word(const unsigned char *from, const unsigned char *end, int way) {
  const unsigned char *to = from;
  int classes = 0, kind;
  for (;; to++, classes |= T_OTHER) {
    for (; !((kind = word_kinds[way][*to]) & T_STOP); to++) classes |= kind;
    if (to >= end || *to != '=') break;
    if (to == from || (classes & ~T_NAME)) continue;
    put_token(from, to, classes);
    sign(tokens.hashes[token_count - 1]);
    return to + 1;
  }
  if (to < end && !(kind & T_SEPARATOR)) return 0;
  put_token(from, to, classes);
  sign(1);
  return to;
}

/* Cuts what lies between two places of the buffer, with a line break or carriage return behind it; -1 for too many tokens and for what is never read here. */
EXPORT("cut") int32_t cut(uint32_t from, uint32_t to) {
  const unsigned char *at = buffer + from, *end = buffer + to;
  int way = *at != '{' ? TEXT_LINE : word_at(at) == 0x223a22676f6c227bull ? DOCKER_LINE : JSON_LINE;
  token_count = 0;
  signature = 0x811c9dc5u ^ way;
  while (at < end) {
    unsigned c = *at;
    int is_quote = way == DOCKER_LINE ? c == '\\' && at[1] == '"' : c == '"';
    if (!is_quote && (word_kinds[way][c] & T_SEPARATOR)) {
      sign(c);
      /* What stands before it is the name of a member. */
      if (way == JSON_LINE && c == ':' && token_count > 0) signature ^= tokens.hashes[token_count - 1];
      at++;
      continue;
    }
    if (token_count == MAX_TOKENS) return -1;
    at = is_quote ? cut_text(at + (way == DOCKER_LINE ? 2 : 1), end, way) : cut_word(at, end, way);
    if (!at) return -1;
  }
  return token_count;
}
