/* SPDX-License-Identifier: BSD-2-Clause */
/* The clocks stand still: 22:13:20 UTC when the machine is up for 5 seconds. */
#pragma once

#include <stdlib.h>
#include <time.h>

#define PRINTED_WALL_NS 1700000000000000000
#define PRINTED_UP_NS 5000000000

/* Whose event it is, of records as they are made. */
#define WHO " cpu=1 process=(412:curl)"
#define TAIL WHO " timestamp=22:13:20.000000000\n"

/* In front of the C library's: printer__new() asks. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	*ts = (struct timespec){
		.tv_sec = (clock == CLOCK_REALTIME ? PRINTED_WALL_NS : PRINTED_UP_NS) / 1000000000
	};
	return 0;
}

static inline void printed__set_zone(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
}
