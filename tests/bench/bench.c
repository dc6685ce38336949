// SPDX-License-Identifier: BSD-2-Clause
/*
 * The stop-watch of the benchmark; runs in the guest, whose nanoseconds are executed instructions.
 *
 * bench stamp FILE                    write the time to FILE
 * bench base N                        what a call costs without a tracer
 * bench cost N OUT NEEDLE READY -- TRACER...
 *     Start TRACER with stdout in OUT and stderr in OUT.err, wait until OUT.err has READY, make N
 *     calls, wait until TRACER is done with them, end it by INT. Delivered events: lines of OUT
 * with NEEDLE; NEEDLE `delivered`: the number behind that word. bench start STAMP -- TRACER...
 * TRACER runs `bench stamp STAMP` once attached, and ends
 *
 * Calls are pread()s of one byte, or with BENCH_CALL=packet in the environment frames of 150 bytes
 * with an unknown protocol sent through a packet socket to the interface dummy0, or with
 * BENCH_CALL=ip TCP segments for port 80 with a wrong checksum, sent to lo: ip_rcv() gets them,
 * and tcp_v4_rcv() drops them.
 *
 * Results are one line of blank-separated NAME=VALUE on stdout.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/if_packet.h>

#define PROTOCOL 0x88b5            /* for experiments, IEEE 802 */
#define TARGET "/tmp/bench.target" /* a tmpfs file of one byte */
#define READY_TIMEOUT_MS 60000
#define SETTLE_MS 2000 /* after READY, and until it is quiet: some say so before they attach */
#define QUIET_MS 300   /* the tracer used no time for so long: it is done */

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + (unsigned long long)ts.tv_nsec;
}

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* --- the calls that are traced --------------------------------------------------------------- */

struct loop {
	unsigned long long ns;        /* wall time of the loop */
	unsigned long long tracer_ns; /* the tracer's CPU time meanwhile */
};

/* CPU time of all threads; SCHED_INFO's first number. */
static unsigned long long cpu_ns(pid_t pid)
{
	unsigned long long sum = 0, ns;
	char pattern[64];
	glob_t g;

	if (!pid)
		return 0;
	snprintf(pattern, sizeof(pattern), "/proc/%d/task/*/schedstat", pid);
	if (glob(pattern, 0, NULL, &g))
		die(pattern);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		FILE *f = fopen(g.gl_pathv[i], "r");

		if (!f || fscanf(f, "%llu", &ns) != 1)
			die(g.gl_pathv[i]);
		fclose(f);
		sum += ns;
	}
	globfree(&g);
	return sum;
}

/* One kind of call. */
struct call {
	int (*open)(void);
	void (*make)(int fd);
};

static int open_target(void)
{
	int fd = open(TARGET, O_RDONLY);

	if (fd < 0)
		die(TARGET);
	return fd;
}

static void read_target(int fd)
{
	char c;

	if (pread(fd, &c, 1, 0) != 1)
		die("pread");
}

/* The interface must be there; it is set up here, as nobody's default. */
static int open_interface(const char *name, unsigned short protocol)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	struct ifreq ifr = { 0 };
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol) };

	strcpy(ifr.ifr_name, name);
	if (fd < 0 || ioctl(fd, SIOCGIFINDEX, &ifr))
		die(name);
	to.sll_ifindex = ifr.ifr_ifindex;
	ifr.ifr_flags = IFF_UP | IFF_NOARP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die(name);
	return fd;
}

static int open_dummy(void)
{
	return open_interface("dummy0", PROTOCOL);
}

/* Without a protocol the socket gets nothing of what it sends. */
static int open_lo(void)
{
	return open_interface("lo", 0);
}

/* 127.0.0.2:1024 to 127.0.0.1:80. */
static void send_segment(int fd)
{
	static const unsigned char frame[150] = {
		0,    0, 0,   0,   0,    0, 0,    0,    0,    0,    0,    0,    8,   0, /* IPv4 */
		0x45, 0, 0,   136, 0,    1, 0,    0,    64,   6,    0x7c, 0x6c, 127, 0,
		0,    2, 127, 0,   0,    1, 4,    0,    0,    80,   0,    0,    0,   1,
		0,    0, 0,   0,   0x50, 2, 0xff, 0xff, 0xde, 0xad,
	};

	if (send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		die("send");
}

static void send_packet(int fd)
{
	static const unsigned char frame[150] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, PROTOCOL >> 8, PROTOCOL & 0xff
	};

	if (send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		die("send");
}

static const struct call *wanted_call(void)
{
	static const struct call reads = { open_target, read_target };
	static const struct call packets = { open_dummy, send_packet };
	static const struct call segments = { open_lo, send_segment };
	const char *what = getenv("BENCH_CALL");

	if (what && !strcmp(what, "ip"))
		return &segments;
	return what && !strcmp(what, "packet") ? &packets : &reads;
}

static void trigger(unsigned long n, int go, int out, pid_t tracer)
{
	const struct call *call = wanted_call();
	struct loop loop;
	unsigned long long start, cpu;
	int fd = call->open();
	char c;

	/* Reads before this name are somebody else's. */
	cpu = cpu_ns(tracer);
	if (read(go, &c, 1) != 1)
		die("go");
	prctl(PR_SET_NAME, "trigger");
	start = now_ns();
	for (unsigned long i = 0; i < n; i++)
		call->make(fd);
	loop.ns = now_ns() - start;
	prctl(PR_SET_NAME, "bench");
	loop.tracer_ns = cpu_ns(tracer) - cpu;
	if (write(out, &loop, sizeof(loop)) != sizeof(loop))
		die("write");
	_exit(0);
}

/* N calls by a process of their own, of which the tracer is none. */
static struct loop make_calls(unsigned long n, pid_t tracer)
{
	int go[2], out[2], status;
	struct loop loop;
	pid_t pid;

	if (pipe(go) || pipe(out))
		die("pipe");
	fflush(NULL);
	pid = fork();
	if (!pid)
		trigger(n, go[0], out[1], tracer);
	sleep_ms(100);
	if (pid < 0 || write(go[1], "x", 1) != 1)
		die("fork");
	if (read(out[0], &loop, sizeof(loop)) != sizeof(loop))
		die("trigger");
	waitpid(pid, &status, 0);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(out[i]);
	}
	return loop;
}

static void make_target(void)
{
	int fd = open(TARGET, O_CREAT | O_WRONLY | O_TRUNC, 0644);

	if (fd < 0 || write(fd, "x", 1) != 1 || close(fd))
		die(TARGET);
}

static int do_base(unsigned long n)
{
	struct loop warm, loop;

	make_target();
	warm = make_calls(n, 0);
	loop = make_calls(n, 0);
	(void)warm;
	printf("calls=%lu loop_ns=%llu\n", n, loop.ns);
	return 0;
}

/* --- tracers -----------------------------------------------------------------------------------
 */

static pid_t start_tracer(char **argv, const char *out)
{
	char err[256];
	pid_t pid;

	snprintf(err, sizeof(err), "%s.err", out);
	unlink(out);
	unlink(err);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	if (!freopen(out, "w", stdout) || !freopen(err, "w", stderr))
		_exit(126);
	execv(argv[0], argv);
	_exit(127);
}

static bool file_has(const char *path, const char *needle)
{
	FILE *f = fopen(path, "r");
	char line[4096];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, needle);
	if (f)
		fclose(f);
	return found;
}

/* Some poll while they idle: little time used in a while is none. */
static void wait_quiet(pid_t pid)
{
	unsigned long long before = cpu_ns(pid), after;

	for (;;) {
		sleep_ms(QUIET_MS);
		after = cpu_ns(pid);
		if (after - before < 1000000)
			return;
		before = after;
	}
}

static void wait_ready(pid_t pid, const char *out, const char *ready)
{
	char err[256];

	snprintf(err, sizeof(err), "%s.err", out);
	for (int ms = 0; ms < READY_TIMEOUT_MS; ms += 20) {
		if (file_has(err, ready) || file_has(out, ready)) {
			sleep_ms(SETTLE_MS);
			wait_quiet(pid);
			return;
		}
		if (waitpid(pid, NULL, WNOHANG) == pid)
			break;
		sleep_ms(20);
	}
	fprintf(stderr, "bench: the tracer did not say '%s'; see %s\n", ready, err);
	exit(1);
}

/* Resident kilobytes, without what is mapped from BPF maps (the ring). */
static unsigned long resident_kb(pid_t pid)
{
	unsigned long sum = 0, kb;
	bool counts = false;
	char path[64], line[4096];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	f = fopen(path, "r");
	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			counts = !strstr(line, "anon_inode:bpf");
		else if (counts && sscanf(line, "Rss: %lu kB", &kb) == 1)
			sum += kb;
	}
	fclose(f);
	return sum;
}

static unsigned long count_delivered(const char *out, const char *needle)
{
	bool is_number = !strcmp(needle, "delivered");
	FILE *f = fopen(out, "r");
	unsigned long cnt = 0;
	char line[4096];

	if (!f)
		die(out);
	while (fgets(line, sizeof(line), f)) {
		if (is_number)
			sscanf(line, "delivered %lu", &cnt);
		else
			cnt += strstr(line, needle) != NULL;
	}
	fclose(f);
	return cnt;
}

static int do_cost(unsigned long n, const char *out, const char *needle, const char *ready,
		   char **argv)
{
	pid_t pid = start_tracer(argv, out);
	unsigned long long before, total;
	unsigned long rss;
	struct loop loop;
	int status;

	make_target();
	wait_ready(pid, out, ready);
	before = cpu_ns(pid);
	loop = make_calls(n, pid);
	wait_quiet(pid);
	total = cpu_ns(pid) - before;
	rss = resident_kb(pid);
	kill(pid, SIGINT);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		die("the tracer's end");
	printf("calls=%lu loop_ns=%llu tracer_in_loop_ns=%llu tracer_ns=%llu delivered=%lu rss_kb=%lu "
	       "status=%d\n",
	       n, loop.ns, loop.tracer_ns, total, count_delivered(out, needle), rss,
	       WEXITSTATUS(status));
	return 0;
}

static int do_stamp(const char *path)
{
	unsigned long long ns = now_ns();
	FILE *f = fopen(path, "w");

	if (!f || fprintf(f, "%llu\n", ns) < 0 || fclose(f))
		die(path);
	return 0;
}

static int do_start(const char *stamp, char **argv)
{
	unsigned long long start, attached = 0;
	int status;
	FILE *f;
	pid_t pid;

	unlink(stamp);
	start = now_ns();
	pid = start_tracer(argv, "/tmp/bench.start");
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	f = fopen(stamp, "r");
	if (!f || fscanf(f, "%llu", &attached) != 1)
		die(stamp);
	fclose(f);
	printf("start_ns=%llu status=%d\n", attached - start, WEXITSTATUS(status));
	return 0;
}

/* The arguments behind `--`, NULL without. */
static char **behind_dashes(char **argv)
{
	while (*argv && strcmp(*argv, "--"))
		argv++;
	return *argv && argv[1] ? argv + 1 : NULL;
}

int main(int argc, char **argv)
{
	char **tracer = behind_dashes(argv);
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "stamp") && argc == 3)
		return do_stamp(argv[2]);
	if (!strcmp(what, "base") && argc == 3)
		return do_base(strtoul(argv[2], NULL, 10));
	if (!strcmp(what, "cost") && tracer == argv + 7)
		return do_cost(strtoul(argv[2], NULL, 10), argv[3], argv[4], argv[5], tracer);
	if (!strcmp(what, "start") && tracer == argv + 4)
		return do_start(argv[2], tracer);
	fprintf(stderr, "bench: wrong usage; see the head of bench.c\n");
	return 2;
}
