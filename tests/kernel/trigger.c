// SPDX-License-Identifier: BSD-2-Clause
/*
 * trigger WHAT [ARG...] - make something happen in the kernel and print what a tracer must show.
 *
 * Every trigger prints PID= and, where it knows them, values as KEY=value, one a line.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KMOD "/proc/bpfsnoop_test"
#define KMOD_OBJECTS "/proc/bpfsnoop_test_objects"

static int fail(const char *what)
{
	fprintf(stderr, "trigger: %s: %s\n", what, strerror(errno));
	return 1;
}

static void say_pid(void)
{
	printf("PID=%d\n", getpid());
	fflush(stdout);
}

/* --- network ---------------------------------------------------------------------------------- */

static int listen_on(uint16_t port, struct sockaddr_in *ret)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 || listen(fd, 8) != 0)
		return -1;
	if (getsockname(fd, (struct sockaddr *)ret, &len) != 0)
		return -1;
	return fd;
}

static int connect_once(uint16_t port, struct sockaddr_in *addr, struct sockaddr_in *local)
{
	socklen_t len = sizeof(*local);
	int server = listen_on(port, addr), client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (server < 0 || client < 0)
		return fail("listen");
	if (connect(client, (struct sockaddr *)addr, sizeof(*addr)) != 0)
		return fail("connect");
	if (getsockname(client, (struct sockaddr *)local, &len) != 0)
		return fail("getsockname");
	close(client);
	close(server);
	return 0;
}

/* connect [PORT] - listen on a loopback port and connect to it. */
static int do_connect(int argc, char **argv)
{
	struct sockaddr_in addr, local;

	if (connect_once(argc > 0 ? (uint16_t)atoi(argv[0]) : 0, &addr, &local) != 0)
		return 1;
	printf("DPORT=%d\nSPORT=%d\n", ntohs(addr.sin_port), ntohs(local.sin_port));
	return 0;
}

/* refused [PORT] - connect where nobody listens. */
static int do_refused(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(argc > 0 ? (uint16_t)atoi(argv[0]) : 9),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 || errno != ECONNREFUSED)
		return fail("connect was not refused");
	close(fd);
	return 0;
}

/* listen - a listening socket that nobody closes: the kernel does when the process is gone. */
static int do_listen(int argc, char **argv)
{
	struct sockaddr_in addr;

	(void)argc;
	(void)argv;
	return listen_on(0, &addr) < 0 ? fail("listen") : 0;
}

/* --- packets -----------------------------------------------------------------------------------
 */

#define NAMESPACES "/run/netns/"

/* An IPv4 or IPv6 address and a port. Return: its length, 0: it is none. */
static socklen_t address_of(const char *text, const char *port, struct sockaddr_storage *ret)
{
	struct sockaddr_in *in = (void *)ret;
	struct sockaddr_in6 *in6 = (void *)ret;

	*ret = (struct sockaddr_storage){ 0 };
	in->sin_port = htons((uint16_t)atoi(port));
	in->sin_family = AF_INET;
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		return sizeof(*in);
	in6->sin6_family = AF_INET6;
	return inet_pton(AF_INET6, text, &in6->sin6_addr) == 1 ? sizeof(*in6) : 0;
}

static uint16_t port_of(const struct sockaddr_storage *addr)
{
	return ntohs(((const struct sockaddr_in *)addr)->sin_port);
}

/* A socket of the network namespace @name, `.`: of ours; it has three seconds for everything. */
static int socket_in(const char *name, int family, int type)
{
	struct timeval patience = { .tv_sec = 3 };
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), other = -1, fd;
	char path[128];

	snprintf(path, sizeof(path), NAMESPACES "%s", name);
	if (strcmp(name, ".") != 0 &&
	    ((other = open(path, O_RDONLY | O_CLOEXEC)) < 0 || setns(other, CLONE_NEWNET) != 0))
		return -1;
	fd = socket(family, type | SOCK_CLOEXEC, 0);
	if (setns(own, CLONE_NEWNET) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0)
		return -1;
	close(own);
	close(other);
	return fd;
}

/* What is sent: each 32-bit word is its own offset. */
static void fill(unsigned char *data, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		data[i] = (unsigned char)((i & ~3UL) >> (24 - i % 4 * 8));
}

/*
 * udp NS DST DPORT SPORT SIZE [N] - N datagrams to a socket in NS (`.`: in ours), which takes them;
 * `-`: to nobody. Each 32-bit word of the data is its own offset.
 */
static int do_udp(int argc, char **argv)
{
	static unsigned char data[65536], got[65536];
	struct sockaddr_storage dst, src = { 0 };
	socklen_t len = argc < 5 ? 0 : address_of(argv[1], argv[2], &dst);
	size_t size = len ? (size_t)atol(argv[4]) : 0;
	int cnt = argc > 5 ? atoi(argv[5]) : 1, one = 1, fd, taker = -1;

	if (!len || size > sizeof(data))
		return fail("udp NS DST DPORT SPORT SIZE [N]");
	src.ss_family = dst.ss_family;
	((struct sockaddr_in *)&src)->sin_port = htons((uint16_t)atoi(argv[3]));
	fd = socket_in(".", dst.ss_family, SOCK_DGRAM);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&src, len) != 0)
		return fail("bind");
	if (strcmp(argv[0], "-") != 0 &&
	    ((taker = socket_in(argv[0], dst.ss_family, SOCK_DGRAM)) < 0 ||
	     bind(taker, (struct sockaddr *)&dst, len) != 0))
		return fail(argv[0]);
	fill(data, size);
	for (int i = 0; i < cnt; i++) {
		if (sendto(fd, data, size, 0, (struct sockaddr *)&dst, len) != (ssize_t)size)
			return fail("sendto");
		if (taker >= 0 && (recv(taker, got, sizeof(got), 0) != (ssize_t)size ||
				   memcmp(data, got, size) != 0))
			return fail("recv");
	}
	printf("DPORT=%s\nSPORT=%s\nSENT=%d\n", argv[2], argv[3], cnt);
	return 0;
}

/* A frame written in hexadecimal digits, filled up to 60 bytes. Return: its length, 0: it is none.
 */
static size_t frame_of(const char *hex, unsigned char *ret, size_t room)
{
	size_t cnt = strlen(hex) / 2;

	if (cnt > room)
		return 0;
	memset(ret, 0, room);
	for (size_t i = 0; i < cnt; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &ret[i]) != 1)
			return 0;
	return cnt < ETH_ZLEN ? ETH_ZLEN : cnt;
}

/* frame DEV HEX [N] - send an Ethernet frame as it is, N times. */
static int do_frame(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0),
	    times = argc > 2 ? atoi(argv[2]) : 1;
	unsigned char frame[2048];
	size_t size = argc < 2 ? 0 : frame_of(argv[1], frame, sizeof(frame));

	if (fd < 0 || !size)
		return fail("frame DEV HEX [N]");
	to.sll_ifindex = (int)if_nametoindex(argv[0]);
	for (int i = 0; i < times; i++)
		if (sendto(fd, frame, size, 0, (struct sockaddr *)&to, sizeof(to)) != (ssize_t)size)
			return fail(argv[0]);
	printf("LEN=%zu\nSENT=%d\n", size, times);
	return 0;
}

/* tap HEX [N] - a device whose packets come from us, and N times this one. */
static int do_tap(int argc, char **argv)
{
	struct ifreq ifr = { .ifr_name = "tap", .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), sock = socket(AF_INET, SOCK_DGRAM, 0);
	int times = argc > 1 ? atoi(argv[1]) : 1;
	unsigned char frame[2048];
	size_t size = argc < 1 ? 0 : frame_of(argv[0], frame, sizeof(frame));

	if (!size || fd < 0 || ioctl(fd, TUNSETIFF, &ifr) != 0)
		return fail("tap HEX [N]");
	ifr.ifr_flags = IFF_UP;
	if (ioctl(sock, SIOCSIFFLAGS, &ifr) != 0)
		return fail("up");
	for (int i = 0; i < times; i++)
		if (write(fd, frame, size) != (ssize_t)size)
			return fail("write");
	printf("LEN=%zu\nSENT=%d\n", size, times);
	return 0;
}

/* All of @data by one call: from a buffer, or from the pages of a file, which are not copied. */
static bool send_all(int fd, unsigned char *data, size_t size, bool pages)
{
	int file = pages ? memfd_create("trigger", MFD_CLOEXEC) : -1;

	if (!pages)
		return send(fd, data, size, 0) == (ssize_t)size;
	return write(file, data, size) == (ssize_t)size && lseek(file, 0, SEEK_SET) == 0 &&
	       sendfile(fd, file, NULL, size) == (ssize_t)size;
}

static bool take_all(int fd, const unsigned char *data, size_t size)
{
	static unsigned char got[65536];
	ssize_t n;

	for (size_t at = 0; at < size; at += (size_t)n) {
		n = recv(fd, got, sizeof(got), 0);
		if (n <= 0 || memcmp(got, data + at, (size_t)n) != 0)
			return false;
	}
	return true;
}

/*
 * send NS DST PORT BYTES [pages] - a TCP connection to a socket in NS (`.`: in ours), and so many
 * bytes by one call, at most 128 kB; `pages`: by sendfile(). Each 32-bit word is its own offset.
 */
static int do_send(int argc, char **argv)
{
	static unsigned char data[131072];
	struct sockaddr_storage dst, src;
	socklen_t len = argc < 4 ? 0 : address_of(argv[1], argv[2], &dst), src_len = sizeof(src);
	size_t size = len ? (size_t)atol(argv[3]) : 0;
	int one = 1, server, client, taker;

	if (!len || size > sizeof(data))
		return fail("send NS DST PORT BYTES [pages]");
	server = socket_in(argv[0], dst.ss_family, SOCK_STREAM);
	client = socket_in(".", dst.ss_family, SOCK_STREAM);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (server < 0 || bind(server, (struct sockaddr *)&dst, len) != 0 || listen(server, 1) != 0)
		return fail("listen");
	if (connect(client, (struct sockaddr *)&dst, len) != 0 ||
	    getsockname(client, (struct sockaddr *)&src, &src_len) != 0)
		return fail("connect");
	taker = accept(server, NULL, NULL);
	fill(data, size);
	if (taker < 0 || !send_all(client, data, size, argc > 4) || !take_all(taker, data, size))
		return fail("send");
	close(client);
	close(taker);
	printf("DPORT=%s\nSPORT=%d\n", argv[2], port_of(&src));
	return 0;
}

/* --- the test module -------------------------------------------------------------------------- */

/* A function's own count of its calls; negative without the module. */
static long long own_count(const char *name)
{
	FILE *f = fopen(KMOD, "r");
	char word[64];
	long long count, ret = -1;

	while (f && fscanf(f, "%63s %lld", word, &count) == 2)
		if (!strcmp(word, name))
			ret = count;
	if (f)
		fclose(f);
	return ret;
}

static void say_objects(void)
{
	FILE *f = fopen(KMOD_OBJECTS, "r");
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		fputs(line, stdout);
	if (f)
		fclose(f);
}

static int request(int argc, char **argv)
{
	char text[1024] = "call";
	size_t len = 4;
	int fd = open(KMOD, O_WRONLY | O_CLOEXEC);

	for (int i = 0; i < argc && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " %s", argv[i]);
	if (fd < 0 || len >= sizeof(text) || write(fd, text, len) != (ssize_t)len)
		return fail(text);
	close(fd);
	return 0;
}

/* kmod NAME [N] [ARG...] - call a function of the module; CALLS is what it counted itself. */
static int do_kmod(int argc, char **argv)
{
	long long before;

	if (argc < 1)
		return fail("kmod NAME [N] [ARG...]");
	say_objects();
	before = own_count(argv[0]);
	if (request(argc, argv) != 0)
		return 1;
	printf("CALLS=%lld\n", own_count(argv[0]) - before);
	return 0;
}

struct words {
	int argc;
	char **argv;
	int ret;
};

static void *request_in_thread(void *arg)
{
	struct words *words = arg;

	printf("TID=%d\n", (int)syscall(SYS_gettid));
	words->ret = request(words->argc, words->argv);
	return NULL;
}

/* thread NAME [N] [ARG...] - as kmod, from a second thread; prints TID=. */
static int do_thread(int argc, char **argv)
{
	struct words words = { argc, argv, 1 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, request_in_thread, &words) != 0)
		return fail("pthread_create");
	pthread_join(thread, NULL);
	return words.ret;
}

/* sleepers N MS - N processes inside bt_sleep() at the same time. */
static int do_sleepers(int argc, char **argv)
{
	int cnt = argc > 0 ? atoi(argv[0]) : 10, status, ret = 0;
	char name[] = "bt_sleep", one[] = "1", ms[] = "100";
	char *words[] = { name, one, argc > 1 ? argv[1] : ms };

	for (int i = 0; i < cnt; i++)
		if (fork() == 0)
			_exit(request(3, words));
	while (wait(&status) > 0)
		ret |= status;
	return ret ? 1 : 0;
}

/* as UID COMM NAME [N] [ARG...] - as kmod, by another user and under another name; PPID=. */
static int do_as(int argc, char **argv)
{
	printf("PPID=%d\n", getppid());
	if (argc < 3 || prctl(PR_SET_NAME, argv[1]) != 0 || setuid((uid_t)atoi(argv[0])) != 0)
		return fail("as UID COMM NAME");
	return request(argc - 2, argv + 2);
}

/* on CPU NAME [N] [ARG...] - as kmod, on that CPU. */
static int do_on(int argc, char **argv)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (argc > 1)
		CPU_SET((unsigned int)atoi(argv[0]), &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0 || sched_getcpu() != atoi(argv[0]))
		return fail("on CPU NAME");
	return request(argc - 1, argv + 1);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* clock NAME [N] [ARG...] - as kmod; BEFORE= and AFTER= are the monotonic clock around it. */
static int do_clock(int argc, char **argv)
{
	long long before = now_ns();
	int ret = request(argc, argv);

	printf("BEFORE=%lld\nAFTER=%lld\n", before, now_ns());
	return ret;
}

/* user NAME - as kmod, with addresses of a text, a struct bt_s24 and a page that is not there. */
static int do_user(int argc, char **argv)
{
	static char text[32] = "text of a user";
	static struct {
		int64_t a;
		uint64_t b;
		uint32_t c;
		int32_t d;
	} numbers = { -2400, 0xf000000000002400, 0xf0002400, -24000 };
	void *absent = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char word[3][32], one[] = "1";
	char *words[] = { argc > 0 ? argv[0] : one, one, word[0], word[1], word[2] };

	snprintf(word[0], sizeof(word[0]), "%p", (void *)text);
	snprintf(word[1], sizeof(word[1]), "%p", (void *)&numbers);
	snprintf(word[2], sizeof(word[2]), "%p", absent);
	printf("TEXT=%s\nNUMBERS=%s\nABSENT=%s\n", word[0], word[1], word[2]);
	return absent == MAP_FAILED || request(5, words) != 0;
}

/* file PATH|pipe|socket - bt_file() with that one open; INO= is its inode number. */
static int do_file(int argc, char **argv)
{
	const char *what = argc > 0 ? argv[0] : "/";
	char name[] = "bt_file", one[] = "1", number[16];
	char *words[] = { name, one, number };
	int fd[2] = { -1, -1 };
	struct stat st;

	if (!strcmp(what, "socket"))
		fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	else if (strcmp(what, "pipe") != 0)
		fd[0] = open(what, O_RDONLY | O_CLOEXEC);
	else if (pipe(fd) != 0)
		return fail("pipe");
	if (fd[0] < 0 || fstat(fd[0], &st) != 0)
		return fail(what);
	snprintf(number, sizeof(number), "%d", fd[0]);
	printf("INO=%llu\n", (unsigned long long)st.st_ino);
	return request(3, words);
}

/* --- files, processes, time ------------------------------------------------------------------- */

/* read FILE [N] - read a file N times; INO= is its inode number, BYTES= its length. */
static int do_read(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 1;
	struct stat st;
	char buf[4096];
	ssize_t n = 0;

	if (argc < 1)
		return fail("read FILE [N]");
	for (int i = 0; i < times; i++) {
		int fd = open(argv[0], O_RDONLY | O_CLOEXEC);

		if (fd < 0 || fstat(fd, &st) != 0)
			return fail(argv[0]);
		n = read(fd, buf, sizeof(buf));
		close(fd);
	}
	printf("INO=%llu\nBYTES=%zd\n", (unsigned long long)st.st_ino, n);
	return 0;
}

/* sleep MS - one nanosleep. */
static int do_sleep(int argc, char **argv)
{
	long ms = argc > 0 ? atol(argv[0]) : 100;
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	return nanosleep(&ts, NULL) == 0 ? 0 : fail("nanosleep");
}

/* spin MS - burn time in user space. */
static int do_spin(int argc, char **argv)
{
	clock_t end = clock() + (argc > 0 ? atol(argv[0]) : 100) * (CLOCKS_PER_SEC / 1000);

	while (clock() < end)
		;
	return 0;
}

/* fork N - N children that exit at once; CHILD= is the last one's pid. */
static int do_fork(int argc, char **argv)
{
	int cnt = argc > 0 ? atoi(argv[0]) : 1;
	pid_t pid = 0;

	for (int i = 0; i < cnt; i++) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return fail("fork");
	}
	printf("CHILD=%d\n", pid);
	return 0;
}

/* load - once a second a loopback connect, a file read and a fork, without a word, for ever. */
static int do_load(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (;;) {
		struct sockaddr_in addr, local;
		char buf[256];
		int fd = open("/proc/uptime", O_RDONLY | O_CLOEXEC);
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
		if (fd >= 0 && read(fd, buf, sizeof(buf)) < 0)
			return 1;
		close(fd);
		connect_once(0, &addr, &local);
		sleep(1);
	}
}

/* --- a family of processes -------------------------------------------------------------------- */

/* A member calls the function under its own name and says KEY=PID. */
static int member(const char *key, const char *comm, char *func)
{
	char one[] = "1", *words[] = { func, one };

	if (prctl(PR_SET_NAME, comm) != 0 || request(2, words) != 0)
		return 1;
	dprintf(STDOUT_FILENO, "%s=%d\n", key, getpid());
	return 0;
}

static void wait_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* A session of its own whose parent has gone before it calls. */
static void daemonise(char *func)
{
	pid_t parent;

	if (setsid() < 0 || fork() > 0)
		_exit(0);
	parent = getppid();
	for (int i = 0; i < 200 && getppid() == parent; i++)
		wait_ms(10);
	/* adopted: by then its parent was freed, and the others are through */
	wait_ms(1000);
	_exit(member("DAEMON", "daemon", func));
}

/* The leader exits, its thread calls, and then a process that the thread has forked. */
static void *outlive(void *func)
{
	pid_t pid;

	wait_ms(100);
	if (member("OUTLIVED", "outliving", func) != 0)
		_exit(1);
	pid = fork();
	if (pid == 0)
		_exit(member("OUTFORKED", "outforked", func));
	waitpid(pid, NULL, 0);
	return NULL;
}

static void leave_to_thread(char *func)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, outlive, func) != 0)
		_exit(1);
	pthread_exit(NULL);
}

static void *fork_in_thread(void *func)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(member("THREADFORKED", "threadforked", func));
	waitpid(pid, NULL, 0);
	return NULL;
}

static int in_child(void (*fn)(char *func), char *func)
{
	pid_t pid = fork();

	if (pid == 0) {
		fn(func);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : fail("fork");
}

static void child(char *func)
{
	_exit(member("CHILD", "child", func));
}

static void exec_child(char *func)
{
	execlp("trigger", "execed", "quiet", func, NULL);
	_exit(1);
}

/* quiet NAME - one call, EXECED=. */
static int do_quiet(int argc, char **argv)
{
	return argc < 1 || member("EXECED", "execed", argv[0]);
}

/*
 * family NAME [MS] - NAME() is called once by each of: a child, one that execs, a process that a
 * thread forks, a daemon, a thread whose leader is gone, one that this thread forks, and, after MS,
 * the process itself. All are known to have ended.
 */
static int do_family(int argc, char **argv)
{
	pthread_t thread;
	int ends[2];
	char c;

	if (argc < 1 || pipe(ends) != 0)
		return fail("family NAME");
	if (in_child(child, argv[0]) != 0 || in_child(exec_child, argv[0]) != 0 ||
	    in_child(daemonise, argv[0]) != 0 || in_child(leave_to_thread, argv[0]) != 0)
		return 1;
	if (pthread_create(&thread, NULL, fork_in_thread, argv[0]) != 0)
		return fail("pthread_create");
	pthread_join(thread, NULL);
	/* the daemon's end is the last one that is open */
	close(ends[1]);
	if (read(ends[0], &c, 1) != 0)
		return fail("the daemon");
	wait_ms(argc > 1 ? atol(argv[1]) : 0);
	return member("ROOT", "root", argv[0]);
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	bool quiet;
} triggers[] = {
	{ "connect", do_connect, false },
	{ "refused", do_refused, false },
	{ "kmod", do_kmod, false },
	{ "thread", do_thread, false },
	{ "sleepers", do_sleepers, false },
	{ "read", do_read, false },
	{ "sleep", do_sleep, false },
	{ "spin", do_spin, false },
	{ "fork", do_fork, false },
	{ "load", do_load, true },
	{ "as", do_as, false },
	{ "on", do_on, false },
	{ "clock", do_clock, false },
	{ "user", do_user, false },
	{ "file", do_file, false },
	{ "family", do_family, true },
	{ "quiet", do_quiet, true },
	{ "listen", do_listen, false },
	{ "udp", do_udp, false },
	{ "frame", do_frame, false },
	{ "tap", do_tap, false },
	{ "send", do_send, false },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(triggers) / sizeof(triggers[0]); i++) {
		if (strcmp(triggers[i].name, argv[1]) != 0)
			continue;
		if (!triggers[i].quiet)
			say_pid();
		return triggers[i].run(argc - 2, argv + 2);
	}
	fprintf(stderr, "trigger: what?\n");
	return 2;
}
