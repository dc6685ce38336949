// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/kernel/proc.h"

#define NOBODY 65534
#define SETUP_FAILED 124

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* --- in the child ----------------------------------------------------------------------------- */

__attribute__((noreturn)) static void give_up(const char *what, const char *which)
{
	fprintf(stderr, "runner: %s %s: %s\n", what, which, strerror(errno));
	_exit(SETUP_FAILED);
}

/* Bits of a comma-separated list of capabilities. */
static uint64_t caps_mask(const char *list)
{
	static const struct {
		const char *name;
		int bit;
	} rows[] = {
		{ "CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH },
		{ "CAP_NET_ADMIN", CAP_NET_ADMIN },
		{ "CAP_SYS_PTRACE", CAP_SYS_PTRACE },
		{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN },
		{ "CAP_SYS_RESOURCE", CAP_SYS_RESOURCE },
		{ "CAP_SYSLOG", CAP_SYSLOG },
		{ "CAP_PERFMON", CAP_PERFMON },
		{ "CAP_BPF", CAP_BPF },
	};
	uint64_t mask = 0;

	while (*list) {
		size_t len = strcspn(list, ","), i;

		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (strlen(rows[i].name) == len && !strncmp(rows[i].name, list, len))
				break;
		errno = EINVAL;
		if (i == sizeof(rows) / sizeof(rows[0]))
			give_up("unknown capability", list);
		mask |= 1ULL << rows[i].bit;
		list += len + (list[len] == ',');
	}
	return mask;
}

static void set_caps(uint64_t mask)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(mask >> (32 * i));

		data[i] = (struct __user_cap_data_struct){ half, half, half };
	}
	if (syscall(SYS_capset, &head, data) != 0)
		give_up("cannot set", "capabilities");
}

/* As another user: the capabilities stay by being ambient. */
static void become(const char *user, const char *caps)
{
	uint64_t mask = caps ? caps_mask(caps) : 0;

	errno = EINVAL;
	if (strcmp(user, "nobody") != 0)
		give_up("no user", user);
	if (prctl(PR_SET_KEEPCAPS, 1) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) != 0)
		give_up("cannot become", user);
	set_caps(mask);
	for (unsigned long bit = 0; bit <= CAP_LAST_CAP; bit++)
		if (mask >> bit & 1 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0) != 0)
			give_up("cannot keep", "capabilities");
}

/* As root: what is not in the bounding set is not regained by exec. */
static void bound(const char *caps)
{
	uint64_t mask = caps_mask(caps);

	for (unsigned long bit = 0; bit <= CAP_LAST_CAP; bit++)
		if (!(mask >> bit & 1) && prctl(PR_CAPBSET_DROP, bit) != 0 && errno != EINVAL)
			give_up("cannot drop", "capabilities");
	set_caps(mask);
}

static void hide(const char *dir)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", dir, "tmpfs", 0, "mode=755") != 0)
		give_up("cannot hide", dir);
}

static void apply_limits(const struct kcase *limits)
{
	for (size_t i = 0; i < limits->hide.cnt; i++)
		hide(limits->hide.text[i]);
	if (limits->user)
		become(limits->user, limits->caps);
	else if (limits->caps)
		bound(limits->caps);
}

static void set_vars(const struct match *vars)
{
	for (size_t i = 0; i < vars->var_cnt; i++)
		setenv(vars->var[i].name, vars->var[i].value, 1);
}

__attribute__((noreturn)) static void child(const struct proc_spec *spec, int out, int err)
{
	int null = open("/dev/null", O_RDONLY);
	char *text;

	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, 0);
	dup2(out, 1);
	dup2(err, 2);
	close(null);
	if (chdir(spec->dir) != 0)
		give_up("cannot go to", spec->dir);
	setenv("PATH", spec->path, 1);
	if (spec->vars)
		set_vars(spec->vars);
	if (spec->limits)
		apply_limits(spec->limits);
	if (asprintf(&text, "%s%s", spec->exec ? "exec " : "", spec->command) < 0)
		give_up("no memory for", "the command");
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	give_up("cannot run", "/bin/sh");
}

/* --- in the runner ---------------------------------------------------------------------------- */

int proc__start(struct proc *ret, const struct proc_spec *spec)
{
	int out[2], err[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	if (pipe2(err, O_CLOEXEC | O_NONBLOCK) != 0) {
		close(out[0]);
		close(out[1]);
		return -EMFILE;
	}
	fcntl(out[1], F_SETFL, 0);
	fcntl(err[1], F_SETFL, 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(spec, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	if (pid < 0)
		return -EAGAIN;
	setpgid(pid, pid);
	*ret = (struct proc){ .pid = pid, .fd = { out[0], err[0] } };
	ret->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	return 0;
}

/* Read what is there; beyond the limit it is dropped. */
static void gather(struct proc *proc, int which)
{
	static char buf[65536];
	ssize_t n = read(proc->fd[which], buf, sizeof(buf));
	char *grown;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(proc->fd[which]);
		proc->fd[which] = -1;
		return;
	}
	if (proc->len[which] + (size_t)n > PROC_OUTPUT_MAX)
		return;
	grown = realloc(proc->text[which], proc->len[which] + (size_t)n + 1);
	if (!grown)
		abort();
	memcpy(grown + proc->len[which], buf, (size_t)n);
	proc->text[which] = grown;
	proc->len[which] += (size_t)n;
	grown[proc->len[which]] = '\0';
}

/* What the process left in its pipes; somebody it started may still hold them open. */
static void drain(struct proc *proc)
{
	for (int i = 0; i < 2; i++) {
		struct pollfd pfd = { .fd = proc->fd[i], .events = POLLIN };

		while (proc->fd[i] >= 0 && poll(&pfd, 1, 0) > 0)
			gather(proc, i);
	}
}

static void reap(struct proc *proc, int flags)
{
	int wstatus;

	if (proc->ended || waitpid(proc->pid, &wstatus, flags) != proc->pid)
		return;
	proc->ended = true;
	proc->status = WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
	drain(proc);
}

void proc__kill(struct proc *proc)
{
	kill(-proc->pid, SIGKILL);
	reap(proc, 0);
}

void proc__fini(struct proc *proc)
{
	if (proc->pid > 0) {
		proc__kill(proc);
		for (int i = 0; i < 2; i++) {
			if (proc->fd[i] >= 0)
				close(proc->fd[i]);
			free(proc->text[i]);
		}
		close(proc->pidfd);
	}
	*proc = (struct proc){ 0 };
}

void procs_pump(struct proc **procs, size_t cnt, int timeout_ms)
{
	struct pollfd pfd[12];

	for (size_t i = 0; i < 3 * cnt; i++) {
		struct proc *proc = procs[i / 3];
		int fd = -1;

		if (proc && !proc->ended)
			fd = i % 3 == 2 ? proc->pidfd : proc->fd[i % 3];
		pfd[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	if (poll(pfd, 3 * cnt, timeout_ms) <= 0)
		return;
	for (size_t i = 0; i < 3 * cnt; i++) {
		if (!pfd[i].revents)
			continue;
		if (i % 3 == 2)
			reap(procs[i / 3], WNOHANG);
		else if (procs[i / 3]->fd[i % 3] >= 0)
			gather(procs[i / 3], (int)(i % 3));
	}
}
