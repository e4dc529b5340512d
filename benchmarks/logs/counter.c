/* The least that a native program must do: count lines by route and status of nginx's combined format. Values of a path (digits, hex and
 * dashes in a row, eight or more, or digits alone) become one. The yardstick of benchmarks/logs, not a product. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (4 << 20)
#define SLOTS 65536

static struct { uint64_t hash; uint64_t count; } table[SLOTS];

static void count(const unsigned char *line, const unsigned char *end) {
  const unsigned char *at = memchr(line, '"', end - line);
  if (!at) return;
  uint64_t hash = 1469598103934665603ull;
  for (at++; at < end && *at != ' '; at++) hash = (hash ^ *at) * 1099511628211ull;
  for (at++; at < end && *at != ' ' && *at != '?';) {
    const unsigned char *start = at;
    uint64_t own = 1469598103934665603ull;
    int digits = 0;
    while (at < end && *at != '/' && *at != ' ' && *at != '?') {
      if (*at >= '0' && *at <= '9') digits++;
      own = (own ^ *at++) * 1099511628211ull;
    }
    if (digits > 0 && (digits == at - start || (digits > 2 && at - start >= 8))) own = 7;
    hash = (hash ^ own) * 1099511628211ull;
    if (at < end && *at == '/') at++;
  }
  at = memchr(at, '"', end - at);
  if (!at || at + 5 > end) return;
  hash ^= (uint64_t)(at[2] << 16 | at[3] << 8 | at[4]) * 0x9e3779b97f4a7c15ull;
  unsigned slot = (hash >> 20) & (SLOTS - 1);
  while (table[slot].count && table[slot].hash != hash) slot = (slot + 1) & (SLOTS - 1);
  table[slot].hash = hash;
  table[slot].count++;
}

int main(int argc, char **argv) {
  int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
  if (fd < 0) return 2;
  unsigned char *buffer = malloc(CHUNK * 2);
  size_t rest = 0, lines = 0, groups = 0;
  ssize_t got;
  while ((got = read(fd, buffer + rest, CHUNK)) > 0) {
    const unsigned char *line = buffer, *limit = buffer + rest + got, *end;
    while ((end = memchr(line, '\n', limit - line))) {
      count(line, end);
      lines++;
      line = end + 1;
    }
    rest = limit - line;
    if (rest > CHUNK) return 3;
    memmove(buffer, line, rest);
  }
  for (int slot = 0; slot < SLOTS; slot++) groups += table[slot].count > 0;
  printf("%zu lines, %zu groups\n", lines, groups);
  return 0;
}
