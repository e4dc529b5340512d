/*
 * Quotes, backslashes and line breaks of what is scanned, in their order: a line of the format has two or six quotes and nothing else of
 * these, so it is known by them alone, and its fields are found without a search for each. Part of scan.c.
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
