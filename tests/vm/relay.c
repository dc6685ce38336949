// SPDX-License-Identifier: BSD-2-Clause
/*
 * relay [-t SECONDS] [-T TARFILE] -- QEMU ARGS... - run qemu and be the command of its guest.
 *
 * Gives qemu one end of a socket pair (`FD` in the arguments is replaced by its number), writes
 * what the guest's agent sends to stdout, stderr and TARFILE, passes INT, TERM, HUP, QUIT and USR1
 * on to the command in the guest, and exits with the command's status: 124 when the time is over,
 * 125 when the guest ended without telling a status. qemu dies with the relay.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "frame.h"

#define STATUS_TIMEOUT 124
#define STATUS_DIED 125

static int sock = -1;
static pid_t qemu = -1;
static volatile sig_atomic_t timed_out;

static void forward(int sig)
{
	int err = errno;
	struct frame_header head = { .type = FRAME_SIGNAL, .arg = (uint32_t)sig };
	ssize_t n = write(sock, &head, sizeof(head));

	(void)n; /* a guest that is gone has no use for a signal */
	errno = err;
}

static void on_alarm(int sig)
{
	(void)sig;
	timed_out = 1;
	kill(qemu, SIGKILL);
}

static void catch_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 };
	struct sigaction sa = { .sa_handler = forward, .sa_flags = SA_RESTART };

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* In a session of its own: a terminal's Ctrl-C is for the command, not for the machine. */
static void exec_qemu(char **argv, int fd, pid_t parent)
{
	for (char **a = argv; *a; a++) {
		char *at = strstr(*a, "fd=FD");
		char *text;

		if (!at)
			continue;
		if (asprintf(&text, "%.*sfd=%d%s", (int)(at - *a), *a, fd, at + 5) < 0)
			_exit(STATUS_DIED);
		*a = text;
	}
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(STATUS_DIED);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(STATUS_DIED);
}

static int start_qemu(char **argv)
{
	int sv[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t self = getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) != 0)
		return -1;
	qemu = fork();
	if (qemu == 0) {
		dup2(null, 0);
		dup2(2, 1); /* nothing of qemu's own is output of the command */
		fcntl(sv[1], F_SETFD, 0);
		exec_qemu(argv, sv[1], self);
	}
	close(sv[1]);
	close(null);
	sock = sv[0];
	return qemu < 0 ? -1 : 0;
}

/* Pass bytes on; when nobody reads them any more the command is told by a broken pipe. */
static void pass(int fd, const char *buf, uint32_t len)
{
	static bool gone[3];

	if (gone[fd] || frame_write_all(fd, buf, len) == 0)
		return;
	gone[fd] = true;
	frame_send(sock, FRAME_CLOSE, (uint32_t)fd, NULL, 0);
}

static int serve(int tar)
{
	static char buf[FRAME_MAX];
	struct frame_header head;

	while (frame_read_all(sock, &head, sizeof(head)) == 0 && head.len <= sizeof(buf)) {
		if (frame_read_all(sock, buf, head.len) != 0)
			break;
		if (head.type == FRAME_STDOUT)
			pass(1, buf, head.len);
		else if (head.type == FRAME_STDERR)
			pass(2, buf, head.len);
		else if (head.type == FRAME_FILES && tar >= 0)
			frame_write_all(tar, buf, head.len);
		else if (head.type == FRAME_LOG)
			fprintf(stderr, "guest: %.*s", (int)head.len, buf);
		else if (head.type == FRAME_EXIT)
			return (int)head.arg;
	}
	return timed_out ? STATUS_TIMEOUT : STATUS_DIED;
}

int main(int argc, char **argv)
{
	int c, tar = -1, status;
	unsigned int seconds = 0;

	while ((c = getopt(argc, argv, "+t:T:")) != -1) {
		if (c == 't')
			seconds = (unsigned int)atoi(optarg);
		else if (c == 'T')
			tar = open(optarg, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		else
			return STATUS_DIED;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would read the output any more */
	if (optind >= argc || start_qemu(argv + optind) != 0) {
		fprintf(stderr, "relay: cannot start qemu\n");
		return STATUS_DIED;
	}
	catch_signals();
	alarm(seconds);
	status = serve(tar);
	kill(qemu, SIGKILL);
	waitpid(qemu, NULL, 0);
	return status;
}
