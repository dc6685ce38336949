// SPDX-License-Identifier: BSD-2-Clause
#include "lib/attach_probe.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/macros.h"
#include "lib/attach.h"
#include "lib/kernel_syms.h"
#include "lib/target.h"
#include "lib/tracefs.h"

#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe/"
#define RETPROBE_ACTIVE 4096
#define GROUP_PREFIX "bpfsnoop_"

void attach_probe__remove(char *probe)
{
	__free char *cmd = NULL, *path = NULL;
	char *dir = strchr(probe, ' ');

	/* "GROUP/NAME DIR": only then does the kernel let go of the function */
	*dir++ = '\0';
	if (asprintf(&cmd, "-:%s\n", probe) < 0)
		cmd = NULL;
	if (asprintf(&path, "%s/kprobe_events", dir) < 0)
		path = NULL;
	if (cmd && path)
		fs__write(path, O_APPEND, cmd);
}

static int perf_open(struct perf_event_attr *attr)
{
	long fd;

	attr->size = sizeof(*attr);
	attr->sample_period = 1;
	attr->wakeup_events = 1;
	fd = syscall(SYS_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* Where a probe goes: a symbol, or an address when several functions share the symbol. */
struct place {
	char *symbol; /* `NAME` or `MODULE:NAME`, or `0xADDR` as text */
	__u64 addr;   /* 0: by symbol */
};

static void place_fini(struct place *p)
{
	free(p->symbol);
}

static int place_by_name(const struct target *t, struct place *ret)
{
	char *s;

	if (asprintf(&s, "%s%s%s", t->module ? t->module : "", t->module ? ":" : "", t->name) < 0)
		return -ENOMEM;
	*ret = (struct place){ .symbol = s };
	return 0;
}

struct first_of {
	const struct target *target;
	__u64 addr;
	unsigned int cnt;
};

static int match_first(void *ctx, const struct ksym *sym)
{
	struct first_of *f = ctx;
	const char *module = f->target->module ? f->target->module : "";

	if (!ksym_is_text(sym) || strcmp(sym->name, f->target->name) || strcmp(sym->module, module))
		return 0;
	if (!f->cnt++)
		f->addr = sym->addr;
	return 0;
}

/* The first function of that name, which is the one a trampoline takes too. */
static int place_by_addr(const struct target *t, struct place *ret)
{
	struct first_of f = { .target = t };
	char *s;
	int err = kernel_syms__each(NULL, match_first, &f);

	if (err < 0)
		return err;
	if (!f.addr || f.cnt < 2)
		return -ENOENT;
	if (asprintf(&s, "0x%llx", (unsigned long long)f.addr) < 0)
		return -ENOMEM;
	*ret = (struct place){ .symbol = s, .addr = f.addr };
	return 0;
}

/* Bit of the `config` word that makes a kprobe a return probe: "config:0". */
static __u64 retprobe_bit(void)
{
	__free char *text = NULL;

	if (fs__read(KPROBE_PMU "format/retprobe", &text, NULL))
		return 1;
	return 1ull << atoi(text + strcspn(text, ":") + 1);
}

/* A probe made by the perf interface itself: gone with its descriptor. */
static int open_pmu_probe(const struct place *place, bool is_ret)
{
	struct perf_event_attr attr = { 0 };
	long type;
	int err = fs__read_long(KPROBE_PMU "type", &type);

	if (err)
		return err;
	attr.type = (__u32)type;
	attr.config = is_ret ? retprobe_bit() : 0;
	attr.kprobe_func = place->addr ? 0 : (__u64)(unsigned long)place->symbol;
	attr.probe_offset = place->addr; /* the same word as kprobe_addr */
	return perf_open(&attr);
}

/*
 * GROUP/NAME of our event. Names are C identifiers of at most 63 bytes (`.isra.0` becomes
 * `_isra_0`), kprobe_profile tells them without their group, and a second probe of a name joins the
 * first one's event: the target's number and the process are in them too.
 */
static char *event_name(const struct target *t, unsigned int index, bool is_ret)
{
	static const char fmt[] = GROUP_PREFIX "%d/%.32s_%u_%d%s";
	char *s;

	if (asprintf(&s, fmt, getpid(), t->name, index, getpid(), is_ret ? "_ret" : "") < 0)
		return NULL;
	for (char *c = strchr(s, '/') + 1; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return s;
}

/* `p:EVENT SYMBOL` or `r4096:EVENT SYMBOL` */
static int event_command(char **ret, const char *event, const char *symbol, bool is_ret)
{
	int n = is_ret ? asprintf(ret, "r%d:%s %s\n", RETPROBE_ACTIVE, event, symbol)
		       : asprintf(ret, "p:%s %s\n", event, symbol);

	if (n >= 0)
		return 0;
	*ret = NULL;
	return -ENOMEM;
}

/* Create the event; its id for perf_event_open(). */
static int create_event(const char *dir, const char *event, const struct place *place, bool is_ret,
			long *ret_id)
{
	__free char *cmd = NULL, *path = NULL, *id = NULL;
	int err;

	if (event_command(&cmd, event, place->symbol, is_ret))
		return -ENOMEM;
	if (asprintf(&path, "%s/kprobe_events", dir) < 0 ||
	    asprintf(&id, "%s/events/%s/id", dir, event) < 0)
		return -ENOMEM;
	err = fs__write(path, O_APPEND, cmd);
	return err ? err : fs__read_long(id, ret_id);
}

/* A probe made through tracefs: return probes get enough instances, misses are told. */
static int open_event_probe(const char *dir, const char *event, const struct place *place,
			    bool is_ret, struct attached *a)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT };
	long id;
	int err;

	/* noted first: whatever fails from here on, the event is taken away again */
	if (asprintf(&a->probe, "%s %s", event, dir) < 0) {
		a->probe = NULL;
		return -ENOMEM;
	}
	err = create_event(dir, event, place, is_ret, &id);
	if (err)
		return err;
	attr.config = (__u64)id;
	return perf_open(&attr);
}

static int open_probe(const char *event, const struct place *place, bool is_ret, struct attached *a)
{
	const char *dir = tracefs__with("kprobe_events", W_OK);

	a->perf_fd = dir ? open_event_probe(dir, event, place, is_ret, a)
			 : open_pmu_probe(place, is_ret);
	return a->perf_fd < 0 ? a->perf_fd : 0;
}

/* Where a target that is one of several of its name is, is known. */
static int place_of(const struct target *t, struct place *ret)
{
	char *s;

	if (!t->by_addr)
		return place_by_name(t, ret);
	if (asprintf(&s, "0x%llx", (unsigned long long)t->addr) < 0)
		return -ENOMEM;
	*ret = (struct place){ .symbol = s, .addr = t->addr };
	return 0;
}

/*
 * By name; a name that several functions have is refused, with EINVAL by tracefs and EADDRNOTAVAIL
 * by the perf interface: Linux b022f0c7e404 ("tracing/kprobes: Return EADDRNOTAVAIL when func
 * matches several symbols"), v6.6. Then the first of them by address.
 */
static int open_named_probe(const struct target *t, unsigned int index, bool is_ret,
			    struct attached *a)
{
	struct place place __cleanup(place_fini) = { 0 };
	__free char *event = event_name(t, index, is_ret);
	int err = event ? place_of(t, &place) : -ENOMEM;

	if (!err)
		err = open_probe(event, &place, is_ret, a);
	if (t->by_addr || (err != -EADDRNOTAVAIL && err != -EINVAL))
		return err;
	place_fini(&place);
	place = (struct place){ 0 };
	attached__fini(a);
	return place_by_addr(t, &place) ? err : open_probe(event, &place, is_ret, a);
}

/* With a cookie: Linux 82e6b1eee6a8 ("bpf: Allow to specify user-provided bpf_cookie for BPF perf
 * links"), v5.15 */
static int link_create(int prog_fd, int perf_fd, unsigned int cookie)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int fd = bpf_link_create(prog_fd, perf_fd, BPF_PERF_EVENT, &opts);

	return fd < 0 ? -errno : fd;
}

int attach_probe(int prog_fd, bool is_ret, const struct target *t, unsigned int index,
		 struct attached *ret)
{
	struct attached a __cleanup(attached__fini) = ATTACHED_INIT;
	int err = open_named_probe(t, index, is_ret, &a);

	if (err)
		return err;
	a.link_fd = link_create(prog_fd, a.perf_fd, index);
	if (a.link_fd < 0)
		return a.link_fd;
	*ret = a;
	a = (struct attached)ATTACHED_INIT;
	return 0;
}

/* `r4096:bpfsnoop_PID/NAME ...`: the PID when it is a group of ours whose process is gone. */
static bool is_stale(const char *line)
{
	const char *group = strchr(line, ':');
	long pid;

	if (!group || strncmp(group + 1, GROUP_PREFIX, strlen(GROUP_PREFIX)))
		return false;
	pid = strtol(group + 1 + strlen(GROUP_PREFIX), NULL, 10);
	return pid > 0 && kill((pid_t)pid, 0) && errno == ESRCH;
}

void attach_probe__sweep(void)
{
	__free char *path = NULL, *text = NULL;
	const char *dir = tracefs__with("kprobe_events", W_OK);
	char *save = NULL;

	if (!dir || asprintf(&path, "%s/kprobe_events", dir) < 0)
		return;
	if (fs__read(path, &text, NULL))
		return;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		__free char *cmd = NULL;

		if (!is_stale(line))
			continue;
		line[strcspn(line, " ")] = '\0';
		if (asprintf(&cmd, "-%s\n", strchr(line, ':')) < 0) {
			cmd = NULL;
			continue;
		}
		fs__write(path, O_APPEND, cmd);
	}
}
