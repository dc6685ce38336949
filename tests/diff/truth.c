// SPDX-License-Identifier: BSD-2-Clause
/*
 * truth IMAGE RESULTS: evaluate the expressions that are linked in, one struct truth each. Built
 * by gcc together with what diff.gen writes.
 */
#include "tests/diff/truth.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL_ADDR 0x10000000UL

/* Written by diff.gen. */
extern const truth_fn *const truth_parts[];
extern const unsigned int truth_cnts[], truth_part_cnt;

#define ARG(type, name) type name;
DIFF_ARGS(ARG)
#undef ARG
struct kinds KPTR *retval;
u64 truth_addr;

static sigjmp_buf out;
static struct truth *now;

void truth_fault(int status)
{
	now->status = (u32)status;
	now->value = status == TRUTH_FAULT ? truth_addr : 0;
	siglongjmp(out, 1);
}

static void on_signal(int sig)
{
	(void)sig;
	truth_fault(TRUTH_FAULT);
}

/* As ours: all that counts is read, up to a NUL where nothing says how long it is. */
int truth_compare(const char KPTR *s, int bound, const char *text, int whole)
{
	int len = (int)strlen(text), need = len + whole,
	    end = bound < 0 || need < bound ? need : bound;
	int equal = bound < 0 || len <= bound;

	truth_addr = (u64)s;
	for (int i = 0; i < end || !i; i++) {
		char c = ((const volatile char KPTR *)s)[i];

		if (i < end && c != text[i])
			equal = 0;
		if (bound < 0 && !c)
			break;
	}
	return equal;
}

#define TAKE(type, name)                                                                           \
	memcpy(&name, slots, sizeof(name));                                                        \
	slots += (sizeof(name) + 7) / 8;

static void set_args(const struct image *im, unsigned int variant)
{
	const __u64 *slots = im->slots[variant];

	DIFF_ARGS(TAKE)
	memcpy(&retval, &im->retval[variant], sizeof(retval));
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct image *map_image(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct image *im = malloc(sizeof(*im));
	void *p = mmap((void *)REAL_ADDR, IMAGE_SZ, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE,
		       fd, 0);

	if (fd < 0 || p != (void *)REAL_ADDR || read(fd, im, sizeof(*im)) != sizeof(*im))
		die(path);
	close(fd);
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, REAL_ADDR - IMAGE_ADDR))
		die("gs");
	return im;
}

static void run(truth_fn fn, FILE *f)
{
	struct truth t = { 0 };

	now = &t;
	if (!sigsetjmp(out, 0))
		fn(&t);
	if (fwrite(&t, sizeof(t), 1, f) != 1)
		die("write");
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_NODEFER };
	const struct image *im = argc == 3 ? map_image(argv[1]) : NULL;
	FILE *f = im ? fopen(argv[2], "w") : NULL;
	unsigned int cnt = 0;

	if (!f)
		die("usage: truth IMAGE RESULTS");
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	for (unsigned int p = 0; p < truth_part_cnt; p++)
		for (unsigned int i = 0; i < truth_cnts[p]; i++, cnt++) {
			set_args(im, cnt % IMAGE_VARIANTS);
			run(truth_parts[p][i], f);
		}
	return fclose(f) ? 1 : 0;
}
