// SPDX-License-Identifier: BSD-2-Clause
#include "asm/gen_path.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "asm/arg_load.h"
#include "asm/gen.h"
#include "base/macros.h"
#include "bpf/abi/record.h"
#include "btf/member.h"
#include "btf/typename.h"
#include "btf/types.h"

/* Linux include/uapi/linux/magic.h */
#define PIPEFS_MAGIC 0x50495045
#define SOCKFS_MAGIC 0x534f434b

#define CROSSINGS_MAX 3 /* mounts on one place */

/* dentry and mount under way; a mount of 0: there is none. Helpers keep both. */
enum { DENTRY = BPF_REG_8, MOUNT = BPF_REG_9 };

/* The members that the walk reads. */
enum place {
	FILE_PATH,
	PATH_MNT,
	PATH_DENTRY,
	DENTRY_PARENT,
	DENTRY_NAME,
	DENTRY_INODE,
	DENTRY_SB,
	SB_MAGIC,
	INODE_INO,
	MOUNT_MNT,
	MOUNT_PARENT,
	MOUNT_POINT,
	VFSMOUNT_ROOT,
	QSTR_NAME,
	PLACE_CNT,
};

static const struct {
	const char *type, *member;
} places[] = {
	[FILE_PATH] = { "file", "f_path" },           [PATH_MNT] = { "path", "mnt" },
	[PATH_DENTRY] = { "path", "dentry" },         [DENTRY_PARENT] = { "dentry", "d_parent" },
	[DENTRY_NAME] = { "dentry", "d_name" },       [DENTRY_INODE] = { "dentry", "d_inode" },
	[DENTRY_SB] = { "dentry", "d_sb" },           [SB_MAGIC] = { "super_block", "s_magic" },
	[INODE_INO] = { "inode", "i_ino" },           [MOUNT_MNT] = { "mount", "mnt" },
	[MOUNT_PARENT] = { "mount", "mnt_parent" },   [MOUNT_POINT] = { "mount", "mnt_mountpoint" },
	[VFSMOUNT_ROOT] = { "vfsmount", "mnt_root" }, [QSTR_NAME] = { "qstr", "name" },
};
static_assert(ARRAY_SIZE(places) == PLACE_CNT, "a row per member");

struct walk {
	struct gen *g;
	long at; /* of struct rec_path in the record */
	long off[PLACE_CNT];
	int parent; /* a slot of the frame */
	label_t done;
};

static int offset_of(const struct types *t, enum place p, long *ret)
{
	int id = types__find(t, places[p].type, BTF_KIND_STRUCT);
	__u32 off = 0;
	int err = id < 0 ? id : member__offset(t, (__u32)id, places[p].member, &off);

	if (!err)
		*ret = off;
	return err;
}

const char *gen_path__missing(const struct types *t)
{
	long off;

	for (int p = 0; p < PLACE_CNT; p++)
		if (offset_of(t, (enum place)p, &off))
			return places[p].member;
	return NULL;
}

enum kind { KIND_PATH, KIND_FILE, KIND_DENTRY, KIND_CNT };

int gen_path__kind(const struct types *t, const struct typed *p)
{
	static const char *const names[] = {
		[KIND_PATH] = "path",
		[KIND_FILE] = "file",
		[KIND_DENTRY] = "dentry",
	};
	struct ctype_info i;

	ctype__info(t, ctype__target(t, p->type), &i);
	for (int k = 0; i.cls == CT_STRUCT && k < KIND_CNT; k++)
		if (!strcmp(types__name_of(t, i.id), names[k]))
			return k;
	return -1;
}

/* r3 = base + off, where a read goes. */
static void point(struct walk *w, int base, long off)
{
	insns__mov(w->g->c, BPF_REG_3, base);
	if (off)
		insns__alu_imm(w->g->c, BPF_ADD, 64, BPF_REG_3, (__s32)off);
}

/* dst = the 8 bytes at r3. */
static void read_word(struct walk *w, int dst)
{
	struct insns *c = w->g->c;

	insns__stx(c, 8, BPF_REG_10, FRAME_FAULT, BPF_REG_3);
	insns__mov(c, BPF_REG_1, BPF_REG_10);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, FRAME_READ);
	insns__alu_imm(c, BPF_MOV, 64, BPF_REG_2, 8);
	insns__call(c, BPF_FUNC_probe_read_kernel);
	gen__fault_if(w->g, BPF_JNE, BPF_REG_0, 0);
	insns__ldx(c, 8, dst, BPF_REG_10, FRAME_READ);
}

static void read_member(struct walk *w, int dst, int base, long off)
{
	point(w, base, off);
	read_word(w, dst);
}

/* The record's struct rec_path in @reg. */
static void load_path(struct walk *w, int reg)
{
	insns__ldx(w->g->c, 8, reg, BPF_REG_10, FRAME_RECORD);
	insns__alu_imm(w->g->c, BPF_ADD, 64, reg, (__s32)w->at);
}

static void put_header(struct walk *w, __u32 flags, __u32 cnt)
{
	load_path(w, BPF_REG_1);
	insns__st(w->g->c, 4, BPF_REG_1, offsetof(struct rec_path, flags), (__s32)flags);
	insns__st(w->g->c, 4, BPF_REG_1, offsetof(struct rec_path, cnt), (__s32)cnt);
}

static void put_name(struct walk *w, unsigned int i)
{
	struct insns *c = w->g->c;

	read_member(w, BPF_REG_3, DENTRY, w->off[DENTRY_NAME] + w->off[QSTR_NAME]);
	gen__null_if(w->g, BPF_JEQ, BPF_REG_3, 0);
	insns__stx(c, 8, BPF_REG_10, FRAME_FAULT, BPF_REG_3);
	load_path(w, BPF_REG_1);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1,
		       (__s32)(offsetof(struct rec_path, names) + PATH_NAME_SZ * i));
	insns__alu_imm(c, BPF_MOV, 64, BPF_REG_2, PATH_NAME_SZ);
	insns__call(c, BPF_FUNC_probe_read_kernel_str);
	gen__fault_if(w->g, BPF_JSLT, BPF_REG_0, 0);
	put_header(w, 0, i + 1);
}

/* A pipe or socket has a number instead of a name. */
static void put_number(struct walk *w, __s32 magic, __u32 flag)
{
	struct insns *c = w->g->c;
	label_t other = insns__label(c);

	insns__jcc_imm(c, BPF_JNE, 64, BPF_REG_1, magic, other);
	read_member(w, BPF_REG_3, DENTRY, w->off[DENTRY_INODE]);
	point(w, BPF_REG_3, w->off[INODE_INO]);
	read_word(w, BPF_REG_2);
	put_header(w, flag, 0);
	insns__stx(c, 8, BPF_REG_1, offsetof(struct rec_path, ino), BPF_REG_2);
	insns__jmp(c, w->done);
	insns__bind(c, other);
}

static void put_special_files(struct walk *w)
{
	read_member(w, BPF_REG_3, DENTRY, w->off[DENTRY_SB]);
	point(w, BPF_REG_3, w->off[SB_MAGIC]);
	read_word(w, BPF_REG_1);
	put_number(w, PIPEFS_MAGIC, PATH_PIPE);
	insns__ldx(w->g->c, 8, BPF_REG_1, BPF_REG_10, FRAME_READ);
	put_number(w, SOCKFS_MAGIC, PATH_SOCKET);
}

/* At the root of a mount: go on at the place it is mounted on. The uppermost is its own parent. */
static void cross_mount(struct walk *w, label_t inside)
{
	struct insns *c = w->g->c;

	insns__jcc_imm(c, BPF_JEQ, 64, MOUNT, 0, inside);
	read_member(w, BPF_REG_1, MOUNT, w->off[MOUNT_MNT] + w->off[VFSMOUNT_ROOT]);
	insns__jcc(c, BPF_JNE, 64, BPF_REG_1, DENTRY, inside);
	read_member(w, BPF_REG_1, MOUNT, w->off[MOUNT_PARENT]);
	insns__jcc(c, BPF_JEQ, 64, BPF_REG_1, MOUNT, w->done);
	insns__stx(c, 8, BPF_REG_10, w->parent, BPF_REG_1);
	read_member(w, DENTRY, MOUNT, w->off[MOUNT_POINT]);
	insns__ldx(c, 8, MOUNT, BPF_REG_10, w->parent);
}

/* One name, or the end. What is its own parent is a root; nothing above a pseudo file's own name.
 */
static void step(struct walk *w, unsigned int i)
{
	struct insns *c = w->g->c;
	label_t inside = insns__label(c), named = insns__label(c);

	for (int n = 0; n < CROSSINGS_MAX; n++)
		cross_mount(w, inside);
	insns__bind(c, inside);
	read_member(w, BPF_REG_1, DENTRY, w->off[DENTRY_PARENT]);
	insns__stx(c, 8, BPF_REG_10, w->parent, BPF_REG_1);
	insns__jcc(c, BPF_JNE, 64, BPF_REG_1, DENTRY, named);
	if (!i) {
		insns__jcc_imm(c, BPF_JEQ, 64, MOUNT, 0, w->done);
		put_name(w, i);
	}
	insns__jmp(c, w->done);
	insns__bind(c, named);
	if (i == PATH_NAME_MAX) {
		put_header(w, PATH_MORE, PATH_NAME_MAX);
		return;
	}
	put_name(w, i);
	insns__ldx(c, 8, DENTRY, BPF_REG_10, w->parent);
}

/* dentry and mount of what @root points to. */
static void begin(struct walk *w, const struct typed *root)
{
	struct insns *c = w->g->c;
	int kind = gen_path__kind(w->g->types, root);
	label_t none = insns__label(c);

	gen__pointer(w->g, root, DENTRY);
	if (gen__walk(w->g, root))
		arg_load__as_number(c, DENTRY);
	if (kind == KIND_FILE)
		insns__alu_imm(c, BPF_ADD, 64, DENTRY, (__s32)w->off[FILE_PATH]);
	insns__alu_imm(c, BPF_MOV, 64, MOUNT, 0);
	if (kind == KIND_DENTRY)
		return;
	read_member(w, MOUNT, DENTRY, w->off[PATH_MNT]);
	read_member(w, DENTRY, DENTRY, w->off[PATH_DENTRY]);
	insns__jcc_imm(c, BPF_JEQ, 64, MOUNT, 0, none);
	insns__alu_imm(c, BPF_SUB, 64, MOUNT, (__s32)w->off[MOUNT_MNT]);
	insns__bind(c, none);
}

void gen_path__emit(struct gen *g, const struct typed *root, long at)
{
	struct walk w = { .g = g, .at = at, .parent = gen__frame(g, 8) };

	for (int p = 0; p < PLACE_CNT; p++)
		if (offset_of(g->types, (enum place)p, &w.off[p]))
			insns__fail(g->c, -ENOENT);
	w.done = insns__label(g->c);
	put_header(&w, 0, 0);
	begin(&w, root);
	gen__null_if(g, BPF_JEQ, DENTRY, 0);
	put_special_files(&w);
	for (unsigned int i = 0; i <= PATH_NAME_MAX; i++)
		step(&w, i);
	insns__bind(g->c, w.done);
	g->temp += 8;
}
