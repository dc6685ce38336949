// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/kernel/residue.h"

#define POLL_MS 10

static const struct {
	const char *name;
	int next_id_cmd;
} kinds[] = {
	{ "program", BPF_PROG_GET_NEXT_ID },
	{ "map", BPF_MAP_GET_NEXT_ID },
	{ "link", BPF_LINK_GET_NEXT_ID },
};

static void take_ids(struct residue_ids *ret, int cmd)
{
	union bpf_attr attr = { 0 };

	ret->cnt = 0;
	while (ret->cnt < RESIDUE_ID_MAX && syscall(SYS_bpf, cmd, &attr, sizeof(attr)) == 0) {
		ret->id[ret->cnt++] = attr.next_id;
		attr.start_id = attr.next_id;
	}
}

static char *take_kprobes(void)
{
	int fd = open("/sys/kernel/tracing/kprobe_events", O_RDONLY | O_CLOEXEC);
	char *text = calloc(1, 65536);
	size_t len = 0;
	ssize_t n;

	if (!text)
		abort();
	while (fd >= 0 && len < 65535 && (n = read(fd, text + len, 65535 - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	return text;
}

void residue__take(struct residue *ret)
{
	for (size_t i = 0; i < 3; i++)
		take_ids(&ret->ids[i], kinds[i].next_id_cmd);
	ret->kprobes = take_kprobes();
}

void residue__fini(struct residue *residue)
{
	free(residue->kprobes);
	residue->kprobes = NULL;
}

static size_t count_new(const struct residue_ids *before, const struct residue_ids *now)
{
	size_t new = 0;

	for (size_t i = 0, j = 0; i < now->cnt; i++) {
		while (j < before->cnt && before->id[j] < now->id[i])
			j++;
		new += j == before->cnt || before->id[j] != now->id[i];
	}
	return new;
}

/* True when nothing is there that was not before; else says what, if @report. */
static bool compare(const struct residue *before, FILE *report)
{
	static struct residue now;
	bool clean = true;

	residue__take(&now);
	for (size_t i = 0; i < 3; i++) {
		size_t new = count_new(&before->ids[i], &now.ids[i]);

		clean &= new == 0;
		if (new > 0 && report)
			fprintf(report, "left behind: %zu BPF %ss\n", new, kinds[i].name);
	}
	if (strcmp(before->kprobes, now.kprobes) != 0) {
		clean = false;
		if (report)
			fprintf(report, "left behind: kprobe_events is\n%s", now.kprobes);
	}
	residue__fini(&now);
	return clean;
}

bool residue__check(const struct residue *before, int timeout_ms, FILE *report)
{
	for (int ms = 0; ms < timeout_ms; ms += POLL_MS) {
		if (compare(before, NULL))
			return true;
		usleep(POLL_MS * 1000);
	}
	return compare(before, report);
}

int kernel_log_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

bool kernel_log_check(int fd, FILE *report)
{
	static const char *const bad[] = { "BUG:",	 "WARNING:", "Oops",
					   "general protection", "soft lockup", "rcu: INFO" };
	static char line[8192];
	bool clean = true;
	ssize_t n;

	if (fd < 0)
		return true;
	while ((n = read(fd, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		line[n > 0 ? n : 0] = '\0';
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			if (!strstr(line, bad[i]))
				continue;
			fprintf(report, "kernel log: %s", line);
			clean = false;
			break;
		}
	}
	return clean;
}
