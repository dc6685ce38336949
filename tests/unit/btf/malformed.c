// SPDX-License-Identifier: BSD-2-Clause
/*
 * Broken graphs: refused or read, never a crash. What the readers print of them does not matter;
 * the sanitizers of the dev build watch every access.
 */
#include <errno.h>
#include <linux/btf.h>

#include "base/fs.h"
#include "tests/unit/test.h"
#include "tests/fixture/visit.h"

static char *image;
static size_t image_sz;
static __u8 noise[VALUE_WALK_MAX];

/* xorshift64: the same flips in every run. */
static __u64 next_random(__u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	return *s ^= *s << 17;
}

static int load_image(void **state)
{
	__u64 seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (__u8)next_random(&seed);
	return fs__read(FIXTURE_BTF, &image, &image_sz);
}

static int free_image(void **state)
{
	(void)state;
	free(image);
	return 0;
}

/* Read @sz bytes as a graph. Return: what types__new() said. */
static int read_graph(const char *bytes, size_t sz, __u32 max)
{
	struct types *t = NULL;
	char *copy = malloc(sz + !sz);
	int err;

	assert_non_null(copy);
	memcpy(copy, bytes, sz);
	err = types__new(copy, sz, NULL, "broken", &t);
	if (err) {
		assert_null(t);
		free(copy);
		return err;
	}
	visit_types(t, max, noise);
	types__free(t);
	return 0;
}

/* Up to its last string: what wrote it may have padded the file. */
static void refuses_every_truncation(void **state)
{
	const struct btf_header *h = (const struct btf_header *)image;
	size_t end = (size_t)h->hdr_len + h->str_off + h->str_len;

	(void)state;
	assert_in_range(end, image_sz - 8, image_sz);
	assert_int_equal(read_graph(image, image_sz, ~0u), 0);
	assert_int_equal(read_graph(image, end, ~0u), 0);
	for (size_t sz = 0; sz < end; sz++)
		assert_int_equal(read_graph(image, sz, 0), -EINVAL);
}

/* The header rewritten to fit: sections cut anywhere, strings and records no longer agree. */
static void survives_short_sections(void **state)
{
	char *copy = malloc(image_sz);
	struct btf_header *h = (void *)copy;
	unsigned int accepted = 0;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, image, image_sz);
	for (__u32 len = h->type_len; len > 0; len -= len > 512 ? 512 : 4) {
		h->type_len = len;
		accepted += !read_graph(copy, image_sz, 64);
	}
	memcpy(copy, image, image_sz);
	for (__u32 len = h->str_len; len > 0; len -= len > 64 ? 61 : 1) {
		h->str_len = len;
		accepted += !read_graph(copy, image_sz, 64);
	}
	assert_true(accepted > 0);
	free(copy);
}

static void survives_flipped_bytes(void **state)
{
	char *copy = malloc(image_sz);
	struct btf_header *h = (void *)image;
	unsigned int accepted = 0, refused = 0;
	__u64 seed = 0x9e3779b97f4a7c15ull;

	(void)state;
	assert_non_null(copy);
	for (int round = 0; round < 400; round++) {
		unsigned int flips = 1 + next_random(&seed) % 24;

		memcpy(copy, image, image_sz);
		while (flips--)
			copy[next_random(&seed) % (h->hdr_len + h->type_len)] ^=
				(char)(1 + next_random(&seed) % 255);
		if (read_graph(copy, image_sz, 400))
			refused++;
		else
			accepted++;
	}
	/* A test of the readers only if they got something to read. */
	assert_true(accepted > 40);
	assert_true(refused > 40);
	free(copy);
}

static void rewire(struct btf_type *bt, __u32 to)
{
	switch (btft_kind(bt)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		if (btft_vlen(bt))
			((struct btf_member *)(bt + 1))->type = to;
		break;
	case BTF_KIND_ARRAY:
		((struct btf_array *)(bt + 1))->type = to;
		break;
	case BTF_KIND_FUNC_PROTO:
		if (btft_vlen(bt))
			((struct btf_param *)(bt + 1))->type = to;
		bt->type = to;
		break;
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_FLOAT:
		bt->size = to;
		break;
	default:
		bt->type = to;
	}
}

/* Ids inside the records only: everything is accepted, and everything points anywhere. */
static void survives_wild_references(void **state)
{
	__u64 seed = 4711;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct types *t = NULL;
		void *bytes = malloc(image_sz);

		assert_non_null(bytes);
		memcpy(bytes, image, image_sz);
		assert_int_equal(types__new(bytes, image_sz, NULL, "wild", &t), 0);
		for (int i = 0; i < 60; i++) {
			__u32 id = 1 + (__u32)(next_random(&seed) % (types__cnt(t) - 1));

			rewire((void *)types__at(t, id),
			       (__u32)(next_random(&seed) % (types__cnt(t) + 2)));
		}
		visit_types(t, ~0u, noise);
		types__free(t);
	}
}

static void names_foreign_byte_order(void **state)
{
	char *copy = malloc(image_sz);

	(void)state;
	assert_non_null(copy);
	memcpy(copy, image, image_sz);
	copy[0] = image[1];
	copy[1] = image[0];
	assert_int_equal(read_graph(copy, image_sz, 0), -ENOTSUP);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(survives_short_sections),
		cmocka_unit_test(survives_flipped_bytes),
		cmocka_unit_test(survives_wild_references),
		cmocka_unit_test(names_foreign_byte_order),
	};

	return cmocka_run_group_tests(tests, load_image, free_image);
}
