/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that are in memory and that expressions compare with: alike, so that some are equal. */
#pragma once

static const char *const diff_words[] = {
	"",    "e",    "eth", "eth0", "eth1",  "eth00",        "et",        "lo",
	"tcp", "tcp6", "abc", "abcd", "abcde", "long-name-of", "swapper/0", "exactly-16-bytes",
};
