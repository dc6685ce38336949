/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What user space patches into a program before loading it, and what both sides count. No
 * includes, as record.h.
 *
 * A constant is a marked immediate: `rN = CFG_MAGIC + index` in the compiled template, replaced by
 * its value in each clone. The verifier then knows it and removes the branches it decides. Behind
 * those of both ends are the ones of enum packet_cfg (packet.h).
 */
#pragma once

#define CFG_MAGIC 0x6b5f0000

#define CFG_TARGET_MAX 0xffff /* of a run: 16 bits of the pairing map's keys are for them */

enum cfg {
	CFG_TARGET,          /* index of the target, when the program has one only */
	CFG_COOKIE,          /* it has many: the attach cookie's lower half is the index */
	CFG_JUMP,            /* probe_jump came before and has the cookie */
	CFG_TARGET_CNT,      /* of the run: cookies are below */
	CFG_TARGET_STRIDE,   /* bytes from a target's rows to the next one's */
	CFG_CPU_STRIDE,      /* bytes from a CPU's row to the next one's; 0: they share one */
	CFG_NCPU,            /* CPUs that are possible */
	CFG_REC_SZ,          /* bytes of the record */
	CFG_SELF_TGID,       /* our own process */
	CFG_TASKS,           /* one of the next three: they cost one instruction when there is none */
	CFG_HAS_TASK,        /* stub_task decides */
	CFG_TASK_ONLY,       /* calls in interrupts are left out */
	CFG_FOLLOW,          /* there is a COMMAND: only processes in the map `followed` */
	CFG_HAS_FILTER,      /* stub_filter decides */
	CFG_HAS_STAGES,      /* its verdicts name stages other than the first */
	CFG_PACKET_KIND,     /* enum packet_kind of the packet that stub_packet finds; 0: none */
	CFG_PACKET_REACH,    /* bytes of it that the filter on packets looks at */
	CFG_PACKET_FILTER,   /* there is one */
	CFG_TUPLE_OFF,       /* of the section in the record; 0: none */
	CFG_FRAME_OFF,       /* the same */
	CFG_FRAME_ROOM,      /* bytes of the packet there */
	CFG_REC_TYPE,        /* enum rec_type */
	CFG_SAVED_SZ,        /* bytes of the entry block in the pairing map that are in use */
	CFG_ENTRY_OFF,       /* where the entry block goes in a paired record */
	CFG_HAS_DUR,         /* the exit line shows the duration */
	CFG_WAKE_SZ,         /* wake the reader when this CPU has so many bytes pending */
	CFG_HAS_PREEMPT,     /* the preempt count is known: context can be told */
	CFG_PREEMPT_OFF,     /* its offset in the per-CPU variable */
	CFG_TASK_COMM_OFF,   /* task_struct.comm */
	CFG_TASK_PID_OFF,    /* task_struct.pid */
	CFG_TASK_TGID_OFF,   /* task_struct.tgid */
	CFG_TASK_START_OFF,  /* task_struct.start_time */
	CFG_CNT,
};

/*
 * A program that runs at both ends of a call has two sets: index CFG_CNT and above is the second
 * one, of the return.
 */
enum cfg_end { END_ONE, END_RETURN, END_CNT };

/*
 * `rN = CFG_MAGIC64 + index ll` becomes an address: of the kernel's per-CPU variable, or into the
 * one value of the state map.
 */
#define CFG_MAGIC64 0x6b5f6b5f00000000

enum cfg_addr {
	CFG_ADDR_PREEMPT, /* per-CPU variable with the preempt count */
	CFG_ADDR_CONTROL, /* struct control */
	CFG_ADDR_CPUS,    /* struct cpu_state of CPU 0 */
	CFG_ADDR_ROWS,    /* the row of CPU 0: the target's, or with CFG_COOKIE the first one's */
	CFG_ADDR_PACKETS, /* the first struct packet_slot */
	CFG_ADDR_PAGES,   /* where the kernel has all memory, a number: page_offset_base */
	CFG_ADDR_VMEMMAP, /* the first struct page, a number: vmemmap_base */
	CFG_ADDR_CNT,
};

/*
 * One row per target and CPU, or one per target when there are very many of them; all counted where
 * they happen, none derived from another.
 */
enum counter {
	CTR_CALLS,
	/* stages that look at the task: stub_task returns their numbers */
	CTR_FILTER_CTX,    /* not in task context */
	CTR_FILTER_PID,    /* COMMAND's processes too */
	CTR_FILTER_CPU,
	CTR_FILTER_COMM,
	CTR_FILTER_CGROUP,
	/* stages that look at the call: stub_filter's, enum call_stage */
	CTR_FILTER_ARG,
	CTR_FILTER_PKT,
	CTR_FILTER_NETNS,
	CTR_FILTER_DURATION,
	CTR_FILTER_ERRORS,
	CTR_LOST_RING,     /* no room in the ring */
	CTR_LOST_EXIT,     /* the call's exit never came: its record was overwritten */
	CTR_LOST_INFLIGHT, /* no room in the pairing map, or it was busy */
	CTR_LOST_BUSY,     /* more contexts at once on one CPU than owner words */
	CTR_SELF,          /* our own process, or nested in our own programs */
	CTR_FAULTS,        /* filters that faulted: counted as false */
	CTR_ORPHAN,        /* exits without a record: their entry was filtered or before arming */
	CTR_ENTERED,       /* in tramp_count, and ... */
	CTR_LEFT,          /* ... in tramp_return: what is between is inside, or lost */
	CTR_USED,
	CTR_ROW = 32, /* four cache lines */
};

/* What a filter belongs to; CTR_FILTER_ARG + stage is its counter. */
enum call_stage { STAGE_ARG, STAGE_PKT, STAGE_NETNS, STAGE_DURATION, STAGE_ERRORS, STAGE_CNT };

/* stub_filter's verdict: passes, or why not, with the stage << VERDICT_SHIFT. */
enum verdict { VERDICT_FALSE = 0, VERDICT_PASSES = 1, VERDICT_FAULT = 2 };

#define VERDICT_SHIFT 2

#define FOLLOWED_MAX 65536 /* processes of COMMAND at once */

#define OWNER_CNT 5

/* Words of the main program's frame that its stubs share: asm/memo.h gives them out. */
#define MEMO_WORDS 10

/*
 * Bytes of stack that a main program may use, these words included. Stubs have the rest of the 512
 * that a chain of calls has, each frame rounded up to 32 on Linux 6.1.
 */
#define STUB_CALLER_STACK 160

struct cpu_state {
	__u64 inside;           /* programs of ours that have begun on this CPU and not ended */
	__u64 owner[OWNER_CNT]; /* an address in the stack whose program runs; 0: free. The first
				 * belongs to whoever came when nobody was inside */
	__u64 pending;          /* bytes since the reader was last woken */
	__u64 jump_ctx;         /* the context of the call that probe_jump handed on last */
	__u64 jump_cookie;      /* its attach cookie */
	__u64 pad[7];
};

/* The cookie of a multi link: the target's index, and its class's place in the map `jumps`. */
#define COOKIE_JUMP_SHIFT 32

enum run_phase {
	PHASE_OFF,
	PHASE_COUNTING, /* being attached: calls are counted in and out, and nothing else */
	PHASE_ARMED,
};

/* The run's global state. */
struct control {
	__u64 phase; /* enum run_phase */
	__u64 unfollowed; /* processes of COMMAND for which `followed` had no room */
	__u64 pad[6];
};

/*
 * The state map is an array of one value, which programs address without a look-up and user space
 * maps: struct control, a struct cpu_state per CPU, the rows of counters, and where a program looks
 * at packets a struct packet_slot for each owner word.
 */
#define STATE_CPUS_OFF sizeof(struct control)
#define STATE_ROW_SZ (CTR_ROW * sizeof(__u64))
#define STATE_ROWS_OFF(cpus) (STATE_CPUS_OFF + (cpus) * sizeof(struct cpu_state))

_Static_assert(CTR_USED <= CTR_ROW, "counter row");
_Static_assert(CTR_FILTER_ERRORS == CTR_FILTER_ARG + STAGE_ERRORS, "a counter per stage");
_Static_assert(STAGE_CNT == STAGE_ERRORS + 1, "a counter per stage");
_Static_assert(sizeof(struct cpu_state) == 128, "whole cache lines");
_Static_assert(sizeof(struct control) == 64, "one cache line");
