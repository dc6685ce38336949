// SPDX-License-Identifier: BSD-2-Clause
/*
 * The init of a guest: mounts, loads modules, runs one command with separate stdout and stderr
 * sent to the host, passes the host's signals on, sends files back, leaves by isa-debug-exit.
 *
 * What to do is in the image: /agent/modules/ (in name order), /agent/argv and /agent/env (NUL
 * separated), /agent/cwd, /agent/outs (paths to bring back, one a line).
 */
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "frame.h"

#define WORDS_MAX 4096
#define EXIT_PORT 0xf4 /* isa-debug-exit of the qemu command line */

static int port = -1;
static volatile pid_t command;
static int streams[3] = { -1, -1, -1 }; /* our ends of the command's stdout (1) and stderr (2) */

static void leave(void)
{
	sync();
	if (iopl(3) == 0)
		outb(1, EXIT_PORT);
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void complain(const char *what, const char *which)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%s %s: %s\n", what, which, strerror(errno));

	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	if (port >= 0)
		frame_send(port, FRAME_LOG, 0, line, (uint32_t)n);
	else
		fputs(line, stderr);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} rows[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "devpts", "/dev/pts" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "securityfs", "/sys/kernel/security" },
		{ "bpf", "/sys/fs/bpf" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mkdir(rows[i].dir, 0755);
		if (mount(rows[i].type, rows[i].dir, rows[i].type, 0, NULL) != 0)
			complain("mount", rows[i].dir);
	}
	chmod("/tmp", 01777);
	if (symlink("/proc/self/fd", "/dev/fd") != 0)
		complain("symlink", "/dev/fd");
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr) != 0)
		complain("cannot bring up", "lo");
	close(fd);
}

static void load_modules(void)
{
	struct dirent **list;
	int n = scandir("/agent/modules", &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char path[sizeof("/agent/modules/") + sizeof(list[i]->d_name)];
		int fd;

		if (list[i]->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/agent/modules/%s", list[i]->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) != 0)
			complain("cannot load", path);
		close(fd);
	}
}

static bool port_is_ours(const char *name)
{
	char path[320], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, FRAME_PORT) == 0;
}

/* The port's device appears some milliseconds after its driver: try for ten seconds. */
static int open_port(void)
{
	for (int tries = 0; tries < 10000; tries++) {
		DIR *dir = opendir("/sys/class/virtio-ports");
		struct dirent *d;
		char path[320] = "";

		while (dir && (d = readdir(dir)))
			if (d->d_name[0] != '.' && port_is_ours(d->d_name))
				snprintf(path, sizeof(path), "/dev/%s", d->d_name);
		if (dir)
			closedir(dir);
		if (path[0])
			return open(path, O_RDWR | O_CLOEXEC);
		usleep(1000);
	}
	errno = ENODEV;
	return -1;
}

/* slurp() - a file of the image as words, NUL or newline separated; never freed. */
static char **slurp(const char *path, char sep)
{
	static const size_t max = 1 << 20;
	char **words = calloc(WORDS_MAX + 1, sizeof(*words)), *text = calloc(1, max + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC), cnt = 0;
	size_t len = 0;
	ssize_t n;

	if (!words || !text)
		leave();
	while (fd >= 0 && len < max && (n = read(fd, text + len, max - len)) > 0)
		len += (size_t)n;
	close(fd);
	for (size_t start = 0, i = 0; i < len; i++) {
		if (text[i] != sep)
			continue;
		text[i] = '\0';
		if (cnt < WORDS_MAX)
			words[cnt++] = text + start;
		start = i + 1;
	}
	return words;
}

static void set_environment(void)
{
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "dumb", 1);
	setenv("LC_ALL", "C", 1);
	for (char **e = slurp("/agent/env", '\0'); *e; e++)
		putenv(*e);
}

static void run_command(int out, int err)
{
	char **argv = slurp("/agent/argv", '\0'), **cwd = slurp("/agent/cwd", '\n');
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, 0);
	dup2(out, 1);
	dup2(err, 2);
	close(null);
	if (cwd[0] && chdir(cwd[0]) != 0)
		perror(cwd[0]);
	if (argv[0]) {
		execvp(argv[0], argv);
		perror(argv[0]);
	}
	_exit(errno == ENOENT ? 127 : 126);
}

static void start_command(void)
{
	int out[2], err[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		leave();
	pid = fork();
	if (pid == 0)
		run_command(out[1], err[1]);
	command = pid;
	close(out[1]);
	close(err[1]);
	streams[1] = out[0];
	streams[2] = err[0];
}

/* What the host says; a thread of its own, so that it is heard while the host does not read. */
static void *listen_to_host(void *unused)
{
	struct frame_header head;
	char skip[FRAME_MAX];

	while (frame_read_all(port, &head, sizeof(head)) == 0 && head.len <= sizeof(skip)) {
		if (frame_read_all(port, skip, head.len) != 0)
			break;
		if (head.type == FRAME_SIGNAL && command > 0)
			kill(command, (int)head.arg);
		if (head.type == FRAME_CLOSE && (head.arg == 1 || head.arg == 2)) {
			int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

			dup2(null, streams[head.arg]); /* the command's pipe loses its reader */
			close(null);
		}
	}
	return unused;
}

/* Send what is there on a stream. False at its end. */
static bool pump(int which)
{
	static char buf[FRAME_MAX];
	ssize_t n = read(streams[which], buf, sizeof(buf));

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	if (frame_send(port, which == 1 ? FRAME_STDOUT : FRAME_STDERR, 0, buf, (uint32_t)n) != 0)
		complain("cannot send", "output");
	return true;
}

static int status_of(int wstatus)
{
	return WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
}

/* True when the command has ended; reaps whoever else was left to init. */
static bool reap(int *status)
{
	int wstatus;
	pid_t pid;

	while ((pid = waitpid(-1, &wstatus, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		command = -1;
		*status = status_of(wstatus);
	}
	return command < 0;
}

static void on_child(int sig)
{
	(void)sig;
}

/*
 * Until the command has ended and its pipes are empty. A background process that still holds a
 * pipe does not keep the guest alive: what it wrote until then is sent, no more.
 */
static int serve(void)
{
	struct pollfd pfd[2] = { { .fd = streams[1], .events = POLLIN },
				 { .fd = streams[2], .events = POLLIN } };
	sigset_t none;
	int status = 125;

	sigemptyset(&none);
	for (;;) {
		bool ended = reap(&status);
		struct timespec zero = { 0 };
		int n = ppoll(pfd, 2, ended ? &zero : NULL, &none);

		if (n == 0 && ended)
			break;
		for (int i = 0; i < 2 && n > 0; i++)
			if (pfd[i].revents && !pump(i + 1))
				pfd[i].fd = -1;
	}
	return status;
}

static void send_files(void)
{
	static char buf[FRAME_MAX];
	char **outs = slurp("/agent/outs", '\n');
	char *argv[WORDS_MAX + 8] = { "tar", "-cf", "-", "-C", "/" };
	int p[2], argc = 5;
	ssize_t n;

	for (; *outs; outs++)
		if (access(*outs, F_OK) == 0)
			argv[argc++] = *outs + (**outs == '/');
	if (argc == 5 || pipe2(p, O_CLOEXEC) != 0)
		return;
	if (fork() == 0) {
		dup2(p[1], 1);
		execv("/bin/busybox", argv);
		_exit(127);
	}
	close(p[1]);
	while ((n = read(p[0], buf, sizeof(buf))) > 0)
		frame_send(port, FRAME_FILES, 0, buf, (uint32_t)n);
	close(p[0]);
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_child };
	pthread_t thread;
	sigset_t child;
	int status;

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGCHLD, &sa, NULL);
	/* Delivered in serve() only, never to the thread that listens. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	mount_all();
	loopback_up();
	load_modules();
	port = open_port();
	if (port < 0) {
		complain("cannot reach", "the host");
		leave();
	}
	set_environment();
	signal(SIGPIPE, SIG_DFL);
	start_command();
	signal(SIGPIPE, SIG_IGN);
	if (pthread_create(&thread, NULL, listen_to_host, NULL) != 0)
		leave();
	status = serve();
	send_files();
	frame_send(port, FRAME_EXIT, (uint32_t)status, NULL, 0);
	/* The host ends the machine when it has read the last frame. */
	sleep(5);
	leave();
}
