/*
 * The quotes, backslashes and line breaks of the scanned bytes, in order. A line of the combined format has two or six quotes and none of
 * the others, so these marks identify it, and its fields are found without searching for each. Part of scan.c.
 */
#define TILE 8192
#define LOOKAHEAD 8
/* The most marks of a line that Docker wrapped: those of its members and of the line in it, and the backslashes before these. */
#define DOCKER_MARKS 32
static uint32_t marks[TILE + 64 + DOCKER_MARKS + 2 * LOOKAHEAD];
static uint32_t mark_at, mark_end;
static const unsigned char *marked;

/*
 * Keeps the unused marks and adds those of the next bytes, until there are some or `stop` is reached. Copies of the last mark follow it.
 */
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
    /* Four at a time without a branch; most blocks have no more. */
    for (uint32_t i = 0; i < 4; i++, bits &= bits - 1) to[i] = base + __builtin_ctzll(bits);
#pragma clang loop unroll(disable)
    for (uint32_t i = 4; i < count; i++, bits &= bits - 1) to[i] = base + __builtin_ctzll(bits);
    to += count;
  }
  /* The bytes after the last line are left from an earlier read. */
  while (to > marks && buffer + to[-1] >= stop) to--;
  marked = at;
  mark_at = 0;
  mark_end = to - marks;
  if (mark_end) for (uint32_t i = 0; i < LOOKAHEAD; i++) to[i] = to[-1];
}

/* The line break that ends the current line. The marks up to it are used up. */
static const unsigned char *skip_marks(const unsigned char *stop) {
  for (;; mark_at++) {
    if (mark_at == mark_end) mark_more(stop);
    if (buffer[marks[mark_at]] == '\n') return buffer + marks[mark_at++];
  }
}
