// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpfsnoop_test - functions of known shapes, called on request.
 *
 * Writing `call NAME [N] [ARG...]` to /proc/bpfsnoop_test calls the function NAME N times (once)
 * in the writer's context. ARG is a number (any base, signed or not), `@` for the number of the
 * call from 0, `@M` for that modulo M, `$OBJECT` for the address of an object, or a text, whose
 * address is given. What is left out has a default. Reading gives `NAME COUNT` for every function:
 * its calls so far, counted by itself. /proc/bpfsnoop_test_objects gives `NAME=ADDRESS`.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "functions.h"

#define REQUEST_MAX 1024

static const struct {
	const char *name;
	void (*run)(const struct bt_call *call);
} functions[] = {
#define BT(name) { "bt_" #name, run_##name },
#include "functions.def"
#undef BT
};

struct wanted {
	const char *name;
	u64 address;
};

static void match_object(void *to, const char *name, const void *object)
{
	struct wanted *wanted = to;

	if (!strcmp(wanted->name, name))
		wanted->address = (u64)object;
}

static int parse_number(const char *word, u64 *ret)
{
	s64 negative;

	if (!kstrtou64(word, 0, ret))
		return 0;
	if (kstrtos64(word, 0, &negative))
		return -EINVAL;
	*ret = negative;
	return 0;
}

/* Anything that is neither number, index nor object is a text. */
static int parse_arg(const char *word, u64 *value, u64 *modulo)
{
	struct wanted wanted = { .name = word + 1 };

	*modulo = 0;
	if (word[0] == '@') {
		*modulo = U64_MAX;
		if (word[1] && (parse_number(word + 1, modulo) || !*modulo))
			return -EINVAL;
	} else if (word[0] == '$') {
		bt_objects_show(match_object, &wanted);
		*value = wanted.address;
		return wanted.address ? 0 : -EINVAL;
	} else if (parse_number(word, value)) {
		*value = (u64)word;
	}
	return 0;
}

static int find_function(const char *name)
{
	for (int i = 0; name && i < BT_FUNCTION_CNT; i++)
		if (!strcmp(functions[i].name, name))
			return i;
	return -ENOENT;
}

static int call_times(int function, u64 times, struct bt_call *call)
{
	void (*run)(const struct bt_call *call) = functions[function].run;

	for (u64 i = 0; i < times; i++) {
		call->index = i;
		run(call);
		if (i % 4096 == 4095) {
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

static char *next_word(char **text)
{
	char *word;

	do {
		word = strsep(text, " \t\n");
	} while (word && !*word);
	return word;
}

static int handle(char *text)
{
	struct bt_call call = { 0 };
	u64 times = 1;
	char *word = next_word(&text);
	int function, err;

	if (!word || strcmp(word, "call"))
		return -EINVAL;
	function = find_function(next_word(&text));
	if (function < 0)
		return function;
	word = next_word(&text);
	if (word && parse_number(word, &times))
		return -EINVAL;
	while ((word = next_word(&text))) {
		if (call.cnt == BT_ARG_MAX)
			return -E2BIG;
		err = parse_arg(word, &call.value[call.cnt], &call.modulo[call.cnt]);
		if (err)
			return err;
		call.cnt++;
	}
	return call_times(function, times, &call);
}

static ssize_t request_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char *text;
	int err;

	if (len > REQUEST_MAX)
		return -E2BIG;
	text = memdup_user_nul(from, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = handle(text);
	kfree(text);
	return err ? err : len;
}

static int counts_show(struct seq_file *seq, void *unused)
{
	for (int i = 0; i < BT_FUNCTION_CNT; i++)
		seq_printf(seq, "%s %lld\n", functions[i].name, atomic64_read(&bt_counts[i]));
	return 0;
}

static int counts_open(struct inode *inode, struct file *file)
{
	return single_open(file, counts_show, NULL);
}

static const struct proc_ops request_ops = {
	.proc_open = counts_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = request_write,
};

static void show_object(void *to, const char *name, const void *object)
{
	seq_printf(to, "%s=0x%llx\n", name, (u64)object);
}

static int objects_show(struct seq_file *seq, void *unused)
{
	bt_objects_show(show_object, seq);
	return 0;
}

static int __init bpfsnoop_test_init(void)
{
	BUILD_BUG_ON(ARRAY_SIZE(functions) != BT_FUNCTION_CNT);
	bt_objects_init();
	if (!proc_create("bpfsnoop_test", 0666, NULL, &request_ops))
		return -ENOMEM;
	if (!proc_create_single("bpfsnoop_test_objects", 0444, NULL, objects_show)) {
		remove_proc_entry("bpfsnoop_test", NULL);
		return -ENOMEM;
	}
	return 0;
}

static void __exit bpfsnoop_test_exit(void)
{
	remove_proc_entry("bpfsnoop_test_objects", NULL);
	remove_proc_entry("bpfsnoop_test", NULL);
}

module_init(bpfsnoop_test_init);
module_exit(bpfsnoop_test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Functions of known shapes for the tests of bpfsnoop");
