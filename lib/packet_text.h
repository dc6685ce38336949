/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet in words: a line a header with all of its fields, and what is left as a hex dump. */
#pragma once

#include <stddef.h>
#include <linux/types.h>

#include "asm/packet_layer.h"

struct strbuf;

/**
 * packet_text__put() - Append the lines, each with a newline.
 * @data:  May be NULL when there are no bytes.
 * @first: What they begin with.
 *
 * Names of layers, fields and values are those of gopacket. A header that is cut has `(truncated)`
 * for its fields, one that cannot be `(invalid)`; the bytes of both are in the dump, as is all that
 * stands behind the last header. Addresses in the dump count from its begin. Of tunnels (IP in IP,
 * GRE) the headers inside are shown as well.
 *
 * Units: @cnt in bytes. Source: see headers__next(); RFC 7323 and 2018 (TCP options).
 */
void packet_text__put(struct strbuf *b, const __u8 *data, size_t cnt, enum packet_layer first);
