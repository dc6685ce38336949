// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The template: what runs at a traced call. User space clones a program of this file per target,
 * patches the constants (abi/config.h) and replaces the bodies of the stub functions by generated
 * code. A stub is entered with r1 = context, r2 = saved slots or 0, r3 = the record, r4 = words in
 * which the stubs of one run leave each other what they have read; the filter, which has no record,
 * with these words in r3.
 *
 * `one` shows a call at one end (`return` at its return only, and `count` counts what goes in);
 * `save` and `paired` are the two ends of calls that need something from their entry at their exit;
 * `session` is these two in one. They exist for trampolines (the context is the array of argument
 * slots) and for probes (struct pt_regs). A program serves one target or, where the attach cookie
 * tells which, many.
 *
 * Limits that shape the code: 512 bytes of stack over the call chain, static stubs only, no BTF
 * of the kernel in this object (no CO-RE, no typed ksyms: libbpf would parse it all).
 */
#include <asm/ptrace.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#include "bpf/abi/config.h"
#include "bpf/abi/record.h"

#define THREAD_SIZE 16384 /* x86-64 without KASAN; a larger one only splits a stack in two */

/* preempt_count(): Linux include/linux/preempt.h, unchanged since v5.x. */
#define SOFTIRQ_SERVING 0x100
#define HARDIRQ_MASK 0xf0000
#define NMI_MASK 0xf00000

#define CFG_AT(end, name)                                                                          \
	({                                                                                         \
		__u64 __v;                                                                         \
		asm volatile("%0 = %1" : "=r"(__v) : "i"(CFG_MAGIC + (end)*CFG_CNT + (name)));     \
		__v;                                                                               \
	})
#define CFG(name) CFG_AT(END_ONE, name)

#define ADDR(name)                                                                                 \
	({                                                                                         \
		__u64 __a;                                                                         \
		asm volatile("%0 = %1 ll" : "=r"(__a) : "i"(CFG_MAGIC64 + (name)));                \
		(void *)__a;                                                                       \
	})

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct control));
} state SEC(".maps");

/* Calls between entry and exit: the entry block under the address of the call's frame. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u64));
	__uint(value_size, sizeof(struct rec_hdr));
} inflight SEC(".maps");

/* Where an entry block is gathered; slot OWNER_CNT * cpu + owner index. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct rec_hdr));
} scratch SEC(".maps");

/* The programs of signature classes that share a multi link. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} jumps SEC(".maps");

#include "bpf/follow.h"
#include "bpf/packet.h"

/* --- stubs: replaced by generated code ------------------------------------------------------ */

/* 0: the task is wanted; else the counter of the stage that rejects it. */
static __noinline __u64 stub_task(__u64 tgid, __u64 cpu)
{
	__u64 r;

	asm volatile("%0 = 0" : "=r"(r) : "r"(tgid), "r"(cpu));
	return r;
}

/* enum verdict, and the stage that says no. */
static __noinline __u64 stub_filter(void *ctx, void *saved, void *memo)
{
	__u64 r;

	asm volatile("%0 = 1" : "=r"(r) : "r"(ctx), "r"(saved), "r"(memo) : "memory");
	return r;
}

/* The same at the return in a program for both ends. */
static __noinline __u64 stub_filter_ret(void *ctx, void *saved, void *memo)
{
	__u64 r;

	asm volatile("%0 = 1" : "=r"(r) : "r"(ctx), "r"(saved), "r"(memo) : "memory");
	return r;
}

/* Writes what stands behind the header of one block. */
static __noinline __u64 stub_block(void *ctx, void *saved, void *rec, void *memo)
{
	__u64 r;

	asm volatile("%0 = 0" : "=r"(r) : "r"(ctx), "r"(saved), "r"(rec), "r"(memo) : "memory");
	return r;
}

/* The same at the return in a program for both ends. */
static __noinline __u64 stub_block_ret(void *ctx, void *saved, void *rec, void *memo)
{
	__u64 r;

	asm volatile("%0 = 0" : "=r"(r) : "r"(ctx), "r"(saved), "r"(rec), "r"(memo) : "memory");
	return r;
}

/* Fills @s->desc. PACKET_LINK: it has; PACKET_NONE: a NULL pointer; PACKET_FAULT. */
static __noinline __u64 stub_packet(void *ctx, void *saved, struct packet_slot *s)
{
	__u64 r;

	asm volatile("%0 = 0" : "=r"(r) : "r"(ctx), "r"(saved), "r"(s) : "memory");
	return r;
}

/* The same at the return in a program for both ends. */
static __noinline __u64 stub_packet_ret(void *ctx, void *saved, struct packet_slot *s)
{
	__u64 r;

	asm volatile("%0 = 0" : "=r"(r) : "r"(ctx), "r"(saved), "r"(s) : "memory");
	return r;
}

/* enum cbpf_verdict of a packet with a link header. */
static __noinline __u64 stub_link(void *ctx, void *saved, struct packet *p)
{
	__u64 r;

	asm volatile("%0 = 1" : "=r"(r) : "r"(ctx), "r"(saved), "r"(p) : "memory");
	return r;
}

/* The same of one without. */
static __noinline __u64 stub_net(void *ctx, void *saved, struct packet *p)
{
	__u64 r;

	asm volatile("%0 = 1" : "=r"(r) : "r"(ctx), "r"(saved), "r"(p) : "memory");
	return r;
}

/* Both at the return in a program for both ends. */
static __noinline __u64 stub_link_ret(void *ctx, void *saved, struct packet *p)
{
	__u64 r;

	asm volatile("%0 = 1" : "=r"(r) : "r"(ctx), "r"(saved), "r"(p) : "memory");
	return r;
}

static __noinline __u64 stub_net_ret(void *ctx, void *saved, struct packet *p)
{
	__u64 r;

	asm volatile("%0 = 1" : "=r"(r) : "r"(ctx), "r"(saved), "r"(p) : "memory");
	return r;
}

/* In a program for both ends: whether this is the return. */
static __noinline __u64 stub_is_return(void *ctx)
{
	__u64 r;

	asm volatile("%0 = 0" : "=r"(r) : "r"(ctx));
	return r;
}

/* --- who and where -------------------------------------------------------------------------- */

/* One call of one of our programs. */
struct run {
	__u64 *ctr; /* the target's row of this CPU */
	struct cpu_state *cs;
	__u64 *owner; /* our owner word */
	__u64 pid_tgid;
	__u32 cpu;
	__u32 target; /* with CFG_COOKIE: see target_of() */
	__u64 memo[MEMO_WORDS];
};

#define COUNT(run, which) __sync_fetch_and_add(&(run)->ctr[which], 1)

/*
 * An address as a number. The verifier refuses arithmetic on pointers, but what `le64` yields is a
 * number to it; on a little-endian machine it changes nothing.
 */
static __always_inline __u64 address_of(void *p)
{
	__u64 v = (__u64)p;

	asm volatile("%0 = le64 %0" : "+r"(v));
	return v;
}

/*
 * The verifier forgets what it knows of a number: then what follows is verified once, and not for
 * each value that it can have.
 */
static __always_inline __u64 forget(__u64 v)
{
	asm volatile("%0 = le64 %0" : "+r"(v));
	return v;
}

/*
 * Take an owner word when others are inside. Returns its index; OWNER_CNT: one of our programs is
 * below us on this stack; OWNER_CNT + 1: none is free. Never the first: see enter().
 */
static __noinline __u64 take_contended(struct cpu_state *cs)
{
	__u64 here = 0, at = address_of(&here);

	for (int i = 0; i < OWNER_CNT; i++)
		if (cs->owner[i] / THREAD_SIZE == at / THREAD_SIZE)
			return OWNER_CNT;
	for (int i = 1; i < OWNER_CNT; i++)
		if (!cs->owner[i] && !__sync_val_compare_and_swap(&cs->owner[i], 0, at))
			return i;
	return OWNER_CNT + 1;
}

enum enter { ENTER_OK, ENTER_NO, ENTER_SELF, ENTER_BUSY };

/* Which target's call this is. */
static __always_inline __u64 target_of(struct run *run)
{
	return CFG(CFG_COOKIE) ? run->target : CFG(CFG_TARGET);
}

/* @v times a constant. The verifier knows the product's bounds only when the constant comes second.
 */
static __always_inline __u64 times(__u64 v, __u64 constant)
{
	asm volatile("%0 *= %1" : "+r"(v) : "r"(constant));
	return v;
}

/*
 * The attach cookie. Finding it is a search over all functions of a link; probe_jump has done it,
 * and nobody comes in between on this CPU; were it otherwise, the note would be of another context.
 */
static __always_inline __u64 cookie_of(struct run *run, void *ctx)
{
	if (CFG(CFG_JUMP) && run->cs->jump_ctx == address_of(ctx))
		return (__u32)run->cs->jump_cookie;
	return (__u32)bpf_get_attach_cookie(ctx);
}

/* Find the row of counters. False: not a cookie of ours. */
static __always_inline bool find_row(struct run *run, void *ctx)
{
	void *row = ADDR(CFG_ADDR_ROWS);
	__u64 target;

	if (CFG(CFG_COOKIE)) {
		target = cookie_of(run, ctx);
		if (target >= CFG(CFG_TARGET_CNT))
			return false;
		run->target = target;
		row += times(target, CFG(CFG_TARGET_STRIDE));
	}
	run->ctr = row + times(run->cpu, CFG(CFG_CPU_STRIDE));
	return true;
}

/*
 * Enter: find our rows and take an owner word. The kernel's recursion guard is per program; with a
 * program per function the callees of our own helpers would nest without bound. A word that points
 * into our stack means that one of our programs is below us on it.
 *
 * Words are per CPU and programs stay on theirs, but interrupts and other tasks come between any
 * two instructions. Who finds nobody inside owns the first word until it leaves, for later ones
 * find somebody inside and take another; so a plain store does.
 *
 * @counted: count the call as left, armed or not.
 */
static __always_inline enum enter enter(struct run *run, void *ctx, const bool counted)
{
	struct control *control = ADDR(CFG_ADDR_CONTROL);
	struct cpu_state *cs;
	__u64 here, idx, cpu;

	if (counted ? !control->phase : control->phase != PHASE_ARMED)
		return ENTER_NO;
	cpu = bpf_get_smp_processor_id();
	if (cpu >= CFG(CFG_NCPU))
		return ENTER_NO;
	run->cpu = cpu;
	run->cs = cs = ADDR(CFG_ADDR_CPUS) + cpu * sizeof(*cs);
	if (!find_row(run, ctx))
		return ENTER_NO;
	if (counted) {
		COUNT(run, CTR_LEFT);
		if (control->phase != PHASE_ARMED)
			return ENTER_NO;
	}
	run->owner = &cs->owner[0];
	if (!__sync_fetch_and_add(&cs->inside, 1)) {
		cs->owner[0] = (__u64)&here;
		asm volatile("" : "+r"(run->owner)); /* no index on this path */
		return ENTER_OK;
	}
	idx = forget(take_contended(cs));
	if (idx >= OWNER_CNT) {
		__sync_fetch_and_add(&cs->inside, -1);
		return idx == OWNER_CNT ? ENTER_SELF : ENTER_BUSY;
	}
	run->owner = &cs->owner[idx];
	return ENTER_OK;
}

static __always_inline void leave(struct run *run)
{
	*run->owner = 0;
	__sync_fetch_and_add(&run->cs->inside, -1);
}

/*
 * Flags of the context the event happened in; 0 is a task. One copy for all of a program: for each
 * instruction that names a per-CPU variable the verifier goes through all types of the kernel to
 * find the variables' section, which takes it 0.8 to 1.1 million instructions.
 */
static __noinline __u32 context_flags(void)
{
	__u32 *count;

	if (!CFG(CFG_HAS_PREEMPT))
		return 0;
	count = bpf_this_cpu_ptr(ADDR(CFG_ADDR_PREEMPT));
	count = (void *)count + CFG(CFG_PREEMPT_OFF);
	if (*count & NMI_MASK)
		return REC_F_NMI;
	if (*count & HARDIRQ_MASK)
		return REC_F_HARDIRQ;
	return *count & SOFTIRQ_SERVING ? REC_F_SOFTIRQ : 0;
}

/* Computed where it is needed: kept from before it would cost a stack slot on every path. */
static __always_inline __u64 tgid_of(struct run *run)
{
	__u64 v = run->pid_tgid;

	asm volatile("" : "+r"(v));
	return v >> 32;
}

/* The stage that does not want the task, or 0. Interrupts are never COMMAND's work. */
static __always_inline __u64 unwanted(struct run *run)
{
	if (CFG(CFG_TASK_ONLY) && context_flags())
		return CTR_FILTER_CTX;
	if (CFG(CFG_FOLLOW) && (context_flags() || !is_followed(tgid_of(run))))
		return CTR_FILTER_PID;
	return CFG(CFG_HAS_TASK) ? stub_task(tgid_of(run), run->cpu) : 0;
}

/*
 * Count the call and apply the filters on tasks. Our own process is left out in task context only:
 * an interrupt hits whoever runs.
 */
static __always_inline bool wanted_task(struct run *run)
{
	__u64 stage;

	run->pid_tgid = bpf_get_current_pid_tgid();
	if (run->pid_tgid >> 32 == CFG(CFG_SELF_TGID) && !context_flags()) {
		COUNT(run, CTR_SELF);
		return false;
	}
	COUNT(run, CTR_CALLS);
	if (!CFG(CFG_TASKS))
		return true;
	stage = unwanted(run);
	if (!stage)
		return true;
	if (stage < CTR_USED) /* always: the verifier does not know */
		COUNT(run, stage);
	return false;
}

static __always_inline void count_verdict(struct run *run, __u64 verdict, const int end)
{
	__u64 stage;

	if (verdict & VERDICT_FAULT)
		COUNT(run, CTR_FAULTS);
	if (!CFG_AT(end, CFG_HAS_STAGES)) {
		COUNT(run, CTR_FILTER_ARG);
		return;
	}
	stage = verdict >> VERDICT_SHIFT;
	if (stage < STAGE_CNT) /* always */
		COUNT(run, CTR_FILTER_ARG + stage);
}

/* The verifier knows no difference of pointers: compare. */
static __always_inline __u32 owner_index(struct run *run)
{
	if (run->owner == &run->cs->owner[0])
		return 0;
	for (__u32 i = 1; i < OWNER_CNT - 1; i++)
		if (run->owner == &run->cs->owner[i])
			return i;
	return OWNER_CNT - 1;
}

/* A value that is ours until we leave. */
static __always_inline __u32 own_slot(struct run *run)
{
	return run->cpu * OWNER_CNT + owner_index(run);
}

/* --- packets -------------------------------------------------------------------------------- */

static __always_inline struct packet_slot *own_packet(struct run *run)
{
	__u64 slot = forget(own_slot(run));

	if (slot >= CFG(CFG_NCPU) * OWNER_CNT) /* never */
		return NULL;
	return ADDR(CFG_ADDR_PACKETS) + slot * sizeof(struct packet_slot);
}

/* Find the packet and fill the window up to what the filter looks at. */
static __always_inline struct packet_slot *take_packet(struct run *run, void *ctx, void *saved,
						       const int end)
{
	struct packet_slot *s = own_packet(run);
	__u64 got;

	if (!s)
		return NULL;
	got = end == END_ONE ? stub_packet(ctx, saved, s) : stub_packet_ret(ctx, saved, s);
	find_packet(s, got, CFG_AT(end, CFG_PACKET_KIND), CFG_AT(end, CFG_PACKET_REACH), true);
	return s;
}

static __always_inline __u64 packet_verdict(struct packet_slot *s, void *ctx, void *saved,
					    const int end)
{
	switch (s->found) {
	case PACKET_LINK:
		return end == END_ONE ? stub_link(ctx, saved, &s->pkt)
				      : stub_link_ret(ctx, saved, &s->pkt);
	case PACKET_NET:
		return end == END_ONE ? stub_net(ctx, saved, &s->pkt)
				      : stub_net_ret(ctx, saved, &s->pkt);
	case PACKET_FAULT:
		return CBPF_FAULT;
	}
	return CBPF_REJECT;
}

static __always_inline bool passes_packet(struct run *run, void *ctx, void *saved, const int end)
{
	struct packet_slot *s = take_packet(run, ctx, saved, end);
	__u64 verdict = s ? packet_verdict(s, ctx, saved, end) : CBPF_REJECT;

	if (verdict == CBPF_PASS)
		return true;
	if (verdict == CBPF_FAULT)
		COUNT(run, CTR_FAULTS);
	COUNT(run, CTR_FILTER_PKT);
	return false;
}

static __always_inline bool passes_args(struct run *run, void *ctx, void *saved, const int end)
{
	__u64 verdict;

	if (!CFG_AT(end, CFG_HAS_FILTER))
		return true;
	verdict = end == END_ONE ? stub_filter(ctx, saved, run->memo)
				 : stub_filter_ret(ctx, saved, run->memo);
	if (verdict == VERDICT_PASSES)
		return true;
	count_verdict(run, verdict, end);
	return false;
}

static __always_inline bool passes(struct run *run, void *ctx, void *saved, const int end)
{
	if (!passes_args(run, ctx, saved, end))
		return false;
	return !CFG_AT(end, CFG_PACKET_FILTER) || passes_packet(run, ctx, saved, end);
}

/* What is shown of the packet; the filter has found it already where there is one. */
static __always_inline void put_packet(struct run *run, void *ctx, void *saved, void *rec,
				       const int end)
{
	struct packet_slot *s;

	if (!CFG_AT(end, CFG_TUPLE_OFF) && !CFG_AT(end, CFG_FRAME_OFF))
		return;
	s = CFG_AT(end, CFG_PACKET_FILTER) ? own_packet(run) : take_packet(run, ctx, saved, end);
	if (!s)
		return;
	if (CFG_AT(end, CFG_TUPLE_OFF))
		put_tuple(s, rec + CFG_AT(end, CFG_TUPLE_OFF));
	if (CFG_AT(end, CFG_FRAME_OFF))
		put_frame(s, rec + CFG_AT(end, CFG_FRAME_OFF), CFG_AT(end, CFG_PACKET_KIND),
			  CFG_AT(end, CFG_FRAME_ROOM));
}

/* --- records -------------------------------------------------------------------------------- */

/*
 * The task's name by two plain loads: a quarter of what bpf_get_current_comm() costs. It is in the
 * task itself, NUL-terminated at all times.
 */
static __always_inline void fill_comm(struct rec_hdr *hdr)
{
	__u64 *comm = (void *)bpf_get_current_task_btf() + CFG(CFG_TASK_COMM_OFF);
	__u64 *to = (void *)hdr->comm;

	to[0] = comm[0];
	to[1] = comm[1];
}

static __always_inline void fill_header(struct run *run, struct rec_hdr *hdr, __u64 now,
					const int end)
{
	hdr->type = CFG_AT(end, CFG_REC_TYPE);
	hdr->flags = context_flags();
	hdr->len = CFG_AT(end, CFG_REC_SZ);
	hdr->target = target_of(run);
	hdr->cpu = run->cpu;
	hdr->ts_ns = now;
	hdr->dur_ns = 0;
	hdr->tgid = tgid_of(run);
	hdr->tid = run->pid_tgid;
	fill_comm(hdr);
}

/*
 * Waking the reader costs more than the rest of an event: do it when this CPU has a good part of
 * the ring pending; the reader's own short timeout does the rest. The ring is not asked: its
 * consumer position is a cache line of the reader's.
 */
static __always_inline void submit(struct run *run, void *rec, const int end)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	run->cs->pending += CFG_AT(end, CFG_REC_SZ);
	if (run->cs->pending > CFG(CFG_WAKE_SZ)) {
		run->cs->pending = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(rec, flags);
}

/* A call shown at one end. */
static __always_inline void one_block(struct run *run, void *ctx)
{
	struct rec_hdr *rec;

	if (!wanted_task(run) || !passes(run, ctx, NULL, END_ONE))
		return;
	rec = bpf_ringbuf_reserve(&ring, CFG(CFG_REC_SZ), 0);
	if (!rec) {
		COUNT(run, CTR_LOST_RING);
		return;
	}
	fill_header(run, rec, bpf_ktime_get_ns(), END_ONE);
	stub_block(ctx, NULL, rec, run->memo);
	put_packet(run, ctx, NULL, rec, END_ONE);
	submit(run, rec, END_ONE);
}

/*
 * A record stays in the map while its call is inside. One that was used is marked by type 0 before
 * it is deleted: deleting may fail when the map's bucket is busy on this CPU.
 */
static __always_inline bool consume(__u64 *key)
{
	struct rec_hdr *entry = bpf_map_lookup_elem(&inflight, key);
	bool live;

	if (!entry)
		return false;
	live = entry->type;
	entry->type = 0;
	bpf_map_delete_elem(&inflight, key);
	return live;
}

/* The entry of a call rejected here: what an older call left under its key is not its own. */
static __always_inline void drop(struct run *run, __u64 *key)
{
	if (consume(key))
		COUNT(run, CTR_LOST_EXIT);
}

/*
 * The entry of a call that is shown at its exit. A record that is still there belongs to a call
 * whose exit program never ran (the trampoline was rebuilt meanwhile): it is lost, and counted.
 * Return: whether the exit is of interest.
 */
static __always_inline bool save(struct run *run, void *ctx, __u64 key)
{
	__u32 slot = own_slot(run);
	struct rec_hdr *entry;
	long err;

	if (!wanted_task(run) || !passes(run, ctx, NULL, END_ONE)) {
		drop(run, &key);
		return false;
	}
	entry = bpf_map_lookup_elem(&scratch, &slot);
	if (!entry)
		return false;
	fill_header(run, entry, bpf_ktime_get_ns(), END_ONE);
	stub_block(ctx, NULL, entry, run->memo);
	put_packet(run, ctx, NULL, entry, END_ONE);
	err = bpf_map_update_elem(&inflight, &key, entry, BPF_NOEXIST);
	if (err == -17 /* EEXIST */) {
		drop(run, &key);
		err = bpf_map_update_elem(&inflight, &key, entry, BPF_ANY);
	}
	if (err)
		COUNT(run, CTR_LOST_INFLIGHT);
	return !err;
}

static __always_inline void show_pair(struct run *run, void *ctx, struct rec_hdr *entry,
				      const int end)
{
	__u64 now = bpf_ktime_get_ns();
	struct rec_hdr *rec;

	if (CFG_AT(end, CFG_HAS_DUR)) /* $duration reads it there */
		entry->dur_ns = now - entry->ts_ns;
	if (!passes(run, ctx, entry + 1, end))
		return;
	rec = bpf_ringbuf_reserve(&ring, CFG_AT(end, CFG_REC_SZ), 0);
	if (!rec) {
		COUNT(run, CTR_LOST_RING);
		return;
	}
	fill_header(run, rec, now, end);
	if (CFG_AT(end, CFG_HAS_DUR)) {
		rec->flags |= REC_F_DUR;
		rec->dur_ns = entry->dur_ns;
	}
	if (end == END_ONE)
		stub_block(ctx, entry + 1, rec, run->memo);
	else
		stub_block_ret(ctx, entry + 1, rec, run->memo);
	put_packet(run, ctx, entry + 1, rec, end);
	if (CFG_AT(end, CFG_ENTRY_OFF))
		bpf_probe_read_kernel((void *)rec + CFG_AT(end, CFG_ENTRY_OFF),
				      CFG_AT(end, CFG_SAVED_SZ), entry);
	submit(run, rec, end);
}

static __always_inline void paired(struct run *run, void *ctx, __u64 key, const int end)
{
	struct rec_hdr *entry = bpf_map_lookup_elem(&inflight, &key);

	if (!entry || !entry->type) {
		COUNT(run, CTR_ORPHAN);
		return;
	}
	run->pid_tgid = (__u64)entry->tgid << 32 | entry->tid;
	show_pair(run, ctx, entry, end);
	entry->type = 0;
	bpf_map_delete_elem(&inflight, &key);
}

/*
 * The key of a call. Trampolines: the address of the frame's argument array, the same in fentry and
 * fexit. Probes: the stack pointer at the function's entry, which is 8 less than at a return probe,
 * where the return address is popped. A live frame's address is unique in the whole kernel, but a
 * function that ends by a jump to another one hands its frame on: the target is in the key too, in
 * the bits that are the same in all kernel addresses.
 */
static __always_inline __u64 key_of(struct run *run, __u64 addr)
{
	return addr ^ target_of(run) << 48;
}

/* --- the programs --------------------------------------------------------------------------- */

/* A call that cannot be handled: nested in our own, or no owner word. */
static __always_inline void refuse(struct run *run, enum enter how)
{
	if (how == ENTER_SELF) {
		COUNT(run, CTR_SELF);
	} else if (how == ENTER_BUSY) {
		COUNT(run, CTR_CALLS);
		COUNT(run, CTR_LOST_BUSY);
	}
}

static __always_inline int at_one_end(void *ctx, const bool counted)
{
	struct run run;
	enum enter how = enter(&run, ctx, counted);

	if (how != ENTER_OK) {
		refuse(&run, how);
		return 0;
	}
	one_block(&run, ctx);
	leave(&run);
	return 0;
}

/* @addr: of the frame, see key_of(). Return: whether the call's return is of interest. */
static __always_inline bool at_save(void *ctx, __u64 addr)
{
	struct run run;
	enum enter how = enter(&run, ctx, false);
	__u64 key;
	bool kept;

	if (how == ENTER_NO)
		return false;
	key = key_of(&run, addr);
	if (how != ENTER_OK) {
		/* what an older call left there must not be taken for this one's */
		if (how == ENTER_BUSY)
			drop(&run, &key);
		refuse(&run, how);
		return false;
	}
	kept = save(&run, ctx, key);
	leave(&run);
	return kept;
}

static __always_inline void at_paired(void *ctx, __u64 addr, const int end)
{
	struct run run;
	enum enter how = enter(&run, ctx, false);
	__u64 key;

	if (how == ENTER_NO)
		return;
	key = key_of(&run, addr);
	if (how == ENTER_BUSY && consume(&key))
		COUNT(&run, CTR_LOST_BUSY);
	if (how != ENTER_OK)
		return;
	paired(&run, ctx, key, end);
	leave(&run);
}

SEC("bpfsnoop/tramp_one")
int tramp_one(void *ctx)
{
	return at_one_end(ctx, false);
}

/*
 * A call that is shown at its return only. When anyone attaches to the function or detaches from
 * it, calls that are inside skip this program, so tramp_count counts what goes in.
 */
SEC("bpfsnoop/tramp_return")
int tramp_return(void *ctx)
{
	return at_one_end(ctx, true);
}

SEC("bpfsnoop/tramp_count")
int tramp_count(void *ctx)
{
	struct control *control = ADDR(CFG_ADDR_CONTROL);
	struct run run;
	__u64 cpu;

	if (!control->phase)
		return 0;
	cpu = bpf_get_smp_processor_id();
	if (cpu >= CFG(CFG_NCPU))
		return 0;
	run.cpu = cpu;
	if (find_row(&run, ctx))
		COUNT(&run, CTR_ENTERED);
	return 0;
}

SEC("bpfsnoop/tramp_save")
int tramp_save(void *ctx)
{
	at_save(ctx, address_of(ctx));
	return 0;
}

SEC("bpfsnoop/tramp_paired")
int tramp_paired(void *ctx)
{
	at_paired(ctx, address_of(ctx), END_ONE);
	return 0;
}

SEC("bpfsnoop/probe_one")
int probe_one(struct pt_regs *ctx)
{
	return at_one_end(ctx, false);
}

SEC("bpfsnoop/probe_save")
int probe_save(struct pt_regs *ctx)
{
	at_save(ctx, ctx->rsp);
	return 0;
}

SEC("bpfsnoop/probe_paired")
int probe_paired(struct pt_regs *ctx)
{
	at_paired(ctx, ctx->rsp - 8, END_ONE);
	return 0;
}

/*
 * Both ends in one program (kprobe.session): what it returns at the entry says whether the kernel
 * is to spare itself the return, and the instance of the return probe's pool that it would take.
 */
SEC("bpfsnoop/probe_session")
int probe_session(struct pt_regs *ctx)
{
	if (!stub_is_return(ctx))
		return !at_save(ctx, ctx->rsp);
	at_paired(ctx, ctx->rsp - 8, END_RETURN);
	return 0;
}

/*
 * What a multi link calls when it is of several signature classes: each link costs the kernel a
 * pass over all functions that can be traced. Return: 1: no return probe.
 */
SEC("bpfsnoop/probe_jump")
int probe_jump(struct pt_regs *ctx)
{
	struct control *control = ADDR(CFG_ADDR_CONTROL);
	struct cpu_state *cs;
	__u64 cookie, cpu;

	if (control->phase != PHASE_ARMED)
		return 1;
	cpu = bpf_get_smp_processor_id();
	if (cpu >= CFG(CFG_NCPU))
		return 1;
	cookie = bpf_get_attach_cookie(ctx);
	cs = ADDR(CFG_ADDR_CPUS) + cpu * sizeof(*cs);
	cs->jump_ctx = address_of(ctx);
	cs->jump_cookie = cookie;
	bpf_tail_call(ctx, &jumps, cookie >> COOKIE_JUMP_SHIFT);
	return 1;
}
