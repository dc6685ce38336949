/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * Expected lines against lines that came. A line is literal text and tokens; a token stands for
 * what cannot be known before, must have the right syntax, and with a name must be the same
 * wherever the name is used:
 *
 *	<ADDR>		0x and hex digits, not 0
 *	<PID> <N>	decimal; a pid is not 0
 *	<CPU>		decimal, a CPU of this machine
 *	<TIME>		HH:MM:SS.nnnnnnnnn, within the time the case took
 *	<DUR>		duration: largest unit with an integer part, up to 3 decimals
 *	<ELAPSED>	duration or decimal seconds, not longer than the case took
 *	<N:calls>	binds `calls`; likewise every other kind
 *	<$KEY>		what the trigger printed as KEY=value, or an earlier line has bound
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MATCH_VAR_MAX 64
#define MATCH_WHY_SZ 256

struct lines {
	char **line; /* without newline */
	size_t cnt;
	bool cut; /* the last line has no newline */
};

/**
 * lines__init() - Split text into lines.
 * @ret:  Initialised; was not before.
 * @text: NUL-terminated; copied.
 *
 * Ownership: release with lines__fini().
 *
 * Return: 0 or -ENOMEM.
 */
int lines__init(struct lines *ret, const char *text);

/**
 * lines__fini() - Release lines.
 * @lines: May be all zero.
 */
void lines__fini(struct lines *lines);

/**
 * lines__add() - Append a copy of one line.
 * @lines: All zero at first.
 * @line:  Without newline; copied.
 *
 * Return: 0 or -ENOMEM.
 */
int lines__add(struct lines *lines, const char *line);

/**
 * struct match - What lines are compared with.
 * @start_ns:   Wall clock, nanoseconds since the epoch, when the case began.
 * @end_ns:     The same at its end.
 * @cpu_cnt:    CPUs of this machine.
 * @var:        Names and values, from the trigger and bound by tokens; owned.
 * @why:        The reason of the last refusal.
 */
struct match {
	uint64_t start_ns;
	uint64_t end_ns;
	unsigned int cpu_cnt;
	struct match_var {
		char *name;
		char *value;
	} var[MATCH_VAR_MAX];
	size_t var_cnt;
	char why[MATCH_WHY_SZ];
};

/**
 * match__fini() - Release the variables.
 * @match: Initialised by zero.
 */
void match__fini(struct match *match);

/**
 * match__set() - Give a variable its value.
 * @match: Keeps copies.
 * @name:  @name_len bytes.
 * @name_len: Bytes of @name.
 * @value: NUL-terminated.
 *
 * Errors: -EEXIST it has another value; -ENOSPC too many; -ENOMEM.
 *
 * Return: 0 or -errno.
 */
int match__set(struct match *match, const char *name, size_t name_len, const char *value);

/**
 * match__get() - A variable's value.
 * @match: Looked into.
 * @name:  @name_len bytes.
 * @name_len: Bytes of @name.
 *
 * Return: borrowed from @match; NULL when it has none.
 */
const char *match__get(const struct match *match, const char *name, size_t name_len);

/**
 * match__line() - Compare one line.
 * @match:    Variables are used and bound; its why says what was wrong.
 * @expected: Text with tokens.
 * @got:      The line that came.
 *
 * Return: true when all of @got is what @expected says.
 */
bool match__line(struct match *match, const char *expected, const char *got);

/**
 * match__all() - Compare all lines, in order, none missing and none too many.
 * @match:    As for match__line().
 * @expected: Lines with tokens.
 * @got:      What came; a last line without newline is refused.
 *
 * Return: true when they match.
 */
bool match__all(struct match *match, const struct lines *expected, const struct lines *got);

/**
 * match__blocks() - Find expected events among others.
 * @match:    As for match__line().
 * @expected: Blocks of lines, each ended by an empty line.
 * @got:      What came.
 *
 * Every block must be there in one piece, in the order given; other lines between blocks are let
 * pass.
 *
 * Return: true when all blocks were found.
 */
bool match__blocks(struct match *match, const struct lines *expected, const struct lines *got);

/**
 * match__check_text() - Tell a token nobody knows before it is used.
 * @text: An expected line.
 * @why:  At least MATCH_WHY_SZ bytes; the reason.
 *
 * Return: true when every token of @text is known.
 */
bool match__check_text(const char *text, char *why);
