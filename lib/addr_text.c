// SPDX-License-Identifier: BSD-2-Clause
#include "lib/addr_text.h"

#include <arpa/inet.h>

#include "base/strbuf.h"

/* Several times faster than inet_ntop(). */
void addr_text__ip4(struct strbuf *b, const void *addr)
{
	const unsigned char *a = addr;

	for (int i = 0; i < 4; i++) {
		if (i)
			strbuf__putc(b, '.');
		strbuf__u64(b, a[i]);
	}
}

void addr_text__ip6(struct strbuf *b, const void *addr)
{
	char text[INET6_ADDRSTRLEN];

	strbuf__puts(b, inet_ntop(AF_INET6, addr, text, sizeof(text)));
}

void addr_text__mac(struct strbuf *b, const void *addr)
{
	strbuf__hex_bytes(b, addr, 6, ":");
}
