/*
 * Reads lines of a taught shape without cutting them. The constant text is compared as it is, and the end of each token in between is found
 * by the bytes that it may contain. A line is accepted here only if cut.h and `fits_shape` would accept it too. Part of scan.c.
 */
#define MAX_EXAMPLE 4096

/*
 * Some text and the token after it. `allowed` says by the two halves of a byte which bytes the token may contain, as in `fits`. After the
 * last text there is no token: -1.
 */
typedef struct {
  v128_t allowed;
  uint32_t text, length, first_fixed, fixed_count;
  int32_t token;
  uint32_t is_bare, way, may_be_absent, may_be_split;
} part;
/* The position of a token that is part of some text, for members that are in it. */
typedef struct { int32_t token; uint32_t offset, length; } fixed_token;
typedef struct {
  /* The start of the JSON in a wrapper: one more than the part (0 for none), and the offset in its text. */
  uint32_t is_ready, json_part, json_offset;
  part parts[MAX_TOKENS + 1];
  fixed_token fixed[MAX_TOKENS];
} line_template;
/* A line of a shape and the bounds of its tokens, from JavaScript. The length is 0 if there is none. */
typedef struct {
  uint32_t length;
  int32_t starts[MAX_TOKENS], ends[MAX_TOKENS];
  unsigned char text[MAX_EXAMPLE + 16];
} example;

static example examples[MAX_TAUGHT];
static line_template templates[MAX_TAUGHT];
/* For each shape, one more than the index of the next shape with its signature, and whether it is the first of these to be asked. */
static uint32_t next_alike[MAX_TAUGHT], is_asked_first[MAX_TAUGHT];
/*
 * The first-asked shape of those that read a line last; whether lines were taken since the marks were made; and whether JavaScript is to
 * continue.
 */
static uint32_t asked_last, is_behind, has_paused;

EXPORT("examplesAt") uint32_t examples_at(void) { return (uint32_t)examples; }

/* The bytes that a token of these classes may contain, as rows for each low half of a byte. */
static v128_t find_allowed(int classes_of, int way, int is_bare) {
  unsigned char rows[16] = { 0 };
  for (int c = 32; c < 127; c++) {
    unsigned char byte = c;
    int kind = is_digit(c) ? T_DIGIT : is_alpha(c) ? T_LETTER : c == '-' ? T_DASH : c == '.' ? T_DOT : c == ':' ? T_COLON : c == '/' ? T_SLASH : c == ',' ? T_COMMA : c == '_' ? T_UNDERSCORE : c == ' ' ? T_GAP : T_OTHER;
    int is_end = byte == '\\' || (is_bare ? is_separator[way][byte] : byte == '"');
    if (!is_end && (classes_of & kind)) rows[c & 15] |= 1 << (c >> 4);
  }
  return load(rows);
}

/*
 * The start of a token after the one that ends at `at`, and whether it is quoted; -1 if it does not start as expected. `json` is where JSON
 * begins.
 */
static int find_opening(const example *x, uint32_t at, uint32_t start, int *way, uint32_t *json) {
  for (; at < start; at++) {
    if (*way == TEXT_LINE && is_json_at(x->text, x->text + at)) {
      *way = JSON_LINE;
      *json = at;
    }
    if (is_dockers(*way) ? x->text[at] != '\\' || x->text[at + 1] != '"' : x->text[at] != '"') continue;
    return at + (is_dockers(*way) ? 2 : 1) == start ? 1 : -1;
  }
  return at == start ? 0 : -1;
}

/*
 * True if the words end like lines of the scanner's own format, with or without quotes from the last one on. The scanner may count such a
 * line itself, and comes first.
 */
static int is_like_combined(const taught_shape *t, const unsigned char *quoted) {
  int last = t->count - 1;
  if (last >= 5 && !quoted[last] && quoted[last - 1] && (t->classes[last] & T_DOT)) last--;
  if (last >= 4 && quoted[last] && quoted[last - 1]) last -= 2;
  return last >= 2 && !quoted[last] && !quoted[last - 1] && quoted[last - 2];
}

/* True if a member is in a token, or may be. */
static int is_needed(const taught_shape *t, int token) {
  int count = 0;
  for (int member = 0; member < MEMBERS; member++) {
    for (int end = count + t->spot_counts[member]; count < end; count++) {
      const spot *s = &t->spots[count];
      if (s->token == token || s->others[0] == token || s->others[1] == token || (member == TIME && s->divider == token)) return 1;
    }
  }
  return 0;
}

/* Makes a template from the line that JavaScript gave as a shape's example. */
static int make_template(const taught_shape *t, const example *x, line_template *m) {
  int way = find_way(x->text);
  unsigned char quoted[MAX_TOKENS];
  uint32_t closing = is_dockers(way) ? 2 : 1, at = 0, from = 0, fixed_count = 0, first_fixed = 0;
  part *p = m->parts;
  m->json_part = 0;
  for (int i = 0; i < t->count; i++) {
    uint32_t json = 0;
    int opening = find_opening(x, at, x->starts[i], &way, &json);
    if (opening < 0) return 0;
    if (json) {
      m->json_part = p - m->parts + 1;
      m->json_offset = json - from;
    }
    quoted[i] = opening;
    at = x->ends[i] + (opening ? closing : 0);
    /* Without its last quote, the token would reach into the next line. */
    if (at > x->length) return 0;
    if (t->classes[i] & CONSTANT) {
      if (is_needed(t, i)) m->fixed[fixed_count++] = (fixed_token){ i, x->starts[i] - from, x->ends[i] - x->starts[i] };
      continue;
    }
    int kinds_of = t->classes[i] & ~CONSTANT;
    *p++ = (part){
      find_allowed(kinds_of, way, !opening), from, x->starts[i] - from, first_fixed, fixed_count - first_fixed, i,
      !opening, way, (kinds_of & T_ABSENT) != 0, !opening && (kinds_of & T_OTHER),
    };
    from = x->ends[i];
    first_fixed = fixed_count;
  }
  *p = (part){ .text = from, .length = x->length - from, .first_fixed = first_fixed, .fixed_count = fixed_count - first_fixed, .token = -1 };
  return way != TEXT_LINE || !is_like_combined(t, quoted);
}

/* Announces that a shape or its example has changed. */
EXPORT("makeTemplate") void make_template_of(uint32_t shape) {
  templates[shape].is_ready = examples[shape].length > 0 && make_template(&taught[shape], &examples[shape], &templates[shape]);
}

/* Orders the shapes: those with the same signature are asked one after the other, and none is asked after one without a template. */
EXPORT("orderTemplates") void order_templates(void) {
  unsigned char is_asked[MAX_TAUGHT] = { 0 };
  has_templates = asked_last = 0;
  for (uint32_t i = 0; i < taught_count; i++) {
    const taught_shape *t = &taught[i];
    int before = -1;
    for (uint32_t j = 0; j < i; j++) if (taught[j].is_on && taught[j].signature == t->signature && taught[j].count == t->count) before = j;
    next_alike[i] = 0;
    is_asked[i] = t->is_on && templates[i].is_ready && (before < 0 || is_asked[before]);
    is_asked_first[i] = is_asked[i] && before < 0;
    if (is_asked[i] && before >= 0) next_alike[before] = i + 1;
    has_templates |= is_asked[i];
  }
}

static int has_equals(const unsigned char *from, const unsigned char *to) {
  for (; from < to; from++) if (*from == '=') return 1;
  return 0;
}

/* The first byte from `at` on that is not allowed. */
static inline const unsigned char *skip_allowed(const unsigned char *at, v128_t allowed) {
  const v128_t row = wasm_u8x16_const(1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);
  for (;; at += 16) {
    v128_t bytes = load(at);
    v128_t found = wasm_v128_and(wasm_i8x16_swizzle(allowed, wasm_v128_and(bytes, wasm_u8x16_splat(15))), wasm_i8x16_swizzle(row, wasm_u8x16_shr(bytes, 4)));
    uint32_t stops = wasm_i8x16_bitmask(wasm_i8x16_eq(found, wasm_i8x16_splat(0)));
    if (stops) return at + __builtin_ctz(stops);
  }
}

enum { IS_OTHER, IS_LIKE_IT, IS_UNSURE };

/* True if a line matches a template. Sets the bounds of its tokens, except for those without a member, and the end of the line. */
static int match(uint32_t shape, const unsigned char *line, const unsigned char **line_end) {
  const line_template *m = &templates[shape];
  const unsigned char *at = line;
  for (const part *p = m->parts;; p++) {
    if (!is_text_at(at, examples[shape].text + p->text, p->length)) return IS_OTHER;
    for (uint32_t i = p->first_fixed, left = p->fixed_count; left > 0; i++, left--) {
      tokens.starts[m->fixed[i].token] = at + m->fixed[i].offset - buffer;
      tokens.ends[m->fixed[i].token] = at + m->fixed[i].offset + m->fixed[i].length - buffer;
    }
    if (p + 1 == m->parts + m->json_part && skip_wrapper(line) != at + m->json_offset) return IS_OTHER;
    at += p->length;
    if (p->token < 0) break;
    const unsigned char *from = at;
    at = skip_allowed(at, p->allowed);
    /* A lone dash means that there is nothing; it counts as no other kind. */
    if (at == from && *at == '-' && p->may_be_absent) at++;
    if (p->is_bare && (*from == '"' || (p->way == TEXT_LINE && is_json_at(line, from)))) return IS_OTHER;
    if (at - from <= 1 && (at == from || *from == '-') && (!p->may_be_absent || (at == from && p->is_bare))) return IS_OTHER;
    if (p->may_be_split && (is_alpha(*from) || *from == '_' || *from == '-' || *from == '.') && has_equals(from, at)) return IS_UNSURE;
    tokens.starts[p->token] = from - buffer;
    tokens.ends[p->token] = at - buffer;
  }
  *line_end = at;
  return (at[0] == '\n' || (at[0] == '\r' && at[1] == '\n')) && at - line <= MAX_LINE ? IS_LIKE_IT : IS_OTHER;
}

/* Counts a line by the first shape of its signature that reads it, and sets `line_end`. UNKNOWN if there is none. */
static int scan_by_template(const unsigned char *line, const unsigned char **line_end) {
  for (uint32_t n = 0, first = asked_last; n < taught_count; n++, first = first + 1 < taught_count ? first + 1 : 0) {
    if (!is_asked_first[first]) continue;
    for (uint32_t shape = first + 1; shape > 0; shape = next_alike[shape - 1]) {
      int is = match(shape - 1, line, line_end);
      if (is == IS_UNSURE) return UNKNOWN;
      if (is == IS_OTHER) continue;
      asked_last = first;
      int how = take_taught(shape - 1);
      if (how != NOT_TAUGHT) return how;
    }
  }
  return UNKNOWN;
}

/* Forgets the marks before a line. */
static void catch_up(const unsigned char *line) {
  is_behind = 0;
  while (mark_at < mark_end && buffer + marks[mark_at] < line) mark_at++;
  if (marked < line) marked = line;
}

/*
 * Counts lines as long as templates read them or they are known messages. Returns the start of the first other line. If JavaScript shall
 * read a line, or has to make room for it, it returns the start of the next line and sets `has_paused`.
 */
SELDOM const unsigned char *scan_known(const unsigned char *at, const unsigned char *stop) {
  const unsigned char *end;
  for (has_paused = 0; at < stop && !has_paused; at = end + (*end == '\r' ? 2 : 1)) {
    int how = scan_by_template(at, &end);
    if (how == UNKNOWN && message_count) how = scan_message(at, &end);
    if (how == UNKNOWN) break;
    is_behind = 1;
    has_paused = how != COUNTED || event_count >= MAX_EVENTS - 4;
    if (how == NO_ROOM) {
      full = 1;
      marked = 0;
      return at;
    }
    if (how == COUNTED) continue;
    event *e = push(CHECK);
    e->start = at - buffer;
    e->end = end - buffer;
  }
  if (at < stop && !has_paused) catch_up(at);
  return at;
}
