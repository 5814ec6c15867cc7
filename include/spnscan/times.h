/* times.h: wall-clock instants as microseconds since 1970-01-01 UTC (int64_t), and their text. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define TIME_TEXT_SIZE 24

static inline int64_t time_now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Seconds that only go forward: for time-outs and rates, never for a date. */
static inline double time_steady_s(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* "2026-11-22T13:09:51Z" (ISO 8601, UTC, whole seconds). */
static inline const char *time_format(int64_t us, char text[TIME_TEXT_SIZE])
{
    time_t s = (time_t)(us / 1000000);
    struct tm tm;
    text[0] = 0;
    if (gmtime_r(&s, &tm))
        strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return text;
}
