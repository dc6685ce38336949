// SPDX-License-Identifier: BSD-2-Clause
#include "lib/attach_multi.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "bpf/abi/config.h"
#include "lib/kernel_abi.h"

#define POOL_MIN 4096    /* calls inside at once */
#define REFUSED_MAX 1000 /* functions that are looked for one by one */

/* By bpf(2): libbpf 1.1.2 knows no sessions. */
static int link_multi(int prog_fd, enum attach_point at, const struct kernel_link *what)
{
	struct kernel_link attr = *what;

	attr.prog_fd = (__u32)prog_fd;
	attr.attach_type = at == AT_SESSION ? KERNEL_KPROBE_SESSION : KERNEL_KPROBE_MULTI;
	attr.kprobe_multi.flags = at == AT_RETMULTI ? KERNEL_KPROBE_MULTI_RETURN : 0;
	return kernel_link_create(&attr);
}

void multi_links__fini(struct multi_links *l)
{
	vec_each (&l->fds, fd)
		close(*fd);
	vec_free(&l->fds);
}

/* What one attempt takes. */
struct attempt {
	int prog_fd;
	enum attach_point at;
	unsigned int cpus;
	struct multi_links *links;
	unsigned int refused;
};

/* How often the first function is named beyond once. */
static size_t padding(const struct attempt *a, size_t cnt)
{
	size_t want = POOL_MIN / (2 * MAX(a->cpus, 1u));

	return a->at == AT_MULTI || cnt >= want ? 0 : want - cnt;
}

static int link_sites(const struct attempt *a, const struct multi_site *sites, size_t cnt)
{
	size_t all = cnt + padding(a, cnt);
	__free __u64 *addrs = calloc(all, sizeof(*addrs));
	__free __u64 *cookies = calloc(all, sizeof(*cookies));
	struct kernel_link what = { .kprobe_multi.cnt = (__u32)all };

	if (!addrs || !cookies)
		return -ENOMEM;
	for (size_t i = 0; i < all; i++) {
		const struct multi_site *s = &sites[i < cnt ? i : 0];

		addrs[i] = s->addr;
		cookies[i] = (__u64)s->jump << COOKIE_JUMP_SHIFT | s->index;
	}
	what.kprobe_multi.addrs = (__u64)(unsigned long)addrs;
	what.kprobe_multi.cookies = (__u64)(unsigned long)cookies;
	return link_multi(a->prog_fd, a->at, &what);
}

static int keep(struct attempt *a, int fd)
{
	int err = vec_push(&a->links->fds, fd);

	if (err)
		close(fd);
	return err;
}

static void refuse_all(struct attempt *a, struct multi_site *sites, size_t cnt, int err)
{
	for (size_t i = 0; i < cnt; i++)
		sites[i].err = err;
	a->refused += cnt;
}

/* Depth: log2 of their number. */
static int attach_half(struct attempt *a, struct multi_site *sites, size_t cnt)
{
	int fd = link_sites(a, sites, cnt), err;

	if (fd >= 0)
		return keep(a, fd);
	if (fd == -ENOMEM)
		return fd;
	/* one by one up to a point: beyond it is not single functions that are refused */
	if (cnt == 1 || a->refused > REFUSED_MAX) {
		refuse_all(a, sites, cnt, fd);
		return 0;
	}
	err = attach_half(a, sites, cnt / 2);
	return err ? err : attach_half(a, sites + cnt / 2, cnt - cnt / 2);
}

int attach_multi(int prog_fd, enum attach_point at, unsigned int cpus, struct multi_site *sites,
		 size_t cnt, struct multi_links *ret)
{
	struct attempt a = { prog_fd, at, cpus, ret, 0 };
	size_t before = ret->fds.cnt;
	int err;

	if (!cnt)
		return 0;
	err = attach_half(&a, sites, cnt);
	if (err)
		return err;
	return ret->fds.cnt > before ? 0 : sites[0].err;
}
