/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <string.h>

#define HASH_INIT 0xcbf29ce484222325ul

/**
 * hash_add() - Go on with a hash over more bytes: FNV-1a, by words where it can.
 * @h: HASH_INIT, or what the last call returned.
 *
 * For tables in memory: the values differ between machines, and with how bytes are split over calls.
 *
 * Return: the hash; its low bits are as good as the others.
 */
static inline size_t hash_add(size_t h, const void *data, size_t sz)
{
	const char *p = data;
	size_t word;

	for (; sz >= sizeof(word); sz -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x100000001b3ul;
		h ^= h >> 32;
	}
	for (; sz; sz--)
		h = (h ^ (unsigned char)*p++) * 0x100000001b3ul;
	return h ^ h >> 32;
}
