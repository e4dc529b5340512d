/* Operations on sixteen bytes at once, hashes of bytes, and decimals. Part of scan.c. */

static inline v128_t load(const unsigned char *at) { return wasm_v128_load(at); }
static inline v128_t is_byte(v128_t bytes, char c) { return wasm_i8x16_eq(bytes, wasm_i8x16_splat(c)); }
static inline v128_t any(v128_t a, v128_t b) { return wasm_v128_or(a, b); }
/* Bytes of at most `c`. SIMD compares bytes as signed numbers, so other comparisons use a difference that does not fall below 0. */
static inline v128_t up_to(v128_t bytes, unsigned char c) {
  return wasm_i8x16_eq(wasm_u8x16_sub_sat(bytes, wasm_u8x16_splat(c)), wasm_i8x16_splat(0));
}
/* The `count` bytes from `first` on, compared after moving them to the least signed values. */
static inline v128_t in_range(v128_t bytes, unsigned char first, unsigned char count) {
  return wasm_i8x16_lt(wasm_i8x16_add(bytes, wasm_u8x16_splat(128 - first)), wasm_i8x16_splat((int8_t)(count - 128)));
}

static inline int is_digit(unsigned c) { return c - '0' < 10; }
static inline int is_alpha(unsigned c) { return (c | 32) - 'a' < 26; }

static inline uint64_t word_at(const unsigned char *at) {
  uint64_t word;
  __builtin_memcpy(&word, at, 8);
  return word;
}

#define PRIME 0x9e3779b97f4a7c15ull
static inline uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * PRIME;
  return hash ^ (hash >> 32);
}

static inline uint64_t hash_bytes(const unsigned char *at, uint32_t length) {
  uint64_t hash = mix(length, 0x2545f4914f6cdd1dull);
  for (; length > 8; at += 8, length -= 8) hash = mix(hash, word_at(at));
  return mix(hash, length == 0 ? 0 : word_at(at) << (64 - 8 * length));
}

/* A mask: read from up to 32 bytes before its middle, it keeps as many bytes as lie in between. */
static const unsigned char kept_bytes[64] = {
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

static inline uint64_t turn(uint64_t word, int by) { return word << by | word >> (64 - by); }
/* The last bytes of a word only reach the last bytes of its product, so they are mixed into the first bytes too. */
static inline uint64_t spread(uint64_t word) { return (word ^ word >> 32) * PRIME; }

/* 32 bytes as one word. The products are independent, so none waits for another. */
static inline uint64_t weigh(const unsigned char *at, const unsigned char *kept) {
  uint64_t a = spread(word_at(at) & word_at(kept)), b = spread(word_at(at + 8) & word_at(kept + 8));
  uint64_t c = spread(word_at(at + 16) & word_at(kept + 16)), d = spread(word_at(at + 24) & word_at(kept + 24));
  return a ^ turn(b, 16) ^ turn(c, 32) ^ turn(d, 48);
}

/* Hashes the text between the values of a path. Up to 32 bytes take no branch, because lengths cannot be predicted. */
static inline uint64_t hash_run(const unsigned char *at, uint32_t length) {
  uint64_t hash = length;
  for (; length > 32; at += 32, length -= 32) hash = mix(hash, weigh(at, kept_bytes));
  return mix(hash, weigh(at, kept_bytes + 32 - length));
}

static int number(const unsigned char *at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; i++) {
    if (!is_digit(at[i])) return -1;
    value = value * 10 + at[i] - '0';
  }
  return value;
}
