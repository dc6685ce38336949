// SPDX-License-Identifier: BSD-2-Clause
/*
 * bpfprogs WHAT [ARG...] - the BPF programs of progs.bpf.c, as something to be traced. They are
 * pinned in /sys/fs/bpf under their names and stay there until `unpin`.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

#define OBJECT "/usr/lib/progs.bpf.o"
#define PINS "/sys/fs/bpf/"
#define CGROUP "/tmp/bpfprogs.cgroup"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bpfprogs: %s: %s\n", what, strerror(errno));
	exit(1);
}

static const char *pin_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), PINS "%s", name);
	return path;
}

/* The program pinned as @name. */
static int pinned(const char *name)
{
	int fd = bpf_obj_get(pin_of(name));

	must(fd >= 0, name);
	return fd;
}

static struct bpf_prog_info info_of(int fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	must(!bpf_obj_get_info_by_fd(fd, &info, &len), "info");
	return info;
}

/* Without BTF, as old compilers made them. */
static void load_nobtf(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "bt_nobtf", "GPL", insns, 2, NULL);

	must(fd >= 0, "load bt_nobtf");
	must(!bpf_obj_pin(fd, pin_of("bt_nobtf")), "pin bt_nobtf");
}

/* What a tail call through the map leads to. */
static void set_next(struct bpf_object *obj, const char *map, const char *name)
{
	struct bpf_map *m = bpf_object__find_map_by_name(obj, map);
	int fd = bpf_program__fd(bpf_object__find_program_by_name(obj, name));
	__u32 zero = 0;

	must(!bpf_map_update_elem(bpf_map__fd(m), &zero, &fd, 0), map);
	/* a map of programs is emptied when no process and no pin has it */
	must(!bpf_map__pin(m, pin_of(map)), map);
}

/* load - load and pin all that is not there yet. */
static int do_load(int argc, char **argv)
{
	struct bpf_object *obj;
	struct bpf_program *p;

	(void)argc, (void)argv;
	if (!access(PINS "bt_again", F_OK))
		return 0;
	obj = bpf_object__open_file(OBJECT, NULL);
	must(obj, OBJECT);
	must(!bpf_object__load(obj), "load");
	bpf_object__for_each_program(p, obj) if (bpf_program__autoload(p))
		must(!bpf_program__pin(p, pin_of(bpf_program__name(p))), bpf_program__name(p));
	load_nobtf();
	set_next(obj, "bt_next", "bt_tail_end");
	set_next(obj, "bt_again", "bt_loop");
	return 0;
}

static int do_id(int argc, char **argv)
{
	(void)argc;
	printf("%u\n", info_of(pinned(argv[0])).id);
	return 0;
}

static int do_tag(int argc, char **argv)
{
	struct bpf_prog_info info = info_of(pinned(argv[0]));

	(void)argc;
	for (size_t i = 0; i < sizeof(info.tag); i++)
		printf("%02x", info.tag[i]);
	putchar('\n');
	return 0;
}

static size_t packet_of(const char *hex, unsigned char *packet, size_t room)
{
	size_t cnt = strlen(hex) / 2, sz = cnt < 64 ? 64 : cnt;

	must(sz <= room, "packet");
	memset(packet, 0, sz);
	for (size_t i = 0; i < cnt; i++)
		sscanf(hex + 2 * i, "%2hhx", &packet[i]);
	return sz;
}

/* run NAME HEX [N] - run it over a packet of at least 64 bytes. */
static int do_run(int argc, char **argv)
{
	unsigned char packet[512];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = (__u32)packet_of(argv[1], packet, sizeof(packet)), .repeat = 1);
	int fd = pinned(argv[0]), times = argc > 2 ? atoi(argv[2]) : 1;

	for (int i = 0; i < times; i++)
		must(!bpf_prog_test_run_opts(fd, &opts), "run");
	printf("PID=%d\nLEN=%u\nRETVAL=%d\n", getpid(), opts.data_size_in, (int)opts.retval);
	return 0;
}

/* In the background, until killed; the parent says who it is when it is ready. */
static int stay(void (*ready)(void *ctx), void *ctx)
{
	int ends[2];
	char c;
	pid_t pid;

	must(!pipe(ends), "pipe");
	pid = fork();
	must(pid >= 0, "fork");
	if (!pid) {
		close(ends[0]);
		freopen("/dev/null", "w", stdout);
		ready(ctx);
		must(write(ends[1], "", 1) == 1, "write");
		close(ends[1]);
		for (;;)
			pause();
	}
	close(ends[1]);
	must(read(ends[0], &c, 1) == 1, "child");
	printf("%d\n", pid);
	return 0;
}

static void hold_one(void *ctx)
{
	pinned(ctx);
}

/* Only the link keeps it: the descriptor of the program is closed. */
static void hold_link(void *ctx)
{
	int fd = pinned(ctx), link;

	link = strcmp(ctx, "bt_fentry") ? bpf_raw_tracepoint_open("sched_process_fork", fd)
					: bpf_link_create(fd, 0, BPF_TRACE_FENTRY, NULL);

	must(link >= 0, "attach");
	close(fd);
}

/* hold NAME, hold-link NAME - a process that has it; prints its PID. */
static int do_hold(int argc, char **argv)
{
	(void)argc;
	return stay(hold_one, argv[0]);
}

static int do_hold_link(int argc, char **argv)
{
	(void)argc;
	return stay(hold_link, argv[0]);
}

/* xdp NAME|none - attach to the loopback device, in place of what is there. */
static int do_xdp(int argc, char **argv)
{
	int fd = strcmp(argv[0], "none") ? pinned(argv[0]) : -1;

	(void)argc;
	must(!bpf_xdp_attach((int)if_nametoindex("lo"), fd, XDP_FLAGS_SKB_MODE, NULL), "xdp");
	return 0;
}

/* ping - a datagram over loopback, which nobody takes. */
static int do_ping(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)argc, (void)argv;
	must(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1, "sendto");
	return 0;
}

/* cgroup NAME|none - attach to all processes' connect(). */
static int do_cgroup(int argc, char **argv)
{
	int dir, fd;

	(void)argc;
	mkdir(CGROUP, 0755);
	dir = open(CGROUP "/cgroup.procs", O_RDONLY);
	if (dir < 0)
		must(!mount("cgroup2", CGROUP, "cgroup2", 0, NULL), "mount");
	dir = open(CGROUP, O_RDONLY | O_DIRECTORY);
	must(dir >= 0, CGROUP);
	fd = pinned("bt_connect4");
	if (strcmp(argv[0], "none"))
		must(!bpf_prog_attach(fd, dir, BPF_CGROUP_INET4_CONNECT, 0), "attach");
	else
		must(!bpf_prog_detach2(fd, dir, BPF_CGROUP_INET4_CONNECT), "detach");
	return 0;
}

/* churn - load programs and let them go, until killed: they disappear while others look. */
static void churn(void *ctx)
{
	(void)ctx;
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct bpf_object *obj = bpf_object__open_file(OBJECT, NULL);

		must(obj && !bpf_object__load(obj), "load");
		bpf_object__close(obj);
	}
}

static int do_churn(int argc, char **argv)
{
	(void)argc, (void)argv;
	return stay(churn, NULL);
}

/* fresh NAME PIN - a copy of one program, pinned as PIN. */
static int do_fresh(int argc, char **argv)
{
	struct bpf_object *obj = bpf_object__open_file(OBJECT, NULL);
	struct bpf_program *p;

	(void)argc;
	must(obj, OBJECT);
	bpf_object__for_each_program(p, obj)
		bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), argv[0]));
	must(!bpf_object__load(obj), "load");
	must(!bpf_program__pin(bpf_object__find_program_by_name(obj, argv[0]), pin_of(argv[1])),
	     argv[1]);
	return 0;
}

static int do_unpin(int argc, char **argv)
{
	(void)argc;
	must(!unlink(pin_of(argv[0])), argv[0]);
	return 0;
}

static const struct {
	const char *name;
	int argc; /* at least */
	int (*fn)(int argc, char **argv);
} whats[] = {
	{ "load", 0, do_load },   { "id", 1, do_id },       { "tag", 1, do_tag },
	{ "run", 2, do_run },     { "hold", 1, do_hold },   { "hold-link", 1, do_hold_link },
	{ "xdp", 1, do_xdp },     { "ping", 0, do_ping },   { "cgroup", 1, do_cgroup },
	{ "churn", 0, do_churn }, { "unpin", 1, do_unpin }, { "fresh", 2, do_fresh },
};

static int no_log(enum libbpf_print_level level, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static int no_log(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, fmt, ap) : 0;
}

int main(int argc, char **argv)
{
	libbpf_set_print(no_log);
	for (size_t i = 0; argc > 1 && i < sizeof(whats) / sizeof(whats[0]); i++)
		if (!strcmp(whats[i].name, argv[1]) && argc - 2 >= whats[i].argc)
			return whats[i].fn(argc - 2, argv + 2);
	fprintf(stderr, "bpfprogs: wrong use\n");
	return 2;
}
