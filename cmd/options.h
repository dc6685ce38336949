/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/diag.h"

struct request;
struct strbuf;

/* What was wrong, and in which text. */
struct options_error {
	const char *flag; /* "kfunc", without dashes; NULL: not about a flag's value */
	const char *text; /* the value, for a caret; NULL: none */
	struct diag diag;
};

/**
 * options__parse() - Read the command line.
 * @argv: Values are borrowed by @req.
 * @req:  Initialised; released by the caller, also after an error.
 *
 * `--flag V`, `--flag=V`, `-f V`, `-fV`, `-f=V`, `-vD`; no abbreviations. `--` ends the options:
 * what follows is COMMAND.
 *
 * Return: 0, -EINVAL with @err filled, -ENOMEM.
 */
int options__parse(int argc, char **argv, struct request *req, struct options_error *err);

/** options__help() - The text of --help. */
void options__help(struct strbuf *b);

/** options__program() - Name and version of this program. Return: static text. */
const char *options__program(void);

/** options__version() - The text of --version. */
void options__version(struct strbuf *b);
