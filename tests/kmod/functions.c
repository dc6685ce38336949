// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions to trace. Each has its run_NAME(), which calls it once with the values asked for,
 * or with distinctive ones.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "functions.h"
#include "types.h"

/* A canonical kernel address in the hole below the direct mapping: never readable. */
#define BT_BAD 0xffff800000001000UL

atomic64_t bt_counts[BT_FUNCTION_CNT];

static struct bt_object bt_object_one, bt_object_two;
static struct bt_object *bt_object_ptr = &bt_object_one;
static int bt_int = -123456;
static u64 bt_u64 = 0xfedcba9876543210ULL;
static enum bt_color bt_color = BT_GREEN;
static char bt_text[80] = "mutable text";
static const char bt_long_text[] =
	"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";
static const u8 bt_blob[16] = {
	0xde, 0xad, 0xbe, 0xef, 0x00, 0x01, 0x7f, 0x80, 'b', 'l', 'o', 'b'
};
static const struct in6_addr bt_in6 = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x17 } };

int bt_callback(int value);
BT_FN int bt_callback(int value)
{
	return value + 1;
}

/* --- arguments of every width and sign -------------------------------------------------------- */

int bt_none(void);
BT_FN int bt_none(void)
{
	bt_hit(BT_none);
	return 42;
}
void run_none(const struct bt_call *call)
{
	bt_none();
}

long bt_six(char a, unsigned char b, short c, unsigned short d, int e, unsigned int f);
BT_FN long bt_six(char a, unsigned char b, short c, unsigned short d, int e, unsigned int f)
{
	bt_hit(BT_six);
	return (long)a + b + c + d + e + f;
}
void run_six(const struct bt_call *call)
{
	bt_six(bt_arg(call, 0, -1), bt_arg(call, 1, 0xf1), bt_arg(call, 2, -1002),
	       bt_arg(call, 3, 0xf003), bt_arg(call, 4, -100004), bt_arg(call, 5, 0xf0000005));
}

u64 bt_seven(s64 a, u64 b, s32 c, u32 d, s16 e, u16 f, s8 g);
BT_FN u64 bt_seven(s64 a, u64 b, s32 c, u32 d, s16 e, u16 f, s8 g)
{
	bt_hit(BT_seven);
	return a + b + c + d + e + f + g;
}
void run_seven(const struct bt_call *call)
{
	bt_seven(bt_arg(call, 0, -10000000001LL), bt_arg(call, 1, 0xf000000000000002ULL),
		 bt_arg(call, 2, -1000000003), bt_arg(call, 3, 0xf0000004), bt_arg(call, 4, -1005),
		 bt_arg(call, 5, 0xf006), bt_arg(call, 6, -7));
}

s64 bt_ten(s8 a, u8 b, s16 c, u16 d, s32 e, u32 f, s64 g, u64 h, bool i, char j);
BT_FN s64 bt_ten(s8 a, u8 b, s16 c, u16 d, s32 e, u32 f, s64 g, u64 h, bool i, char j)
{
	bt_hit(BT_ten);
	return a + b + c + d + e + f + g + h + i + j;
}
void run_ten(const struct bt_call *call)
{
	bt_ten(bt_arg(call, 0, -1), bt_arg(call, 1, 0xf2), bt_arg(call, 2, -1003),
	       bt_arg(call, 3, 0xf004), bt_arg(call, 4, -100005), bt_arg(call, 5, 0xf0000006),
	       bt_arg(call, 6, -10000000007LL), bt_arg(call, 7, 0xf000000000000008ULL),
	       bt_arg(call, 8, 1), bt_arg(call, 9, 'j'));
}

u32 bt_twelve(u64 a, s64 b, u32 c, s32 d, u16 e, s16 f, u8 g, s8 h, struct bt_object *i,
	      enum bt_color j, bool k, long l);
BT_FN u32 bt_twelve(u64 a, s64 b, u32 c, s32 d, u16 e, s16 f, u8 g, s8 h, struct bt_object *i,
		    enum bt_color j, bool k, long l)
{
	bt_hit(BT_twelve);
	return a + b + c + d + e + f + g + h + !!i + j + k + l;
}
void run_twelve(const struct bt_call *call)
{
	bt_twelve(bt_arg(call, 0, 1), bt_arg(call, 1, -2), bt_arg(call, 2, 3), bt_arg(call, 3, -4),
		  bt_arg(call, 4, 5), bt_arg(call, 5, -6), bt_arg(call, 6, 7), bt_arg(call, 7, -8),
		  (void *)bt_arg(call, 8, (u64)&bt_object_one), bt_arg(call, 9, BT_BLUE),
		  bt_arg(call, 10, 1), bt_arg(call, 11, -12));
}

/* By default the first argument counts the calls and the second is that modulo 3. */
int bt_seq(u64 index, u32 phase);
BT_FN int bt_seq(u64 index, u32 phase)
{
	bt_hit(BT_seq);
	return phase;
}
void run_seq(const struct bt_call *call)
{
	bt_seq(bt_arg(call, 0, call->index), bt_arg(call, 1, call->index % 3));
}

/* --- structs by value ------------------------------------------------------------------------- */

static const struct bt_s8 bt_s8 = { -8, 0xf0000008 };
static const struct bt_s16 bt_s16 = { 0xf000000000000016ULL, -16, 0xf016, -6, true };
static const struct bt_s24 bt_s24 = { -24, 0xf000000000000024ULL, 0xf0000024, -240 };

int bt_struct8(struct bt_s8 s);
BT_FN int bt_struct8(struct bt_s8 s)
{
	bt_hit(BT_struct8);
	return s.a;
}
void run_struct8(const struct bt_call *call)
{
	bt_struct8(bt_s8);
}

int bt_struct16(struct bt_s16 s);
BT_FN int bt_struct16(struct bt_s16 s)
{
	bt_hit(BT_struct16);
	return s.hi;
}
void run_struct16(const struct bt_call *call)
{
	bt_struct16(bt_s16);
}

int bt_struct24(struct bt_s24 s);
BT_FN int bt_struct24(struct bt_s24 s)
{
	bt_hit(BT_struct24);
	return s.d;
}
void run_struct24(const struct bt_call *call)
{
	bt_struct24(bt_s24);
}

int bt_struct8_more(struct bt_s8 s, int after);
BT_FN int bt_struct8_more(struct bt_s8 s, int after)
{
	bt_hit(BT_struct8_more);
	return s.a + after;
}
void run_struct8_more(const struct bt_call *call)
{
	bt_struct8_more(bt_s8, bt_arg(call, 0, 81));
}

int bt_struct16_more(struct bt_s16 s, int after, long last);
BT_FN int bt_struct16_more(struct bt_s16 s, int after, long last)
{
	bt_hit(BT_struct16_more);
	return s.hi + after + last;
}
void run_struct16_more(const struct bt_call *call)
{
	bt_struct16_more(bt_s16, bt_arg(call, 0, 161), bt_arg(call, 1, -162));
}

int bt_more_struct16(int before, struct bt_s16 s, long last);
BT_FN int bt_more_struct16(int before, struct bt_s16 s, long last)
{
	bt_hit(BT_more_struct16);
	return before + s.hi + last;
}
void run_more_struct16(const struct bt_call *call)
{
	bt_more_struct16(bt_arg(call, 0, 160), bt_s16, bt_arg(call, 1, -162));
}

/* One register is left for the struct: all of it goes to the stack, @last takes the register. */
int bt_split_struct16(long a, long b, long c, long d, long e, struct bt_s16 s, long last);
BT_FN int bt_split_struct16(long a, long b, long c, long d, long e, struct bt_s16 s, long last)
{
	bt_hit(BT_split_struct16);
	return a + b + c + d + e + s.hi + last;
}
void run_split_struct16(const struct bt_call *call)
{
	bt_split_struct16(bt_arg(call, 0, 1), bt_arg(call, 1, 2), bt_arg(call, 2, 3),
			  bt_arg(call, 3, 4), bt_arg(call, 4, 5), bt_s16, bt_arg(call, 5, 66));
}

int bt_struct24_more(int before, struct bt_s24 s, int after);
BT_FN int bt_struct24_more(int before, struct bt_s24 s, int after)
{
	bt_hit(BT_struct24_more);
	return before + s.d + after;
}
void run_struct24_more(const struct bt_call *call)
{
	bt_struct24_more(bt_arg(call, 0, 240), bt_s24, bt_arg(call, 1, 241));
}

int bt_sum(int cnt, ...);
BT_FN int bt_sum(int cnt, ...)
{
	va_list ap;
	int sum = 0;

	bt_hit(BT_sum);
	va_start(ap, cnt);
	for (int i = 0; i < cnt; i++)
		sum += va_arg(ap, int);
	va_end(ap);
	return sum;
}
void run_sum(const struct bt_call *call)
{
	bt_sum(3, 10, 20, (int)bt_arg(call, 0, 30));
}

/* --- returns ---------------------------------------------------------------------------------- */

struct bt_s16 bt_ret_struct16(int a);
BT_FN struct bt_s16 bt_ret_struct16(int a)
{
	bt_hit(BT_ret_struct16);
	return (struct bt_s16){ .lo = a, .hi = -16 };
}
void run_ret_struct16(const struct bt_call *call)
{
	bt_ret_struct16(bt_arg(call, 0, 16));
}

struct bt_s24 bt_ret_struct24(int a, long b);
BT_FN struct bt_s24 bt_ret_struct24(int a, long b)
{
	bt_hit(BT_ret_struct24);
	return (struct bt_s24){ .a = a, .b = b };
}
void run_ret_struct24(const struct bt_call *call)
{
	bt_ret_struct24(bt_arg(call, 0, 24), bt_arg(call, 1, -24));
}

void bt_ret_void(int a);
BT_FN void bt_ret_void(int a)
{
	bt_hit(BT_ret_void);
	bt_int = a;
}
void run_ret_void(const struct bt_call *call)
{
	bt_ret_void(bt_arg(call, 0, -123456));
}

struct bt_object *bt_ret_ptr(struct bt_object *o);
BT_FN struct bt_object *bt_ret_ptr(struct bt_object *o)
{
	bt_hit(BT_ret_ptr);
	return o;
}
void run_ret_ptr(const struct bt_call *call)
{
	bt_ret_ptr((void *)bt_arg(call, 0, (u64)&bt_object_one));
}

struct bt_object *bt_ret_err_ptr(long err);
BT_FN struct bt_object *bt_ret_err_ptr(long err)
{
	bt_hit(BT_ret_err_ptr);
	return ERR_PTR(err);
}
void run_ret_err_ptr(const struct bt_call *call)
{
	bt_ret_err_ptr(bt_arg(call, 0, -ENOENT));
}

struct bt_object *bt_ret_null(void);
BT_FN struct bt_object *bt_ret_null(void)
{
	bt_hit(BT_ret_null);
	return NULL;
}
void run_ret_null(const struct bt_call *call)
{
	bt_ret_null();
}

const char *bt_ret_string(int which);
BT_FN const char *bt_ret_string(int which)
{
	bt_hit(BT_ret_string);
	return which ? bt_long_text : "returned text";
}
void run_ret_string(const struct bt_call *call)
{
	bt_ret_string(bt_arg(call, 0, 0));
}

/* Scalars: the function returns its argument. */
#define BT_RETURNS(name, type, dflt)                                                               \
	type bt_ret_##name(type value);                                                            \
	BT_FN type bt_ret_##name(type value)                                                       \
	{                                                                                          \
		bt_hit(BT_ret_##name);                                                             \
		return value;                                                                      \
	}                                                                                          \
	void run_ret_##name(const struct bt_call *call)                                            \
	{                                                                                          \
		bt_ret_##name((type)bt_arg(call, 0, (u64)(dflt)));                                 \
	}

BT_RETURNS(bool, bool, true)
BT_RETURNS(errno, int, -ECONNREFUSED)
BT_RETURNS(long, long, -EAGAIN)
BT_RETURNS(ssize, ssize_t, -EINTR)
BT_RETURNS(u8, u8, 0xf8)
BT_RETURNS(s8, s8, -8)
BT_RETURNS(u16, u16, 0xf016)
BT_RETURNS(s16, s16, -16)
BT_RETURNS(u32, u32, 0xf0000032)
BT_RETURNS(s32, s32, -100032)
BT_RETURNS(u64, u64, 0x64)
BT_RETURNS(s64, s64, -10000000064LL)
BT_RETURNS(ulong, unsigned long, 0xf000000000000064UL)
BT_RETURNS(enum, enum bt_color, BT_GREEN)

/* --- kinds of argument ------------------------------------------------------------------------ */

int bt_strings(const char *fixed, char *changing);
BT_FN int bt_strings(const char *fixed, char *changing)
{
	bt_hit(BT_strings);
	return 0;
}
void run_strings(const struct bt_call *call)
{
	bt_strings((char *)bt_arg(call, 0, (u64) "constant text"),
		   (char *)bt_arg(call, 1, (u64)bt_text));
}

int bt_int_ptr(int *p, const u64 *q);
BT_FN int bt_int_ptr(int *p, const u64 *q)
{
	bt_hit(BT_int_ptr);
	return 0;
}
void run_int_ptr(const struct bt_call *call)
{
	bt_int_ptr((int *)bt_arg(call, 0, (u64)&bt_object_one.array[1]),
		   (u64 *)bt_arg(call, 1, (u64)&bt_u64));
}

int bt_enums(enum bt_color color, enum bt_color *p, enum bt_wide wide);
BT_FN int bt_enums(enum bt_color color, enum bt_color *p, enum bt_wide wide)
{
	bt_hit(BT_enums);
	return 0;
}
void run_enums(const struct bt_call *call)
{
	bt_enums(bt_arg(call, 0, BT_BLUE), (enum bt_color *)bt_arg(call, 1, (u64)&bt_color),
		 bt_arg(call, 2, BT_WIDE_BIG));
}

bool bt_bools(bool a, bool b);
BT_FN bool bt_bools(bool a, bool b)
{
	bt_hit(BT_bools);
	return a && b;
}
void run_bools(const struct bt_call *call)
{
	bt_bools(bt_arg(call, 0, 1), bt_arg(call, 1, 0));
}

int bt_func_ptr(int (*callback)(int value), int value);
BT_FN int bt_func_ptr(int (*callback)(int value), int value)
{
	bt_hit(BT_func_ptr);
	return value;
}
void run_func_ptr(const struct bt_call *call)
{
	bt_func_ptr((bt_callback_t)bt_arg(call, 0, (u64)bt_callback), bt_arg(call, 1, 5));
}

int bt_const_void(const void *p, void *q);
BT_FN int bt_const_void(const void *p, void *q)
{
	bt_hit(BT_const_void);
	return 0;
}
void run_const_void(const struct bt_call *call)
{
	bt_const_void((void *)bt_arg(call, 0, (u64)&bt_object_one),
		      (void *)bt_arg(call, 1, 0x1234));
}

int bt_ptr_ptr(struct bt_object **pp);
BT_FN int bt_ptr_ptr(struct bt_object **pp)
{
	bt_hit(BT_ptr_ptr);
	return 0;
}
void run_ptr_ptr(const struct bt_call *call)
{
	bt_ptr_ptr((void *)bt_arg(call, 0, (u64)&bt_object_ptr));
}

int bt_opaque(struct bt_opaque *p);
BT_FN int bt_opaque(struct bt_opaque *p)
{
	bt_hit(BT_opaque);
	return 0;
}
void run_opaque(const struct bt_call *call)
{
	bt_opaque((void *)bt_arg(call, 0, (u64)&bt_object_one));
}

int bt_buffer(const u8 *data, size_t len);
BT_FN int bt_buffer(const u8 *data, size_t len)
{
	bt_hit(BT_buffer);
	return len;
}
void run_buffer(const struct bt_call *call)
{
	bt_buffer((u8 *)bt_arg(call, 0, (u64)bt_blob), bt_arg(call, 1, sizeof(bt_blob)));
}

int bt_net(__be32 addr, __be16 port, const struct in6_addr *addr6);
BT_FN int bt_net(__be32 addr, __be16 port, const struct in6_addr *addr6)
{
	bt_hit(BT_net);
	return 0;
}
void run_net(const struct bt_call *call)
{
	bt_net(htonl(bt_arg(call, 0, 0xc0000221)), htons(bt_arg(call, 1, 8081)),
	       (void *)bt_arg(call, 2, (u64)&bt_in6));
}

int bt_object(struct bt_object *o, int n);
BT_FN int bt_object(struct bt_object *o, int n)
{
	bt_hit(BT_object);
	return n;
}
void run_object(const struct bt_call *call)
{
	bt_object((void *)bt_arg(call, 0, (u64)&bt_object_one), bt_arg(call, 1, 7));
}

/* --- kinds of call ---------------------------------------------------------------------------- */

int bt_recurse(int depth);
BT_FN int bt_recurse(int depth)
{
	int below = 0;

	bt_hit(BT_recurse);
	if (depth > 0)
		below = bt_recurse(depth - 1);
	OPTIMIZER_HIDE_VAR(below); /* or gcc makes a loop of it */
	return below + 1;
}
void run_recurse(const struct bt_call *call)
{
	bt_recurse(min_t(u64, bt_arg(call, 0, 3), 50));
}

int bt_inner(int a);
BT_FN int bt_inner(int a)
{
	bt_hit(BT_inner);
	return a * 2;
}
void run_inner(const struct bt_call *call)
{
	bt_inner(bt_arg(call, 0, 21));
}

int bt_outer(int a);
BT_FN int bt_outer(int a)
{
	bt_hit(BT_outer);
	return bt_inner(a + 1) + 1;
}
void run_outer(const struct bt_call *call)
{
	bt_outer(bt_arg(call, 0, 20));
}

int bt_tail_target(int a);
BT_FN int bt_tail_target(int a)
{
	bt_hit(BT_tail_target);
	return a * 3;
}
void run_tail_target(const struct bt_call *call)
{
	bt_tail_target(bt_arg(call, 0, 4));
}

/* Ends by a jump: the other function takes this one's frame and its return address. */
int bt_tail(int a);
BT_FN int bt_tail(int a)
{
	bt_hit(BT_tail);
	return bt_tail_target(a + 1);
}
void run_tail(const struct bt_call *call)
{
	bt_tail(bt_arg(call, 0, 10));
}

unsigned int bt_sleep(unsigned int ms);
BT_FN unsigned int bt_sleep(unsigned int ms)
{
	bt_hit(BT_sleep);
	msleep(ms);
	return ms;
}
void run_sleep(const struct bt_call *call)
{
	bt_sleep(bt_arg(call, 0, 100));
}

/* The other function of this name is in twin.c. */
BT_FN static int bt_twin(int a)
{
	bt_hit(BT_twin);
	return a + 1;
}
void run_twin(const struct bt_call *call)
{
	bt_twin(bt_arg(call, 0, 1));
}

/* Names of which the first 32 characters are the same. */
int bt_a_rather_long_name_for_a_function_one(int a);
BT_FN int bt_a_rather_long_name_for_a_function_one(int a)
{
	bt_hit(BT_a_rather_long_name_for_a_function_one);
	return a;
}
void run_a_rather_long_name_for_a_function_one(const struct bt_call *call)
{
	bt_a_rather_long_name_for_a_function_one(bt_arg(call, 0, 1));
}

int bt_a_rather_long_name_for_a_function_two(int a);
BT_FN int bt_a_rather_long_name_for_a_function_two(int a)
{
	bt_hit(BT_a_rather_long_name_for_a_function_two);
	return a;
}
void run_a_rather_long_name_for_a_function_two(const struct bt_call *call)
{
	bt_a_rather_long_name_for_a_function_two(bt_arg(call, 0, 2));
}

/* --- the objects ------------------------------------------------------------------------------ */

static void fill_numbers(struct bt_object *o)
{
	o->magic = 0xfeedface;
	o->negative = -2;
	o->tiny = -3;
	o->octet = 0xfe;
	o->small = -300;
	o->word = 0xfffe;
	o->huge = S64_MIN + 1;
	o->top = 0x8000000000000001ULL;
	o->flag_a = 1;
	o->flag_b = 5;
	o->signed_bits = -7;
	o->wide_bits = 0x15a5a5;
	o->long_bits = 0xabcdef1234ULL;
	o->long_signed = -5;
	o->yes = true;
	o->anon_first = 101;
	o->anon_wide = 0x1122334455667788ULL;
	o->pair = (struct bt_s8){ -8, 8 };
	o->number.wide = 0x0102030405060708ULL;
	o->color = BT_BLUE;
	o->odd_color = 77;
	o->wide = BT_WIDE_BIG;
}

static void fill_arrays(struct bt_object *o, const char *name)
{
	static const int array[] = { 10, -20, 30, -40 };

	strscpy(o->name, name, sizeof(o->name));
	memcpy(o->full, "abcd", 4);
	memcpy(o->array, array, sizeof(array));
	for (int i = 0; i < 6; i++)
		o->matrix[i / 3][i % 3] = i + 1;
	for (int i = 0; i < 32; i++)
		o->blob[i] = i;
	o->addr4 = htonl(0xc0000221);
	memcpy(o->addr6, &bt_in6, sizeof(o->addr6));
	memcpy(o->mac, "\x02\x00\x5e\x10\x20\x30", 6);
	o->port = htons(8081);
}

static void fill_pointers(struct bt_object *o, struct bt_object *next)
{
	o->self = o;
	o->next = next;
	o->bad = (void *)BT_BAD;
	o->text = "a text\twith \x01 inside";
	o->number_ptr = &o->array[1];
	o->callback = bt_callback;
	o->data = (void *)0x1234;
}

void bt_objects_init(void)
{
	fill_numbers(&bt_object_one);
	fill_arrays(&bt_object_one, "object");
	fill_pointers(&bt_object_one, &bt_object_two);
	bt_reads_init(&bt_object_one);
	fill_arrays(&bt_object_two, "second");
	fill_pointers(&bt_object_two, NULL);
}

void bt_objects_show(void (*show)(void *to, const char *name, const void *object), void *to)
{
	show(to, "object", &bt_object_one);
	show(to, "second", &bt_object_two);
	show(to, "object_ptr", &bt_object_ptr);
	show(to, "text", bt_text);
	show(to, "long_text", bt_long_text);
	show(to, "int", &bt_object_one.array[1]);
	show(to, "u64", &bt_u64);
	show(to, "color", &bt_color);
	show(to, "blob", bt_blob);
	show(to, "in6", &bt_in6);
	show(to, "callback", bt_callback);
	show(to, "twin", bt_twin);
	show(to, "other_twin", bt_other_twin());
	show(to, "bad", (void *)BT_BAD);
	bt_reads_show(show, to);
}
