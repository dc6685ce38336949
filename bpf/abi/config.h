/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What user space patches into a program before loading it, and what both sides count. No
 * includes, as record.h.
 *
 * A constant is a marked immediate: `rN = CFG_MAGIC + index` in the compiled template, replaced by
 * its value in each clone. The verifier then knows it and removes the branches it decides.
 */
#pragma once

#define CFG_MAGIC 0x6b5f0000

enum cfg {
	CFG_TARGET,	     /* index of the target */
	CFG_NCPU,	     /* rows per target in the counters */
	CFG_REC_SZ,	     /* bytes of the record */
	CFG_SELF_TGID,	     /* our own process */
	CFG_HAS_PID,	     /* stub_pid decides */
	CFG_CMD_TGID,	     /* COMMAND's process, 0: none */
	CFG_HAS_FILTER,	     /* stub_filter decides */
	CFG_REC_TYPE,	     /* enum rec_type */
	CFG_SAVED_SZ,	     /* bytes of the entry block in the pairing map that are in use */
	CFG_ENTRY_OFF,	     /* where the entry block goes in a paired record */
	CFG_HAS_DUR,	     /* the exit line shows the duration */
	CFG_WAKE_SZ,	     /* wake the reader when this CPU has so many bytes pending */
	CFG_HAS_PREEMPT,     /* the preempt count is known: context can be told */
	CFG_PREEMPT_OFF,     /* its offset in the per-CPU variable */
	CFG_TASK_PARENT_OFF, /* task_struct.real_parent */
	CFG_TASK_TGID_OFF,   /* task_struct.tgid */
	CFG_CNT,
};

/* `rN = CFG_MAGIC64 ll`: becomes the address of the per-CPU variable with the preempt count. */
#define CFG_MAGIC64 0x6b5f6b5f00000001

/* One row per target and CPU, all counted where they happen, none derived from another. */
enum counter {
	CTR_CALLS,
	CTR_FILTER_PID,
	CTR_FILTER_ARG,
	CTR_LOST_RING,	   /* no room in the ring */
	CTR_LOST_EXIT,	   /* the call's exit never came: its record was overwritten */
	CTR_LOST_INFLIGHT, /* no room in the pairing map, or it was busy */
	CTR_LOST_BUSY,	   /* more contexts at once on one CPU than owner words */
	CTR_SELF,	   /* our own process, or nested in our own programs */
	CTR_FAULTS,	   /* filters that faulted: counted as false */
	CTR_ORPHAN,	   /* exits without a record: their entry was filtered or before arming */
	CTR_USED,
	CTR_ROW = 16, /* two cache lines */
};

#define OWNER_CNT 4

/* Per CPU; a plain array indexed by CPU so that user space can map it and programs index it. */
struct cpu_state {
	__u64 owner[OWNER_CNT]; /* base of the stack whose program runs; 0: free */
	__u64 pending;		/* bytes since the reader was last woken */
	__u64 pad[3];
};

/* The run's global state. */
struct control {
	__u32 armed;
	__u32 pad;
};

_Static_assert(CTR_USED <= CTR_ROW, "counter row");
_Static_assert(sizeof(struct cpu_state) == 64, "one cache line");
