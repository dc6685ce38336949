/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers with units, as the command line takes them. */
#pragma once

#include <linux/types.h>

/** units__count() - Decimal number. Return: 0; -EINVAL not one; -ERANGE too large. */
int units__count(const char *text, __u64 *ret);
/** units__size() - Decimal with optional K, M, G (1024). Units: bytes. Return: as units__count(). */
int units__size(const char *text, __u64 *ret);
/**
 * units__duration() - Decimal, fraction allowed, with unit ns us ms s m h.
 * Units: nanoseconds. Return: as units__count(); a missing unit is -EINVAL.
 */
int units__duration(const char *text, __u64 *ret);
