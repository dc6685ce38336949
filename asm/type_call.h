/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that are values: each types one call, whose number of arguments was checked.
 * Errors as type__node().
 */
#pragma once

struct node;
struct typed;
struct typer;

/** type_call__min() / type_call__max() - In the common type of both. */
struct typed *type_call__min(struct typer *t, const struct node *n);
struct typed *type_call__max(struct typer *t, const struct node *n);
/** type_call__user() - The pointer, into user space whatever its value. */
struct typed *type_call__user(struct typer *t, const struct node *n);
/** type_call__startswith() - Whether characters in memory begin with a text. */
struct typed *type_call__startswith(struct typer *t, const struct node *n);
/** type_call__percpu() - A per-CPU variable on another CPU, as a place. */
struct typed *type_call__percpu(struct typer *t, const struct node *n);
/** type_call__entry() - The value an expression had when the call entered. */
struct typed *type_call__entry(struct typer *t, const struct node *n);
/** type_call__text() - Comparison of characters with a string: n is `a == "b"` or `!=`. */
struct typed *type_call__text(struct typer *t, const struct node *n);
