/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#define TRACEFS_DIR_CNT 2

/* Where tracefs is mounted: its own place since v4.1, below debugfs before and besides. */
extern const char *const tracefs_dirs[TRACEFS_DIR_CNT];

/**
 * tracefs__with() - The place of tracefs where a file can be accessed.
 * @file: Its name there.
 * @mode: As of access(2).
 * Return: static text; NULL where there is none.
 */
const char *tracefs__with(const char *file, int mode);
