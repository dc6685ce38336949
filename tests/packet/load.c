// SPDX-License-Identifier: BSD-2-Clause
/*
 * packet.load FILTERS: each filter of a file into the running kernel's verifier, and run there over
 * some packets: the verdict of libpcap's own bpf_filter(). Needs root. Exits with 0 when all were
 * accepted, and right.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asm/cbpf.h"
#include "asm/insns.h"
#include "asm/pcap_filter.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "bpf/abi/packet.h"
#include "tests/packet/frames.h"
#include "tests/unit/asm/pcap_ref.h"

#define LICENSE "Dual BSD/GPL"
#define LOG_SZ (1 << 20)
#define LOG_SHOWN 600

static const __u32 lens[] = { 0, 14, 33, 40, 60, 90, 200, 256, 299, 302, 1500 };

/* The map's value. */
struct value {
	struct packet packet;
	__u64 addr; /* its own, as the kernel sees it */
	__u8 bytes[FRAME_MAX];
};

static struct counts {
	unsigned long filters, runs, passed, complaints;
} counts;

static int map_fd;
static struct value *value;
static struct test_frame frame;
static char log_text[LOG_SZ];

static void complain(const char *text, const char *what)
{
	if (counts.complaints++ < 10)
		printf("'%s': %s\n", text, what);
}

/* @dst = the map's value. */
static void put_value(struct insns *c, int dst)
{
	insns__put(c, (struct bpf_insn){ .code = BPF_LD | BPF_DW | BPF_IMM,
					 .dst_reg = (__u8)dst,
					 .src_reg = BPF_PSEUDO_MAP_VALUE,
					 .imm = map_fd });
	insns__put(c, (struct bpf_insn){ 0 });
}

/* @log: ask the verifier for its words, which takes much longer. */
static int load(const struct insns *c, bool log)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_level = log, .log_buf = log ? log_text : NULL,
		    .log_size = log ? sizeof(log_text) : 0);
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "packet_filter", LICENSE, c->items,
			       c->cnt, &opts);

	return fd < 0 ? -errno : fd;
}

/* Return: what it returns, or -errno. */
static long run(int fd)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	return bpf_prog_test_run_opts(fd, &opts) ? -errno : (long)opts.retval;
}

/* A program that writes down where the value is. */
static int find_value(void)
{
	__insns struct insns c = INSNS_INIT;
	__close int fd = -1;

	put_value(&c, BPF_REG_1);
	insns__stx(&c, 8, BPF_REG_1, offsetof(struct value, addr), BPF_REG_1);
	insns__imm64(&c, BPF_REG_0, 0);
	insns__exit(&c);
	fd = insns__finish(&c) ? -ENOMEM : load(&c, false);
	return fd < 0 ? fd : (int)run(fd);
}

static void lay(__u32 len)
{
	const __u32 ends[PACKET_PIECES] = { MIN(len, 60u), MIN(len, 301u), len };
	struct packet *p = &value->packet;

	memcpy(value->bytes, frame.bytes, len);
	*p = (struct packet){ .len = len, .copied = MIN(len, PACKET_WINDOW) };
	memcpy(p->window, frame.bytes, p->copied);
	for (unsigned int i = 0; i < PACKET_PIECES; i++)
		p->pieces[i] = (struct packet_piece){
			.base = value->addr + offsetof(struct value, bytes),
			.end = ends[i],
		};
}

static void run_all(const char *text, const struct pcap_filter *f, bool ip, int fd)
{
	/* others for each filter */
	for (unsigned int i = counts.filters % 32; i < FRAME_CNT; i += 32) {
		test_frame__make(i, ip, &frame);
		for (size_t k = 0; k < ARRAY_SIZE(lens); k++) {
			long want = pcap_ref__matches(f->insns, frame.bytes, lens[k]), got;

			lay(lens[k]);
			got = run(fd);
			counts.runs++;
			counts.passed += (unsigned long)want;
			if (got != want)
				complain(text, "another verdict than libpcap's");
		}
	}
}

static void one_filter(const char *text, enum packet_start start)
{
	struct pcap_filter f = { 0 };
	__insns struct insns body = INSNS_INIT, c = INSNS_INIT;
	__close int fd = -1;

	/* what means nothing without a link header is refused */
	if (pcap_filter__compile(text, start, &f, NULL))
		return;
	counts.filters++;
	put_value(&c, BPF_REG_3);
	if (cbpf__emit(f.insns, f.cnt, &body))
		complain(text, "cannot be translated");
	for (size_t i = 0; i < body.cnt; i++)
		insns__put(&c, body.items[i]);
	fd = c.err ? c.err : load(&c, false);
	if (fd >= 0) {
		run_all(text, &f, start == PACKET_IP, fd);
	} else {
		size_t n = load(&c, true) < 0 ? strlen(log_text) : 0;

		complain(text, strerror(-fd));
		printf("%s\n", log_text + (n > LOG_SHOWN ? n - LOG_SHOWN : 0));
	}
	pcap_filter__fini(&f);
}

static int open_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "packet", 4, sizeof(*value), 1, &opts);
	if (map_fd < 0)
		return -errno;
	value = mmap(NULL, sizeof(*value), PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	return value == MAP_FAILED ? -errno : find_value();
}

int main(int argc, char **argv)
{
	FILE *file = argc > 1 ? fopen(argv[1], "re") : NULL;
	char line[256];
	int err;

	if (!file) {
		fprintf(stderr, "usage: packet.load FILTERS\n");
		return 2;
	}
	err = open_map();
	if (err) {
		fprintf(stderr, "packet.load: %s\n", strerror(-err));
		return 1;
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		one_filter(line, PACKET_ETHERNET);
		one_filter(line, PACKET_IP);
	}
	fclose(file);
	printf("%lu filters, %lu runs, %lu passed, %lu complaints\n", counts.filters, counts.runs,
	       counts.passed, counts.complaints);
	return counts.complaints || counts.filters < 800 || counts.passed < counts.runs / 50;
}
