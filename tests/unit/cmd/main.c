// SPDX-License-Identifier: BSD-2-Clause
/* The program itself, as far as it comes before it asks the kernel for anything. */
#include <fcntl.h>
#include <sys/wait.h>

#include "tests/unit/capture.h"

#define WORDS_MAX 8

/* Run the program with its stdout in @out_fd; its exit status. @err: its stderr, to be freed. */
static int run(const char *const *words, int out_fd, char **err)
{
	char *argv[WORDS_MAX + 2] = { (char *)BPFSNOOP };
	struct capture c;
	int status;
	pid_t pid;

	for (int i = 0; i < WORDS_MAX && words[i]; i++)
		argv[i + 1] = (char *)words[i];
	capture__begin(&c);
	pid = fork();
	if (!pid) {
		dup2(out_fd, STDOUT_FILENO);
		execv(BPFSNOOP, argv);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	*err = capture__end(&c);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct {
	const char *words[WORDS_MAX];
	int status;
	const char *err;
} refused[] = {
	{ { NULL },
	  2,
	  "bpfsnoop: nothing to trace; name a function with -k, as -k tcp_connect; --help lists "
	  "all\n" },
	{ { "--kfunk", "f" }, 2, "bpfsnoop: unknown flag '--kfunk'; did you mean 'kfunc', 'kfunc-kmods', 'kfunc-all-kmods'?\n" },
	{ { "-k" }, 2, "bpfsnoop: --kfunc needs a value: SPEC[,SPEC...]\n" },
	{ { "-vx" }, 2, "bpfsnoop: unknown flag '-x'; --help lists them\n" },
	{ { "--no-such-flag", "--help" },
	  2,
	  "bpfsnoop: unknown flag '--no-such-flag'; --help lists them\n" },
	{ { "-k", "tcp_connect,(x)f" },
	  2,
	  "bpfsnoop: --kfunc: unknown prefix '(x)'\n"
	  "  tcp_connect,(x)f\n"
	  "              ^~~  available: (b) (m) (p) (skb)\n" },
	{ { "-k", "f", "--timeout", "5" },
	  2,
	  "bpfsnoop: --timeout: '5' is not a duration with a unit (ns us ms s m h), as 10s\n"
	  "  5\n"
	  "  ^\n" },
	{ { "-k", "f", "--" }, 2, "bpfsnoop: COMMAND missing after '--'\n" },
	/* found out before anything is attached */
	{ { "-k", "tcp_connect", "--", "/nonexistent/cmd" },
	  127,
	  "bpfsnoop: cannot run '/nonexistent/cmd': No such file or directory\n" },
	{ { "-k", "tcp_connect", "--", "no-such-command-anywhere" },
	  127,
	  "bpfsnoop: cannot run 'no-such-command-anywhere': No such file or directory\n" },
	{ { "-k", "tcp_connect", "--", "/etc/passwd" },
	  126,
	  "bpfsnoop: cannot run '/etc/passwd': Permission denied\n" },
	{ { "-k", "tcp_connect", "--", "" },
	  127,
	  "bpfsnoop: cannot run '': No such file or directory\n" },
};

/* Nothing on stdout: it carries events and listings only. */
static void refused_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		char path[] = "/tmp/bpfsnoop-unit.XXXXXX", *err = NULL;
		int fd = mkstemp(path);

		assert_int_equal(run(refused[i].words, fd, &err), refused[i].status);
		assert_string_equal(err, refused[i].err);
		assert_int_equal(lseek(fd, 0, SEEK_END), 0);
		free(err);
		close(fd);
		unlink(path);
	}
}

static const struct {
	const char *words[WORDS_MAX];
	const char *begins;
} informs[] = {
	{ { "--help" }, "Usage: bpfsnoop -k FUNCTION" },
	{ { "-h" }, "Usage: bpfsnoop -k FUNCTION" },
	{ { "-k", "tcp_connect", "--help" }, "Usage: bpfsnoop -k FUNCTION" },
	{ { "--version" }, "bpfsnoop " },
};

static void texts_go_to_stdout(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(informs); i++) {
		char path[] = "/tmp/bpfsnoop-unit.XXXXXX", *err = NULL, *out = NULL;
		int fd = mkstemp(path);

		assert_int_equal(run(informs[i].words, fd, &err), 0);
		assert_string_equal(err, "");
		assert_int_equal(fs__read(path, &out, NULL), 0);
		assert_memory_equal(out, informs[i].begins, strlen(informs[i].begins));
		free(err);
		free(out);
		close(fd);
		unlink(path);
	}
}

static void full_stdout_is_an_error(void **state)
{
	static const char *const words[] = { "--help", NULL };
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	char *err = NULL;

	(void)state;
	assert_int_equal(run(words, fd, &err), 1);
	assert_string_equal(err,
			    "bpfsnoop: cannot write standard output: No space left on device\n");
	free(err);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_lines),
		cmocka_unit_test(texts_go_to_stdout),
		cmocka_unit_test(full_stdout_is_an_error),
	};

	return RUN_TESTS(tests);
}
