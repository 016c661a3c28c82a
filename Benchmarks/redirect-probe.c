// Redirects each frame of an interface to an AF_XDP socket in copy mode and reads it: nothing else, so that what the kernel takes for it is all there is to see.
//
//   redirect-probe INTERFACE [stamp 0|1] [chunks N] [chunk BYTES] [stride BYTES] [batch N] [touch 0|1] [wakeup 0|1] [busy MICROSECONDS] [nap MICROSECONDS] [cpu N] [ms N]
//
// stamp: bpf_ktime_get_ns into metadata in front of each frame, as vethmark's program does. stride: from one chunk's address to the next; other than chunk's size it takes unaligned chunks, so that
// small frames lie close together. touch: whether the reader looks at frames. busy: SO_BUSY_POLL. nap: how long it sleeps when nothing waits.
// Says "ready" on standard error, then counts from the first frame on for ms milliseconds, and prints JSON: frames a second read, and dropped by the socket.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { AF_XDP_FAMILY = 44, XDP_LEVEL = 283, PREFER_BUSY_POLL = 69, BUSY_POLL = 46, BUSY_POLL_BUDGET = 70 };

static int option(int count, char **words, const char *name, int standard) {
    for (int i = 2; i + 1 < count; i += 2)
        if (!strcmp(words[i], name)) return atoi(words[i + 1]);
    return standard;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int bpf(int command, union bpf_attr *attributes) { return syscall(SYS_bpf, command, attributes, sizeof *attributes); }

// The program: redirect to the socket of the frame's queue, its time in front of it or not.
static int load(int map, int stamps) {
    struct bpf_insn code[32];
    int count = 0;
#define INSN(op, dst, src, offset, value) code[count++] = (struct bpf_insn){.code = op, .dst_reg = dst, .src_reg = src, .off = offset, .imm = value}
    INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0);
    if (stamps) {
        INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ktime_get_ns);
        INSN(BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
        INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
        INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, -8);
        INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_xdp_adjust_meta);
        INSN(BPF_JMP | BPF_JNE | BPF_K, 0, 0, 6, 0);
        INSN(BPF_LDX | BPF_MEM | BPF_W, 1, 6, offsetof(struct xdp_md, data_meta), 0);
        INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 6, offsetof(struct xdp_md, data), 0);
        INSN(BPF_ALU64 | BPF_MOV | BPF_X, 3, 1, 0, 0);
        INSN(BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, 8);
        INSN(BPF_JMP | BPF_JGT | BPF_X, 3, 2, 1, 0);
        INSN(BPF_STX | BPF_MEM | BPF_DW, 1, 7, 0, 0);
    }
    INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map);
    INSN(0, 0, 0, 0, 0);
    INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 6, offsetof(struct xdp_md, rx_queue_index), 0);
    INSN(BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS);
    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map);
    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_XDP};
    attributes.insns = (uintptr_t)code;
    attributes.insn_cnt = count;
    attributes.license = (uintptr_t) "GPL";
    int program = bpf(BPF_PROG_LOAD, &attributes);
    if (program < 0) fail("BPF_PROG_LOAD");
    return program;
}

int main(int count, char **words) {
    if (count < 2) return 64;
    unsigned interface = if_nametoindex(words[1]);
    int stamps = option(count, words, "stamp", 1), chunks = option(count, words, "chunks", 4096), chunk = option(count, words, "chunk", 4096),
        stride = option(count, words, "stride", chunk), batch = option(count, words, "batch", 64), touches = option(count, words, "touch", 1),
        wakeup = option(count, words, "wakeup", 1), busy = option(count, words, "busy", 0), nap = option(count, words, "nap", 50);
    uint64_t window = option(count, words, "ms", 1000) * 1000000ull;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(option(count, words, "cpu", 1), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);

    union bpf_attr attributes = {.map_type = BPF_MAP_TYPE_XSKMAP};
    attributes.key_size = attributes.value_size = 4;
    attributes.max_entries = 1;
    int map = bpf(BPF_MAP_CREATE, &attributes);
    if (map < 0) fail("BPF_MAP_CREATE");
    int program = load(map, stamps);

    int handle = socket(AF_XDP_FAMILY, SOCK_RAW, 0);
    if (handle < 0) fail("socket");
    size_t bytes = ((size_t)chunks * stride + chunk + 4095) & ~4095ul;
    char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    int unaligned = stride != chunk;
    struct xdp_umem_reg area = {.addr = (uintptr_t)memory, .len = bytes, .chunk_size = chunk, .flags = unaligned ? XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0};
    if (setsockopt(handle, XDP_LEVEL, XDP_UMEM_REG, &area, sizeof area)) fail("XDP_UMEM_REG");
    int completions = 64;
    setsockopt(handle, XDP_LEVEL, XDP_UMEM_FILL_RING, &chunks, sizeof chunks);
    setsockopt(handle, XDP_LEVEL, XDP_UMEM_COMPLETION_RING, &completions, sizeof completions);
    setsockopt(handle, XDP_LEVEL, XDP_RX_RING, &chunks, sizeof chunks);
    struct xdp_mmap_offsets offsets;
    socklen_t length = sizeof offsets;
    getsockopt(handle, XDP_LEVEL, XDP_MMAP_OFFSETS, &offsets, &length);
    char *fill = mmap(0, offsets.fr.desc + 8ul * chunks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle, XDP_UMEM_PGOFF_FILL_RING);
    char *received = mmap(0, offsets.rx.desc + sizeof(struct xdp_desc) * chunks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle, XDP_PGOFF_RX_RING);
    if (memory == MAP_FAILED || fill == MAP_FAILED || received == MAP_FAILED) fail("mmap");
    uint32_t *filled = (uint32_t *)(fill + offsets.fr.producer), *arrived = (uint32_t *)(received + offsets.rx.producer),
             *taken = (uint32_t *)(received + offsets.rx.consumer);
    uint64_t *addresses = (uint64_t *)(fill + offsets.fr.desc);
    struct xdp_desc *frames = (struct xdp_desc *)(received + offsets.rx.desc);
    for (int i = 0; i < chunks; i++) addresses[i] = (uint64_t)i * stride;
    __atomic_store_n(filled, chunks, __ATOMIC_RELEASE);
    struct sockaddr_xdp place = {.sxdp_family = AF_XDP_FAMILY, .sxdp_flags = XDP_COPY | (wakeup ? XDP_USE_NEED_WAKEUP : 0), .sxdp_ifindex = interface};
    // A queue is free a moment after its last socket is gone (`xsk_release`).
    for (int tries = 0; bind(handle, (struct sockaddr *)&place, sizeof place); tries++) {
        if (errno != EBUSY || tries == 200) fail("bind");
        nanosleep(&(struct timespec){0, 10000000}, 0);
    }
    if (busy) {
        int yes = 1, budget = 64;
        setsockopt(handle, SOL_SOCKET, PREFER_BUSY_POLL, &yes, sizeof yes);
        setsockopt(handle, SOL_SOCKET, BUSY_POLL, &busy, sizeof busy);
        setsockopt(handle, SOL_SOCKET, BUSY_POLL_BUDGET, &budget, sizeof budget);
    }
    uint32_t queue = 0;
    attributes = (union bpf_attr){.map_fd = map};
    attributes.key = (uintptr_t)&queue;
    attributes.value = (uintptr_t)&handle;
    if (bpf(BPF_MAP_UPDATE_ELEM, &attributes)) fail("BPF_MAP_UPDATE_ELEM");
    attributes = (union bpf_attr){0};
    attributes.link_create.prog_fd = program;
    attributes.link_create.target_ifindex = interface;
    attributes.link_create.attach_type = BPF_XDP;
    attributes.link_create.flags = XDP_FLAGS_DRV_MODE;
    if (bpf(BPF_LINK_CREATE, &attributes) < 0) fail("BPF_LINK_CREATE");
    fprintf(stderr, "ready\n");

    uint32_t consumed = 0, produced = chunks;
    uint64_t read = 0, sum = 0, start = 0, last = 0, deadline = now() + 20000000000ull;
    uint64_t mask = unaligned ? XSK_UNALIGNED_BUF_ADDR_MASK : ~(uint64_t)(chunk - 1);
    struct xdp_statistics before = {0}, after = {0};
    while (now() < deadline && (!start || last - start < window)) {
        uint32_t ready = __atomic_load_n(arrived, __ATOMIC_ACQUIRE) - consumed;
        if (!ready) {
            if (start && now() - last > 300000000) break;
            if (busy) {
                recvfrom(handle, 0, 0, MSG_DONTWAIT, 0, 0);
            } else if (nap) {
                nanosleep(&(struct timespec){0, nap * 1000}, 0);
            }
            continue;
        }
        if (ready > (uint32_t)batch) ready = batch;
        for (uint32_t i = 0; i < ready; i++) {
            uint64_t address = frames[(consumed + i) & (chunks - 1)].addr;
            uint64_t data = unaligned ? (address & XSK_UNALIGNED_BUF_ADDR_MASK) + (address >> XSK_UNALIGNED_BUF_OFFSET_SHIFT) : address;
            if (touches) sum += *(uint64_t *)(memory + data + 42) + *(uint64_t *)(memory + data - 8);
            addresses[(produced + i) & (chunks - 1)] = address & mask;
        }
        produced += ready;
        consumed += ready;
        __atomic_store_n(filled, produced, __ATOMIC_RELEASE);
        __atomic_store_n(taken, consumed, __ATOMIC_RELEASE);
        last = now();
        if (!start) {
            start = last;
            length = sizeof before;
            getsockopt(handle, XDP_LEVEL, XDP_STATISTICS, &before, &length);
        }
        read += ready;
    }
    length = sizeof after;
    getsockopt(handle, XDP_LEVEL, XDP_STATISTICS, &after, &length);
    double seconds = last > start ? (last - start) / 1e9 : 1;
    uint64_t dropped = after.rx_dropped + after.rx_ring_full - before.rx_dropped - before.rx_ring_full;
    printf("{\"pps\": %.0f, \"droppedPps\": %.0f, \"sum\": %d}\n", read / seconds, dropped / seconds, (int)(sum & 1));
    return 0;
}
