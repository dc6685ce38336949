/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * errno_name() - "ECONNREFUSED" for 111; the kernel-internal ones (512 and up) included.
 * @err: Positive error number.
 *
 * Source: Linux include/uapi/asm-generic/errno.h, include/linux/errno.h.
 * Return: static text, or NULL for a number that has no name.
 */
const char *errno_name(int err);
