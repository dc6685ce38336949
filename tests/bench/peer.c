// SPDX-License-Identifier: BSD-2-Clause
/*
 * peer OBJECT PROGRAM [-- COMMAND...] - load one program of an object by libbpf, attach it, say
 * `attached`, count the events in its ring until INT or until COMMAND ends. The last line is
 * `delivered N`: events of processes called `trigger`.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "tests/bench/peer.h"

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int on_event(void *ctx, void *data, size_t sz)
{
	const struct peer_event *e = data;
	unsigned long *delivered = ctx;

	if (sz >= sizeof(*e) && !strcmp(e->comm, "trigger"))
		++*delivered;
	return 0;
}

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct bpf_object *load(const char *path, const char *name)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_program *p;

	must(!!obj, path);
	bpf_object__for_each_program(p, obj)
		bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), name));
	p = bpf_object__find_program_by_name(obj, name);
	must(!!p, name);
	must(!bpf_object__load(obj), "load");
	must(!!bpf_program__attach(p), "attach");
	return obj;
}

static void run_command(char **argv)
{
	pid_t pid = fork();
	int status;

	must(pid >= 0, "fork");
	if (!pid) {
		execv(argv[0], argv);
		_exit(127);
	}
	must(waitpid(pid, &status, 0) == pid && !status, argv[0]);
}

static void serve(struct ring_buffer *rb)
{
	while (!stop) {
		int n = ring_buffer__poll(rb, 50);

		must(n >= 0 || n == -EINTR, "poll");
		/* Not woken for every event: look once more when the time is up. */
		if (!n)
			ring_buffer__consume(rb);
	}
	ring_buffer__consume(rb);
}

int main(int argc, char **argv)
{
	unsigned long delivered = 0;
	struct bpf_object *obj;
	struct ring_buffer *rb;

	if (argc < 3) {
		fprintf(stderr, "usage: peer OBJECT PROGRAM [-- COMMAND...]\n");
		return 2;
	}
	signal(SIGINT, on_signal);
	obj = load(argv[1], argv[2]);
	rb = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "ring"), on_event, &delivered,
			      NULL);
	must(!!rb, "ring buffer");
	fprintf(stderr, "attached\n");
	if (argc > 4)
		run_command(&argv[4]);
	else
		serve(rb);
	printf("delivered %lu\n", delivered);
	ring_buffer__free(rb);
	bpf_object__close(obj);
	return 0;
}
