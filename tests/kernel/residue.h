/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * What a case may leave behind in the kernel: BPF programs, maps and links, probes of tracefs, and
 * complaints in the kernel's log.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RESIDUE_ID_MAX 4096

struct residue {
	struct residue_ids {
		uint32_t id[RESIDUE_ID_MAX];
		size_t cnt;
	} ids[3];
	char *kprobes; /* text of kprobe_events */
};

/**
 * residue__take() - Look at what is there now.
 * @ret: Filled; release with residue__fini().
 */
void residue__take(struct residue *ret);

/**
 * residue__fini() - Release a snapshot.
 * @residue: May be all zero.
 */
void residue__fini(struct residue *residue);

/**
 * residue__check() - Tell what is there now and was not before.
 * @before:     A snapshot.
 * @timeout_ms: How long to wait for it to go.
 * @report:     A line for each kind that stays.
 *
 * Return: true when nothing stays.
 */
bool residue__check(const struct residue *before, int timeout_ms, FILE *report);

/**
 * kernel_log_open() - Start to listen to the kernel's log.
 *
 * Return: a descriptor for kernel_log_check(); negative when there is no log.
 */
int kernel_log_open(void);

/**
 * kernel_log_check() - Tell what the kernel complained about since the last call.
 * @fd:     From kernel_log_open().
 * @report: Each complaint.
 *
 * Return: true when there was none.
 */
bool kernel_log_check(int fd, FILE *report);
