/*
 * Counts lines of any format whose shape JavaScript has learned: line-shape.ts reads the same from them. JavaScript writes down what it
 * knows about a shape (see taught-shapes.ts), and whatever deviates goes to JavaScript. Part of scan.c.
 */
#define MAX_TAUGHT 32
#define MAX_SPOTS 48
enum { STATUS, TIME, METHOD, PATH, DURATION, REQUEST_BYTES, UPSTREAM, MEMBERS };
#define CONSTANT (1 << 16)

/*
 * A place where a member may be: a token, or the piece of it with this index between dividers. A number's unit is an index of `units`, its
 * suffix one of `suffixes`, and other tokens are added to it unless they are -1. For a time, `divider` is its last token and `index` its
 * index in JavaScript.
 */
typedef struct { int32_t token, divider, index, unit, suffix, others[2], unused; } spot;
typedef struct {
  int32_t is_on, signature, count, counted, accepted, spot_counts[MEMBERS];
  spot spots[MAX_SPOTS];
  int32_t hashes[MAX_TOKENS], classes[MAX_TOKENS];
} taught_shape;

/* Who answered, by shape, and the sizes of requests, as Samples of sample.ts. Both belong to lines that are counted here. */
#define MAX_PEERS 16384
#define PEER_TABLE (MAX_PEERS * 4)
#define MAX_SIZES 2048
typedef struct { int32_t shape, hash; uint32_t count; } peer;
typedef struct { int32_t shape; uint32_t sampled, seen, stride; double values[SAMPLE + 1]; } size_sample;

static taught_shape taught[MAX_TAUGHT];
static uint32_t taught_count, peer_count, size_count, has_templates;
static peer peers[MAX_PEERS];
static int32_t peer_slots[PEER_TABLE];
static size_sample sizes[MAX_SIZES];
static uint16_t size_of[MAX_SHAPES];

/*
 * The times that JavaScript read last. Consecutive lines mostly have the same time, or one in the same minute, which time-spot.ts reads in
 * the same way. `head` and `tail` are the bytes before and after its seconds; `head` is 0 if these are unknown.
 */
#define MAX_TIMES 4
#define MAX_TIME_BYTES 48
typedef struct { uint32_t length, head, tail; double time_ms, minute_ms; unsigned char bytes[MAX_TIME_BYTES + 16]; } known_time;
static known_time known_times[MAX_TAUGHT][MAX_TIMES];

/* The time of the current tokens, Unix ms, by what JavaScript knows about one shape's times; NaN if there is none. */
__attribute__((import_module("faultline"), import_name("readTime"))) double read_taught_time(uint32_t shape, uint32_t index);

EXPORT("taughtAt") uint32_t taught_at(void) { return (uint32_t)taught; }
EXPORT("peersAt") uint32_t peers_at(void) { return (uint32_t)peers; }
EXPORT("peerCount") uint32_t get_peer_count(void) { return peer_count; }
EXPORT("sizesAt") uint32_t sizes_at(void) { return (uint32_t)sizes; }
EXPORT("sizeCount") uint32_t get_size_count(void) { return size_count; }
/* Sets how many of the shapes are in use, from the first on. */
EXPORT("setTaught") void set_taught(uint32_t count) {
  taught_count = count;
  if (count > 0) return;
  unwrapping = has_templates = 0;
  __builtin_memset(known_times, 0, sizeof known_times);
}

static void reset_taught(void) {
  __builtin_memset(peer_slots, -1, sizeof peer_slots);
  __builtin_memset(size_of, 0, shape_count * sizeof *size_of);
  peer_count = size_count = wrapped = 0;
}

static const double units[] = { 1, 1000, 0.001, 1e-6 };
static const char *const suffixes[] = { "", "ms", "us", "s" };
static const unsigned char suffix_bytes[] = { 0, 2, 2, 1 };
/* The bounds of the piece that was found last. */
static const unsigned char *piece, *piece_end;

static int find_piece(const spot *s) {
  piece = buffer + tokens.starts[s->token];
  piece_end = buffer + tokens.ends[s->token];
  if (s->divider == 0) return 1;
  const unsigned char *end = piece_end;
  for (int left = s->index; left > 0; left--) {
    while (piece < end && *piece != s->divider) piece++;
    if (piece == end) return 0;
    piece++;
  }
  for (piece_end = piece; piece_end < end && *piece_end != s->divider;) piece_end++;
  return 1;
}

/* A plain decimal before a suffix, read as decimal.ts reads it; 0 for anything else. */
static int read_decimal(const unsigned char *at, const unsigned char *end, int suffix, double *value) {
  end -= suffix_bytes[suffix];
  if (end <= at || end - at > 15) return 0;
  for (int i = 0; i < suffix_bytes[suffix]; i++) if (end[i] != (unsigned char)suffixes[suffix][i]) return 0;
  int64_t whole = 0, scale = 0;
  for (const unsigned char *from = at; at < end; at++) {
    if (*at == '.' && scale == 0 && at > from && at < end - 1) scale = 1;
    else if (!is_digit(*at)) return 0;
    else {
      whole = whole * 10 + *at - '0';
      scale *= 10;
    }
  }
  *value = scale == 0 ? (double)whole : (double)whole / (double)scale;
  return 1;
}

static int read_number(const spot *s, double *value) {
  double sum = 0, other;
  if (!find_piece(s) || !read_decimal(piece, piece_end, s->suffix, &sum)) return 0;
  for (int i = 0; i < 2 && s->others[i] >= 0; i++) {
    if (!read_decimal(buffer + tokens.starts[s->others[i]], buffer + tokens.ends[s->others[i]], s->suffix, &other)) return 0;
    sum += other;
  }
  *value = __builtin_floor(sum * units[s->unit] * 1e6 + 0.5) / 1e6;
  return 1;
}

/* The value on which all spots of a number agree; 0 if they differ. */
static int agree_number(const spot *s, int count, double *value) {
  double other;
  if (!read_number(s, value)) return 0;
  for (int i = 1; i < count; i++) if (!read_number(s + i, &other) || other != *value) return 0;
  return 1;
}

static int is_text_at(const unsigned char *at, const unsigned char *text, uint32_t length) {
  for (; length > 16; at += 16, text += 16, length -= 16) if (!wasm_i8x16_all_true(wasm_i8x16_eq(load(at), load(text)))) return 0;
  return (~wasm_i8x16_bitmask(wasm_i8x16_eq(load(at), load(text))) & ((1u << length) - 1)) == 0;
}

/* Seconds as whole microseconds, in ms, as the parsers round them. */
static inline double ms_of(double seconds) { return __builtin_floor(seconds * 1e6 + 0.5) / 1000; }

/* Two digits below 60, perhaps with a fraction. */
static int read_seconds(const unsigned char *at, const unsigned char *end, double *seconds) {
  return end - at >= 2 && (end - at == 2 || at[2] == '.') && read_decimal(at, end, 0, seconds) && *seconds < 60;
}

static void remember_time(known_time *k, const unsigned char *from, const unsigned char *end) {
  double seconds;
  const unsigned char *at = end - 6, *behind;
  k->head = 0;
  k->length = end - from <= MAX_TIME_BYTES ? end - from : 0;
  for (uint32_t i = 0; i < k->length; i += 16) wasm_v128_store(k->bytes + i, load(from + i));
  while (at >= from + 10 && (at[0] != ':' || at[3] != ':')) at--;
  if (k->length == 0 || at < from + 10 || k->time_ms != k->time_ms) return;
  for (at += 4, behind = at; behind < end && (is_digit(*behind) || *behind == '.');) behind++;
  if (!read_seconds(at, behind, &seconds)) return;
  k->head = at - from;
  k->tail = end - behind;
  k->minute_ms = __builtin_floor(k->time_ms - ms_of(seconds) + 0.5);
}

/* The time at a spot of the current line, or NaN if there is none. */
static double read_time_at(uint32_t shape, const spot *s) {
  const unsigned char *from = buffer + tokens.starts[s->token], *end = buffer + tokens.ends[s->divider];
  uint32_t length = end - from;
  known_time *k = &known_times[shape][s->index];
  double seconds;
  if (s->index < MAX_TIMES) {
    if (length == k->length && length > 0 && is_text_at(from, k->bytes, length)) return k->time_ms;
    if (k->head && length >= k->head + k->tail && is_text_at(from, k->bytes, k->head) && is_text_at(end - k->tail, k->bytes + k->length - k->tail, k->tail)
      && read_seconds(from + k->head, end - k->tail, &seconds)) return k->minute_ms + ms_of(seconds);
  }
  tokens.hashes[s->token] = (uint32_t)hash_run(from, tokens.ends[s->token] - tokens.starts[s->token]);
  tokens.hashes[s->divider] = (uint32_t)hash_run(buffer + tokens.starts[s->divider], end - buffer - tokens.starts[s->divider]);
  double read = read_taught_time(shape, s->index);
  if (s->index < MAX_TIMES) {
    k->time_ms = read;
    remember_time(k, from, end);
  }
  return read;
}

static int agree_time(uint32_t shape, const spot *s, int count, double *value) {
  *value = read_time_at(shape, s);
  for (int i = 1; i < count; i++) if (read_time_at(shape, s + i) != *value) return 0;
  return *value == *value;
}

typedef struct { const unsigned char *from, *to; } text;

static int is_same(text one, text other) {
  if (one.to - one.from != other.to - other.from) return 0;
  for (; one.from < one.to; one.from++, other.from++) if (*one.from != *other.from) return 0;
  return 1;
}

/* Narrows the piece to the path in it, as field-spot.ts does; 0 if there is no path. */
static int find_path(const spot *s) {
  if (s->divider == ' ') {
    const unsigned char *at = piece_end, *end = buffer + tokens.ends[s->token];
    if (end - at < 7 || at[0] != ' ' || at[1] != 'H' || at[2] != 'T' || at[3] != 'T' || at[4] != 'P' || at[5] != '/') return 0;
    for (at += 6; at < end; at++) if (*at != '.' && !is_digit(*at)) return 0;
  }
  if (*piece != '/') {
    while (piece < piece_end && (piece[0] != ':' || piece[1] != '/' || piece[2] != '/')) piece++;
    for (piece += 3; piece < piece_end && *piece != '/';) piece++;
    if (piece >= piece_end) return 0;
  }
  const unsigned char *end = piece;
  while (end < piece_end && *end != '?' && *end != '#') end++;
  piece_end = end;
  return piece < piece_end && *piece == '/';
}

static int find_text(int member, const spot *s) {
  if (!find_piece(s)) return 0;
  if (member == PATH) return find_path(s);
  if (member == UPSTREAM) return 1;
  if (piece_end - piece < 3) return 0;
  for (const unsigned char *at = piece; at < piece_end; at++) if (*at - 'A' >= 26u) return 0;
  return 1;
}

static int agree_text(int member, const spot *s, int count, text *value) {
  if (!find_text(member, s)) return 0;
  *value = (text){ piece, piece_end };
  for (int i = 1; i < count; i++) if (!find_text(member, s + i) || !is_same(*value, (text){ piece, piece_end })) return 0;
  return 1;
}

/* What is counted of a line. A duration (ms) or a size is negative if the line has none. */
typedef struct { int status; double time_ms, duration_ms, bytes; text method, path, upstream; } request;

static int fits_shape(const taught_shape *t) {
  if (t->signature != (int32_t)signature || t->count != (int32_t)token_count) return 0;
  for (uint32_t i = 0; i < token_count; i++) {
    if (tokens.classes[i] & ~t->classes[i]) return 0;
    if ((t->classes[i] & CONSTANT) && tokens.hashes[i] != t->hashes[i]) return 0;
  }
  return 1;
}

static int read_request(uint32_t shape, request *r) {
  const taught_shape *t = &taught[shape];
  const spot *members[MEMBERS + 1] = { t->spots };
  for (int i = 0; i < MEMBERS; i++) members[i + 1] = members[i] + t->spot_counts[i];
  const int *n = t->spot_counts;
  double status = 0;
  r->duration_ms = r->bytes = -1;
  r->upstream = (text){ 0, 0 };
  if (!agree_number(members[STATUS], n[STATUS], &status) || status < 100 || status >= 500) return 0;
  r->status = (int)status;
  if (status != r->status) return 0;
  if (!agree_text(METHOD, members[METHOD], n[METHOD], &r->method)) return 0;
  if (!agree_text(PATH, members[PATH], n[PATH], &r->path)) return 0;
  if (n[DURATION] && !agree_number(members[DURATION], n[DURATION], &r->duration_ms)) return 0;
  if (n[REQUEST_BYTES] && !agree_number(members[REQUEST_BYTES], n[REQUEST_BYTES], &r->bytes)) return 0;
  if (n[UPSTREAM] && !agree_text(UPSTREAM, members[UPSTREAM], n[UPSTREAM], &r->upstream)) return 0;
  return agree_time(shape, members[TIME], n[TIME], &r->time_ms);
}

/* The slot of an upstream of a shape; -1 if all slots are taken. */
static int32_t find_peer(int32_t shape, text name) {
  int32_t hash = (int32_t)hash_bytes(name.from, name.to - name.from);
  uint32_t at = ((uint32_t)shape * 0x9e3779b1u + (uint32_t)hash * 0x85ebca6bu) >> 16;
  for (int32_t slot; (slot = peer_slots[at &= PEER_TABLE - 1]) != -1; at++)
    if (peers[slot].shape == shape && peers[slot].hash == hash) return slot;
  if (peer_count >= MAX_PEERS) return -1;
  int32_t slot = peer_slots[at] = peer_count++;
  peers[slot] = (peer){ shape, hash, 0 };
  event *e = push(PEER);
  e->start = name.from - buffer;
  e->end = name.to - buffer;
  return slot;
}

static size_sample *find_sizes(int32_t shape) {
  if (size_of[shape] == 0) {
    if (size_count >= MAX_SIZES) return 0;
    sizes[size_count] = (size_sample){ .shape = shape, .stride = 1 };
    size_of[shape] = ++size_count;
  }
  return &sizes[size_of[shape] - 1];
}

static void add_size(size_sample *s, double bytes) {
  if (s->seen++ % s->stride == 0) s->values[s->sampled++] = bytes;
  if (s->sampled <= SAMPLE) return;
  for (uint32_t i = 0; i < s->sampled; i += 2) s->values[i / 2] = s->values[i];
  s->sampled = (s->sampled + 1) / 2;
  s->stride *= 2;
}

/* Hashes the path of a request, which any character may follow; 0 if it needs the full parser. */
static int hash_request(const request *r) {
  unsigned char *end = (unsigned char *)r->path.to, behind = *end;
  uint32_t seed = seed_of(hash_run(r->method.from, r->method.to - r->method.from));
  *end = ' ';
  const unsigned char *path_end = place_count == 0 ? hash_short_path(r->path.from, end + 1, seed) : 0;
  if (!path_end) path_end = hash_path(r->path.from, end + 1, seed);
  *end = behind;
  return path_end == end;
}

enum { NOT_TAUGHT, COUNTED, TO_BE_CHECKED, NO_ROOM, UNKNOWN };

static int count_request(taught_shape *t, const request *r) {
  if (r->time_ms < from_ms || r->time_ms >= to_ms) {
    outside++;
    return COUNTED;
  }
  int32_t shape = find_shape(r->method.from, r->method.to, r->path.from, r->path.to), slot = 0;
  if (shape < 0 || (r->upstream.from && (slot = find_peer(shape, r->upstream)) < 0)) return NO_ROOM;
  size_sample *size = r->bytes < 0 ? 0 : find_sizes(shape);
  if (r->bytes >= 0 && !size) return NO_ROOM;
  if (r->time_ms != time_ms) {
    flush_time();
    time_ms = r->time_ms;
    /* Drops the bytes of the combined format's last time. */
    time_bytes[0] = 0;
  }
  pending++;
  t->counted++;
  if (r->upstream.from) peers[slot].count++;
  if (size) add_size(size, r->bytes);
  classes[shape * CLASSES + r->status / 100]++;
  if (r->duration_ms < 0) return COUNTED;
  uint32_t value = (uint32_t)(r->duration_ms < 1 << 30 ? r->duration_ms : 1 << 30) | 1, octave = 31 - __builtin_clz(value);
  latency[shape * LATENCY + 2 * octave + (octave ? (value >> (octave - 1)) & 1 : 0)]++;
  return COUNTED;
}

/* Reads and counts the current line, which fits a shape. */
static int take_taught(uint32_t shape) {
  taught_shape *t = &taught[shape];
  request r;
  if (!read_request(shape, &r) || !hash_request(&r)) return NOT_TAUGHT;
  if ((t->accepted + 1) % CHECK_EVERY == 0) {
    t->accepted++;
    return TO_BE_CHECKED;
  }
  int counted = count_request(t, &r);
  t->accepted += counted == COUNTED;
  return counted;
}

/* Counts a line by the first shape that reads it. */
SELDOM int scan_taught(const unsigned char *from, const unsigned char *to) {
  if (cut(from - buffer, to - buffer) < 0) return NOT_TAUGHT;
  for (uint32_t i = 0; i < taught_count; i++) {
    int how = taught[i].is_on && fits_shape(&taught[i]) ? take_taught(i) : NOT_TAUGHT;
    if (how != NOT_TAUGHT) return how;
  }
  return NOT_TAUGHT;
}

/* True if the parsers shall also read a line that was read inside of its wrapper. */
static int is_to_be_checked(void) {
  taught_shape *t = &taught[unwrapping - 1];
  must_check = (t->accepted + 1) % CHECK_EVERY == 0;
  t->accepted += must_check;
  return must_check;
}
