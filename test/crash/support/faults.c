/*
 * A disk and a clock that fail when they are told to, between the server and the system: loaded into it with LD_PRELOAD, told
 * by a page of memory that is a file (FAULTS_FILE), written by the test (faults.ts). Only files called data.mdb are touched.
 *
 * 1. Time: the wall clock is `clock_step_ms` ahead. The monotonic clocks are left alone, as they are when a clock is set.
 * 2. Syncs: each takes `sync_delay_ms` longer, and fails with `sync_errno`.
 * 3. Writes: one that ends beyond `room_bytes` fails with `write_errno`.
 * 4. Power: while `keeps_undo` is set, what a write overwrites is put aside in FAULTS_FILE.undo until a sync has succeeded.
 *    Written back after the process's death, it makes the file what a disk would have that lost whatever was not synced. What
 *    is written through (O_DSYNC) is not lost.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* In the order of FIELDS in faults.ts. */
struct orders {
  _Atomic int64_t clock_step_ms;
  _Atomic int64_t sync_delay_ms;
  _Atomic int64_t sync_errno;
  _Atomic int64_t room_bytes;
  _Atomic int64_t write_errno;
  _Atomic int64_t keeps_undo;
  /* What came of them. */
  _Atomic int64_t syncs;
  _Atomic int64_t syncs_refused;
  _Atomic int64_t writes_refused;
};

/* Before each overwritten stretch in the undo file. */
struct stretch {
  int64_t at;
  int64_t bytes;      /* written over */
  int64_t kept_bytes; /* that follow: fewer where the file was shorter */
  int64_t file_bytes; /* of the whole file before the write */
};

static struct orders no_orders;
static struct orders *orders = &no_orders;
static int undo_file = -1;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_gettimeofday)(struct timeval *, void *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);

static void find_real(void) {
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_gettimeofday = dlsym(RTLD_NEXT, "gettimeofday");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_writev = dlsym(RTLD_NEXT, "writev");
}

/* Others that are loaded may ask for the time before this has run. */
__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULTS_FILE");
  char undo_path[4096];
  int file;
  void *page;
  find_real();
  if (path == NULL) return;
  file = open(path, O_RDWR | O_CLOEXEC);
  page = file < 0 ? MAP_FAILED
                  : mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) {
    perror(path);
    abort();
  }
  close(file);
  orders = page;
  snprintf(undo_path, sizeof undo_path, "%s.undo", path);
  undo_file = open(undo_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* 1 */

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result, is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  int64_t step_ms = orders->clock_step_ms;
  if (real_clock_gettime == NULL) find_real();
  result = real_clock_gettime(clock, now);
  if (result == 0 && is_wall && step_ms != 0) {
    now->tv_sec += step_ms / 1000;
    now->tv_nsec += step_ms % 1000 * 1000000;
    if (now->tv_nsec >= 1000000000) now->tv_sec += 1, now->tv_nsec -= 1000000000;
    if (now->tv_nsec < 0) now->tv_sec -= 1, now->tv_nsec += 1000000000;
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result;
  int64_t step_ms = orders->clock_step_ms;
  if (real_gettimeofday == NULL) find_real();
  result = real_gettimeofday(now, zone);
  if (result == 0 && step_ms != 0) {
    now->tv_sec += step_ms / 1000;
    now->tv_usec += step_ms % 1000 * 1000;
    if (now->tv_usec >= 1000000) now->tv_sec += 1, now->tv_usec -= 1000000;
    if (now->tv_usec < 0) now->tv_sec -= 1, now->tv_usec += 1000000;
  }
  return result;
}

/* Whether the descriptor is one of the store's file. */
static int is_data_file(int file) {
  char link[64], path[4096];
  ssize_t length;
  const char *name = "/data.mdb";
  if (orders == &no_orders) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink(link, path, sizeof path);
  if (length < (ssize_t)strlen(name)) return 0;
  return memcmp(path + length - strlen(name), name, strlen(name)) == 0;
}

/* 2 */

static int sync_with(int (*real_sync)(int), int file) {
  struct timespec delay;
  int result;
  if (!is_data_file(file)) return real_sync(file);
  if (orders->sync_delay_ms > 0) {
    delay.tv_sec = orders->sync_delay_ms / 1000;
    delay.tv_nsec = orders->sync_delay_ms % 1000 * 1000000;
    nanosleep(&delay, NULL);
  }
  if (orders->sync_errno != 0) {
    orders->syncs_refused += 1;
    errno = (int)orders->sync_errno;
    return -1;
  }
  result = real_sync(file);
  if (result == 0) {
    orders->syncs += 1;
    if (undo_file >= 0 && ftruncate(undo_file, 0) != 0) abort();
  }
  return result;
}

int fsync(int file) {
  if (real_fsync == NULL) find_real();
  return sync_with(real_fsync, file);
}

int fdatasync(int file) {
  if (real_fdatasync == NULL) find_real();
  return sync_with(real_fdatasync, file);
}

/* 4 */

/* Whether it could be put aside: what cannot be is not written. */
static int keep_undo(int file, int64_t at, int64_t bytes) {
  struct stretch stretch = {at, bytes, 0, 0};
  struct stat status;
  char *record;
  ssize_t written;
  int reader;
  char link[64];
  if (orders->keeps_undo == 0 || undo_file < 0) return 1;
  if ((fcntl(file, F_GETFL) & O_DSYNC) != 0) return 1;
  record = malloc(sizeof stretch + (size_t)bytes);
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  reader = open(link, O_RDONLY | O_CLOEXEC); /* the writer's own may be for writing only */
  if (record == NULL || reader < 0 || fstat(file, &status) != 0) abort();
  stretch.file_bytes = status.st_size;
  stretch.kept_bytes = pread64(reader, record + sizeof stretch, (size_t)bytes, at);
  close(reader);
  if (stretch.kept_bytes < 0) abort();
  memcpy(record, &stretch, sizeof stretch);
  written = write(undo_file, record, sizeof stretch + (size_t)stretch.kept_bytes);
  free(record);
  return written == (ssize_t)sizeof stretch + stretch.kept_bytes;
}

/* 3. Whether the write may be made; what it will overwrite is put aside then. */
static int may_write(int file, int64_t at, int64_t bytes) {
  if (!is_data_file(file)) return 1;
  if (orders->write_errno != 0 && at + bytes > orders->room_bytes) {
    orders->writes_refused += 1;
    errno = (int)orders->write_errno;
    return 0;
  }
  return keep_undo(file, at, bytes);
}

ssize_t pwrite64(int file, const void *from, size_t bytes, off64_t at) {
  if (real_pwrite64 == NULL) find_real();
  return may_write(file, at, (int64_t)bytes) ? real_pwrite64(file, from, bytes, at) : -1;
}

ssize_t pwrite(int file, const void *from, size_t bytes, off_t at) {
  return pwrite64(file, from, bytes, at);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  int64_t bytes = 0;
  int part;
  if (real_writev == NULL) find_real();
  if (orders == &no_orders || (orders->write_errno == 0 && orders->keeps_undo == 0))
    return real_writev(file, parts, count);
  for (part = 0; part < count; part += 1) bytes += (int64_t)parts[part].iov_len;
  return may_write(file, lseek64(file, 0, SEEK_CUR), bytes) ? real_writev(file, parts, count) : -1;
}
