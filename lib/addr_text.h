/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of networks, as text: for values, and for packets. */
#pragma once

struct strbuf;

/** addr_text__ip4() - Append `127.0.0.1`. @addr: 4 bytes, in network order. */
void addr_text__ip4(struct strbuf *b, const void *addr);

/** addr_text__ip6() - Append `::1`, as RFC 5952 has it. @addr: 16 bytes, in network order. */
void addr_text__ip6(struct strbuf *b, const void *addr);

/** addr_text__mac() - Append `aa:bb:cc:dd:ee:ff`. @addr: 6 bytes. */
void addr_text__mac(struct strbuf *b, const void *addr);
