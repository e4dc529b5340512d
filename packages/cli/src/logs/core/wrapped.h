/*
 * Lines of the combined format in a text wrapper of CRI, compose or syslog. They are read inside of the wrapper once JavaScript has taught
 * a shape of such lines, because the parsers are then known to read them as the wrapped lines. Docker's json-file holds the lines as JSON,
 * so they are read from a copy. Part of scan.c.
 */
/* One more than the index of the taught shape by which such lines are checked; 0 if none is taught. */
static uint32_t unwrapping, wrapped, must_check;

EXPORT("unwrap") void set_unwrapping(uint32_t shape) { unwrapping = shape; }
EXPORT("wrappedLines") uint32_t get_wrapped(void) { return wrapped; }

/* True if the bytes look like `shape`, in which 0 stands for any digit and every other character for itself. */
static int is_like(const unsigned char *at, const char *shape) {
  for (; *shape; at++, shape++) if (*shape == '0' ? !is_digit(*at) : *at != (unsigned char)*shape) return 0;
  return 1;
}

static int is_name(unsigned char c) { return is_digit(c) || is_alpha(c) || c == '_' || c == '.' || c == '-'; }

/* `2026-11-21T10:00:00.123456789Z stdout F `. Pieces of lines (P) and tags are left to JavaScript. */
static const unsigned char *skip_cri(const unsigned char *at) {
  if (!is_like(at, "0000-00-00T00:00:00")) return 0;
  at += 19;
  if (*at == '.') while (is_digit(*++at));
  if (at[-1] == '.') return 0;
  if (*at == 'Z') at++;
  else if (is_like(at, "+00:00") || is_like(at, "-00:00")) at += 6;
  return is_like(at, " stdout F ") || is_like(at, " stderr F ") ? at + 10 : 0;
}

/* `gateway-1  | ` */
static const unsigned char *skip_compose(const unsigned char *at) {
  const unsigned char *from = at;
  int letters = 0;
  for (; is_name(*at); at++) letters += is_alpha(*at);
  if (letters == 0 || at - from > 80 || *at != ' ') return 0;
  while (*at == ' ') at++;
  return at[0] == '|' && at[1] == ' ' ? at + 2 : 0;
}

/* The end of `nginx: ` or `nginx[12]: `. */
static const unsigned char *skip_tag(const unsigned char *at) {
  const unsigned char *from = at;
  while (is_name(*at) || *at == '/' || *at == '(' || *at == ')') at++;
  if (at == from) return 0;
  if (*at == '[') {
    if (!is_digit(at[1])) return 0;
    while (is_digit(*++at));
    if (*at++ != ']') return 0;
  }
  return at[0] == ':' && at[1] == ' ' ? at + 2 : 0;
}

/* `<13>Nov 21 10:00:00 host nginx[12]: `, with or without priority and host. */
static const unsigned char *skip_syslog(const unsigned char *at) {
  if (*at == '<') {
    const unsigned char *from = at + 1;
    while (is_digit(*++at));
    if (at == from || at - from > 3 || *at++ != '>') return 0;
  }
  if (at[0] - 'A' >= 26u || at[1] - 'a' >= 26u || at[2] - 'a' >= 26u || at[3] != ' ') return 0;
  if ((at[4] != ' ' && !is_digit(at[4])) || !is_like(at + 5, "0 00:00:00")) return 0;
  at += 15;
  if (*at == '.') {
    if (!is_digit(at[1])) return 0;
    while (is_digit(*++at));
  }
  if (*at++ != ' ') return 0;
  const unsigned char *host_end = at;
  while (*host_end > 32 && *host_end < 127) host_end++;
  const unsigned char *behind = *host_end == ' ' ? skip_tag(host_end + 1) : 0;
  return behind ? behind : skip_tag(at);
}

/* The start of the line in a wrapper; 0 if there is no wrapper. */
SELDOM const unsigned char *skip_wrapper(const unsigned char *at) {
  const unsigned char *inner = is_digit(*at) ? skip_cri(at) : 0;
  if (!inner) inner = skip_compose(at);
  return inner ? inner : skip_syslog(at);
}

static inline uint64_t word_of(const char *text) { return word_at((const unsigned char *)text); }

/* The end of `,"stream":"stdout","time":"2026-11-21T10:00:00.123456789Z"}`. Docker writes these in this order only. */
static const unsigned char *skip_docker_tail(const unsigned char *at) {
  uint64_t stream = word_at(at + 8);
  if (word_at(at) != word_of(",\"stream") || word_at(at + 17) != word_of("\",\"time\"")) return 0;
  if ((stream != word_of("\":\"stdou") || at[16] != 't') && (stream != word_of("\":\"stder") || at[16] != 'r')) return 0;
  at += 25;
  if (*at++ != ':' || *at++ != '"') return 0;
  while (is_digit(*at) || *at == '-' || *at == ':' || *at == '.' || *at == '+' || *at == 'T' || *at == 'Z') at++;
  return at[0] == '"' && at[1] == '}' ? at + 2 : 0;
}

/*
 * Copies the text in `{"log":"..."` to COPY_AT, adds a line break, and writes the positions of its quotes and of that line break to
 * `copied`. Returns the number of marks of the whole line; 0 if there are escapes other than those of quotes, other members, or no JSON.
 */
static uint32_t unwrap_docker(const unsigned char *line, uint32_t *copied) {
  uint32_t count = mark_end - mark_at, index = 3, quotes = 0;
  const uint32_t *mark = marks + mark_at;
  if (word_at(line) != word_of("{\"log\":\"") || count < index || buffer + mark[2] != line + 7) return 0;
  const unsigned char *from = line + 8;
  unsigned char *to = buffer + COPY_AT;
  v128_t controls = wasm_i8x16_splat(0);
  for (;; index++) {
    if (index + 11 > count || index + 11 > DOCKER_MARKS) return 0;
    const unsigned char *stop = buffer + mark[index];
    if (*stop != '\\' || stop - line > MAX_LINE) return 0;
    unsigned char *end = to + (stop - from);
    for (; from < stop; from += 16, to += 16) {
      v128_t bytes = load(from);
      controls = any(controls, up_to(bytes, 31));
      wasm_v128_store(to, bytes);
    }
    to = end;
    copied[quotes++] = to - buffer;
    if (stop[1] == 'n') break;
    if (stop[1] != '"') return 0;
    from = stop + 1;
    index++;
  }
  *to = '\n';
  const unsigned char *end = skip_docker_tail(buffer + mark[index] + 3);
  if (buffer[mark[index] + 2] != '"' || !end || *end != '\n' || buffer + mark[index + 10] != end || end - line > MAX_LINE) return 0;
  for (uint32_t i = quotes; i < LOOKAHEAD; i++) copied[i] = copied[quotes - 1];
  return wasm_v128_any_true(controls) ? 0 : index + 11;
}
